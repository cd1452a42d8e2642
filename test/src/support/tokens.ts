import { randomUUID } from 'node:crypto';
import { signJwt } from '../../simulator/index.js';
import { DAY, MINUTE } from './fake-clock.js';

/** The life of the service's own tokens. */
export const LIFE_MS = 28 * DAY + 10 * MINUTE;

export interface TokenWishes {
  /** Milliseconds; default 28 days and 10 minutes. */
  lifeMs?: number;
  userId?: string;
  /** Replaces or, when undefined, removes claims. */
  claims?: Record<string, unknown>;
  /** Added to the header. */
  header?: Record<string, unknown>;
}

/** A token issued at a time in milliseconds. No two are alike. */
export function makeToken(issuedAt: number, wishes: TokenWishes = {}): string {
  const { lifeMs = LIFE_MS, userId = 'user-1', claims = {}, header = {} } = wishes;
  const iat = Math.floor(issuedAt / 1000);
  const exp = iat + Math.round(lifeMs / 1000);
  return signJwt({ role: 32, iat, exp, user_id: userId, iss: 'Cloud', jti: randomUUID(), ...claims }, 'secret', header);
}
