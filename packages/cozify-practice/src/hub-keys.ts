import { randomBytes } from 'node:crypto';
import { signJwt } from './tokens';

/** Roles of a key, by name. */
export const ROLES = { admin: 32, user: 8, guest: 2, anonymous: 1 } as const;

/** The content of a new key, except for its user. */
export interface KeyContent {
  hubName: string;
  role: number;
  lifeMs: number;
}

interface IssuedKey extends KeyContent {
  key: string;
  expiresAt: number;
}

/** The keys that a hub has issued, valid or not. */
export class HubKeys {
  readonly #hubId: string;
  readonly #now: () => number;
  readonly #secret = randomBytes(64);
  readonly #current = new Map<string, IssuedKey>();
  readonly #known = new Map<string, { expiresAt: number; role: number; isRevoked: boolean }>();
  #issued = 0;

  constructor(hubId: string, now: () => number) {
    this.#hubId = hubId;
    this.#now = now;
  }

  /** Returns a user's key. The key stays the same until it expires, its content changes or the keys are rotated. */
  key(email: string, content: KeyContent): string {
    const { hubName, role, lifeMs } = content;
    const current = this.#current.get(email);
    const isSame = current?.hubName === hubName && current.role === role;
    if (isSame && this.#now() < current.expiresAt) return current.key;
    const expiresAt = this.#now() + lifeMs;
    const exp = Math.round(expiresAt / 1000);
    const names = { hub_id: this.#hubId, hub_name: hubName };
    const key = signJwt({ ...names, owner: email, role, email, exp, kid: String(++this.#issued) }, this.#secret);
    this.#current.set(email, { ...content, key, expiresAt });
    this.#known.set(key, { expiresAt, role, isRevoked: false });
    return key;
  }

  /** Whether this hub has issued a key, valid or not. */
  hasIssued(key: string): boolean {
    return this.#known.has(key);
  }

  /** Returns the role of a key; undefined for an invalid key or a key of another hub. */
  roleOf(key: string | undefined): number | undefined {
    const known = key === undefined ? undefined : this.#known.get(key);
    return known && !known.isRevoked && this.#now() < known.expiresAt ? known.role : undefined;
  }

  /** Revokes all keys. Each user then gets a new one. */
  rotate(): void {
    this.revoke();
    this.#current.clear();
  }

  /** Revokes all keys, without new ones in their place: {@link key} keeps returning the revoked keys. */
  revoke(): void {
    for (const known of this.#known.values()) known.isRevoked = true;
  }
}
