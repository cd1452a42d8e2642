import { decodeToken, type TokenClaims } from '../cloud/token.js';

type RoleWord = 'admin' | 'user' | 'guest' | 'anonymous';

/** The role of a hub key's user; a number if the role is not documented. */
export type HubRole = RoleWord | number;

const WORDS = new Map<number, RoleWord>([
  [32, 'admin'],
  [8, 'user'],
  [2, 'guest'],
  [1, 'anonymous'],
]);

/** Returns the role in a hub key; `null` if there is no key or no role in it. */
export function roleOf(hubKey: string | null): HubRole | null {
  return hubKey === null ? null : roleIn(decodeToken(hubKey));
}

/** Returns the role in the claims of a hub key; `null` if they have none. */
export function roleIn({ role }: TokenClaims): HubRole | null {
  return role === undefined ? null : (WORDS.get(role) ?? role);
}
