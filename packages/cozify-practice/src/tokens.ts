import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';

/** A real JWT, signed with HS512. `header` adds to `{alg, typ}`. */
export function signJwt(
  claims: Record<string, unknown>,
  secret: string | Buffer,
  header: Record<string, unknown> = {},
): string {
  const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encode({ alg: 'HS512', typ: 'JWT', ...header })}.${encode(claims)}`;
  return `${signed}.${createHmac('sha512', secret).update(signed).digest('base64url')}`;
}

/** A UUID that is always the same for the same text. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

interface IssuedToken {
  email: string;
  expiresAt: number;
  /** Which token shown to the cloud, counted from the first, finds it revoked. */
  revokedFrom: number;
}

/** Past this many, expired tokens are forgotten. */
const MAX_TOKENS = 10_000;

/** The cloud tokens given out so far. Any other string is no token. */
export class CloudTokens {
  readonly #secret = randomBytes(64);
  readonly #issued = new Map<string, IssuedToken>();
  readonly #now: () => number;
  readonly #settings: { readonly tokenLifeMs: number };
  /** How many tokens have been shown. */
  #shown = 0;

  constructor(settings: { readonly tokenLifeMs: number }, now: () => number) {
    this.#settings = settings;
    this.#now = now;
  }

  /** A new valid token; `times` are in seconds, as in the token. Two tokens are never alike. */
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
    // To the millisecond, so that a token that lives two seconds does not die in one.
    this.accept(token, email, isTimed ? exp * 1000 : now + lifeMs);
    return token;
  }

  /** From now on any string is a token of that user, until `expiresAt` in milliseconds. */
  accept(token: string, email: string, expiresAt = Infinity): void {
    if (this.#issued.size >= MAX_TOKENS) this.#forgetExpired();
    this.#issued.set(token, { email, expiresAt, revokedFrom: Infinity });
  }

  /** Whose valid token a request shows, or undefined. Counts for the grace of others. */
  show(token: string): string | undefined {
    const owner = this.ownerOf(token);
    this.#shown += 1;
    return owner;
  }

  /** Whose valid token it is, or undefined. */
  ownerOf(token: string): string | undefined {
    const issued = this.#issued.get(token);
    return issued && this.#now() < issued.expiresAt && this.#shown < issued.revokedFrom ? issued.email : undefined;
  }

  isValid(token: string): boolean {
    return this.ownerOf(token) !== undefined;
  }

  /** Those that work now. */
  get valid(): string[] {
    return [...this.#issued.keys()].filter((token) => this.isValid(token));
  }

  /** The token is refused once so many more have been shown. */
  revoke(token: string, afterRequests = 0): void {
    const issued = this.#issued.get(token);
    if (issued) issued.revokedFrom = Math.min(issued.revokedFrom, this.#shown + afterRequests);
  }

  /** Every token given out so far is refused. */
  revokeAll(): void {
    for (const token of this.#issued.keys()) this.revoke(token);
  }

  /** Takes a revocation back; a token past its life stays expired. */
  reinstate(token: string): void {
    const issued = this.#issued.get(token);
    if (issued) issued.revokedFrom = Infinity;
  }

  #forgetExpired(): void {
    const now = this.#now();
    for (const [token, issued] of this.#issued) if (now >= issued.expiresAt) this.#issued.delete(token);
  }
}
