import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';

/** Returns a JWT signed with HS512. `header` is added to `{alg, typ}`. */
export function signJwt(
  claims: Record<string, unknown>,
  secret: string | Buffer,
  header: Record<string, unknown> = {},
): string {
  const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encode({ alg: 'HS512', typ: 'JWT', ...header })}.${encode(claims)}`;
  return `${signed}.${createHmac('sha512', secret).update(signed).digest('base64url')}`;
}

/** Returns a UUID that depends only on the text. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

interface IssuedToken {
  email: string;
  expiresAt: number;
  /** The token is revoked once this many requests with any token have been counted (`#shown`). */
  revokedFrom: number;
}

/** Number of tokens at which expired tokens are deleted. */
const MAX_TOKENS = 10_000;

/** The cloud tokens issued so far. Any other string is invalid. */
export class CloudTokens {
  readonly #secret = randomBytes(64);
  readonly #issued = new Map<string, IssuedToken>();
  readonly #now: () => number;
  readonly #settings: { readonly tokenLifeMs: number };
  /** Number of requests with a token so far. */
  #shown = 0;

  constructor(settings: { readonly tokenLifeMs: number }, now: () => number) {
    this.#settings = settings;
    this.#now = now;
  }

  /** Issues a valid token. `times` are in seconds, as in the token. No two tokens are equal. */
  issue(email: string, times: { iat?: number; exp?: number } = {}): string {
    const now = this.#now();
    const lifeMs = this.#settings.tokenLifeMs;
    const iat = times.iat ?? Math.floor(now / 1000);
    const exp = times.exp ?? iat + Math.round(lifeMs / 1000);
    const token = signJwt(
      { role: 32, iat, exp, user_id: uuidOf(email.toLowerCase()), kid: 'simulated', iss: 'Cloud', jti: randomUUID() },
      this.#secret,
    );
    const isTimed = times.iat !== undefined || times.exp !== undefined;
    // The expiry is in milliseconds, because seconds could cut a two-second lifetime in half.
    this.accept(token, email, isTimed ? exp * 1000 : now + lifeMs);
    return token;
  }

  /** Makes any string a valid token of a user, until `expiresAt` in milliseconds. */
  accept(token: string, email: string, expiresAt = Infinity): void {
    if (this.#issued.size >= MAX_TOKENS) this.#forgetExpired();
    this.#issued.set(token, { email, expiresAt, revokedFrom: Infinity });
  }

  /**
   * Returns the owner of the token in a request; undefined if the token is invalid. The request is counted, because
   * some revoked tokens still work for a number of requests.
   */
  show(token: string): string | undefined {
    const owner = this.ownerOf(token);
    this.#shown += 1;
    return owner;
  }

  /** Returns the owner of a valid token; undefined otherwise. */
  ownerOf(token: string): string | undefined {
    const issued = this.#issued.get(token);
    return issued && this.#now() < issued.expiresAt && this.#shown < issued.revokedFrom ? issued.email : undefined;
  }

  isValid(token: string): boolean {
    return this.ownerOf(token) !== undefined;
  }

  /** All valid tokens. */
  get valid(): string[] {
    return [...this.#issued.keys()].filter((token) => this.isValid(token));
  }

  /** Revokes a token after this many more requests with any token. */
  revoke(token: string, afterRequests = 0): void {
    const issued = this.#issued.get(token);
    if (issued) issued.revokedFrom = Math.min(issued.revokedFrom, this.#shown + afterRequests);
  }

  /** Revokes all tokens. */
  revokeAll(): void {
    for (const token of this.#issued.keys()) this.revoke(token);
  }

  /** Undoes a revocation; an expired token stays expired. */
  reinstate(token: string): void {
    const issued = this.#issued.get(token);
    if (issued) issued.revokedFrom = Infinity;
  }

  #forgetExpired(): void {
    const now = this.#now();
    for (const [token, issued] of this.#issued) if (now >= issued.expiresAt) this.#issued.delete(token);
  }
}
