import { CozifyError } from '../errors.js';
import { withoutEnd } from '../text.js';

/** The claims of a cloud or hub token. Claims are not verified, because only the cloud has the secret for HS512. */
export interface TokenClaims {
  /** The time in the claim `iat`, in milliseconds since 1970. */
  issuedAt?: number;
  /** The time in the claim `exp`, in milliseconds since 1970. */
  expiresAt?: number;
  userId?: string;
  hubName?: string;
  /** The role of a hub token's user: 32 admin, 8 user, 2 guest, 1 anonymous. */
  role?: number;
}

/**
 * A token of the cloud: 16 to 8192 characters that are safe in a header (docs/dev/rules.md, "Only a complete token
 * replaces another").
 */
const TOKEN = /^[A-Za-z0-9._~+/=-]{16,8192}$/;

/** A token that was set by hand, or a hub token: any text that a header carries unchanged. */
const HEADER_SAFE = /^[\x21-\x7e]+$/;
const LONGEST = 8192;

/** `iat` and `exp` above this are milliseconds, not seconds. Cozify's JavaScript SDK has the same rule. */
const SECONDS_LIMIT = 1e11;

/** The largest time a `Date` can hold. */
const MAX_TIME = 8.64e15;

/**
 * Returns the claims of a JWT, or an empty object for a token that can't be decoded, because the cloud may accept such
 * a token. Looks for `exp` in the header first, as the SDK does. Times may be numeric strings or milliseconds.
 */
export function decodeToken(token: string): TokenClaims {
  const [headerPart, payloadPart] = token.split('.');
  const header = decodePart(headerPart);
  const payload = decodePart(payloadPart);
  const claims: TokenClaims = {};
  const issuedAt = toTime(payload['iat']) ?? toTime(header['iat']);
  const expiresAt = toTime(header['exp']) ?? toTime(payload['exp']);
  const userId = toText(payload['user_id']);
  const hubName = toText(payload['hub_name']) ?? toText(payload['hubName']);
  const role = toNumber(payload['role']);
  if (issuedAt !== undefined) claims.issuedAt = issuedAt;
  if (expiresAt !== undefined) claims.expiresAt = expiresAt;
  if (userId !== undefined) claims.userId = userId;
  if (hubName !== undefined) claims.hubName = hubName;
  if (role !== undefined) claims.role = role;
  return claims;
}

/**
 * A cache of decoded tokens. An entry lives as long as the record that holds the token, so that no data of a token
 * stays in memory after a reset.
 */
export class ClaimsCache {
  readonly #byHolder = new WeakMap<object, TokenClaims>();

  /** Returns the claims of `token`. `holder`: the record that holds the token. The record must be immutable. */
  of(holder: object, token: string): TokenClaims {
    const known = this.#byHolder.get(holder) ?? decodeToken(token);
    this.#byHolder.set(holder, known);
    return known;
  }
}

type RoleWord = 'admin' | 'user' | 'guest' | 'anonymous';

/** The role of a hub key's user; a number if the role is not documented. */
export type HubRole = RoleWord | number;

const ROLES = new Map<number, RoleWord>([
  [32, 'admin'],
  [8, 'user'],
  [2, 'guest'],
  [1, 'anonymous'],
]);

/** Returns the role in a hub key; `null` if there is no key or no role in it. */
export function roleOf(hubKey: string | null): HubRole | null {
  return hubKey === null ? null : roleIn(decodeToken(hubKey));
}

/** Returns the role in the claims of a hub key; `null` if the claims contain no role. */
export function roleIn({ role }: TokenClaims): HubRole | null {
  return role === undefined ? null : (ROLES.get(role) ?? role);
}

/** The form of a complete JWT. A truncated JWT has a shorter signature. */
export interface JwtForm {
  /** The header's `alg`, such as `HS512`. */
  algorithm: unknown;
  /** Length of the signature in characters. */
  signatureLength: number;
}

/** Returns the form of a JWT that has all its parts; `undefined` for any other token. */
export function parseJwtForm(token: string): JwtForm | undefined {
  const parts = token.split('.');
  const [header, payload, signature] = parts;
  if (parts.length !== 3 || signature === undefined || !isObjectPart(header) || !isObjectPart(payload))
    return undefined;
  return { algorithm: decodePart(header)['alg'], signatureLength: signature.length };
}

/** Whether a token begins with the header of a JWT, even if the text after the header is truncated. */
export function startsAsJwt(token: string): boolean {
  return isObjectPart(token.split('.')[0]);
}

/**
 * Returns the token in a plain-text answer, without outer white space and double quotes. Throws `COZIFY_BAD_ANSWER` if
 * the text does not look like a token, because the text would replace a valid token.
 */
export function readTokenAnswer(body: string): string {
  const token = withoutEnd(body.replace(/^[\s"]+/, ''), /[\s"]/);
  if (TOKEN.test(token)) return token;
  const received = body.trimStart().startsWith('<')
    ? 'a web page'
    : `a text of ${body.length} characters that is not one`;
  throw new CozifyError('COZIFY_BAD_ANSWER', `The cloud should have answered with a token, but sent ${received}.`);
}

/** Whether a header can carry the text unchanged: printable ASCII without spaces. */
export function isHeaderSafe(token: string): boolean {
  return token.length <= LONGEST && HEADER_SAFE.test(token);
}

function isObjectPart(part: string | undefined): boolean {
  return Object.keys(decodePart(part)).length > 0;
}

function decodePart(part: string | undefined): Record<string, unknown> {
  if (part === undefined) return {};
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function toNumber(claim: unknown): number | undefined {
  const isNumeric = typeof claim === 'string' && /^\d+(\.\d+)?$/.test(claim.trim());
  const value = isNumeric ? Number(claim) : claim;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function toTime(claim: unknown): number | undefined {
  const value = toNumber(claim);
  if (value === undefined || value <= 0) return undefined;
  const time = value > SECONDS_LIMIT ? value : value * 1000;
  return time <= MAX_TIME ? time : undefined;
}

function toText(claim: unknown): string | undefined {
  if (typeof claim === 'number') return String(claim);
  return typeof claim === 'string' && claim !== '' ? claim : undefined;
}
