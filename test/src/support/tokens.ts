import { randomUUID } from 'node:crypto';
import { signJwt } from '../../simulator/index.js';
import { DAY, MINUTE } from './fake-clock.js';

/** Milliseconds that the service's tokens are valid. */
export const LIFE_MS = 28 * DAY + 10 * MINUTE;

export interface TokenOptions {
  /** Milliseconds of validity. Defaults to 28 days and 10 minutes. */
  lifeMs?: number;
  userId?: string;
  /** Claims that replace the defaults. `undefined` removes a claim. */
  claims?: Record<string, unknown>;
  /** Extra fields of the header. */
  header?: Record<string, unknown>;
}

/** Makes a unique token that was issued at `issuedAt`, in milliseconds since 1970. */
export function makeToken(issuedAt: number, options: TokenOptions = {}): string {
  const { lifeMs = LIFE_MS, userId = 'user-1', claims = {}, header = {} } = options;
  const iat = Math.floor(issuedAt / 1000);
  const exp = iat + Math.round(lifeMs / 1000);
  return signJwt({ role: 32, iat, exp, user_id: userId, iss: 'Cloud', jti: randomUUID(), ...claims }, 'secret', header);
}
