import { decodeToken, type TokenClaims } from '../cloud/token.js';

type RoleWord = 'admin' | 'user' | 'guest' | 'anonymous';

/** What the user of a hub key may do there; a number where nobody has told what it means. */
export type HubRole = RoleWord | number;

const WORDS = new Map<number, RoleWord>([
  [32, 'admin'],
  [8, 'user'],
  [2, 'guest'],
  [1, 'anonymous'],
]);

/** The role that a hub key says, or `null` where there is no key or it says none. */
export function roleOf(hubKey: string | null): HubRole | null {
  return hubKey === null ? null : roleIn(decodeToken(hubKey));
}

/** As {@link roleOf}, for a key that has been read. */
export function roleIn({ role }: TokenClaims): HubRole | null {
  return role === undefined ? null : (WORDS.get(role) ?? role);
}
