/**
 * Rules that decide when a token is due and which token may replace it. Pure functions: no clock, no network, no state.
 */
import { CozifyError } from '../errors.js';
import { decodeToken, parseJwtForm, startsAsJwt } from '../cloud/token.js';
import { type CloudRecord, type LoginRecord, withLogin } from '../state/account-record.js';

/**
 * Milliseconds after its renewal in which a token is never due, so that a wrong clock does not cause endless renewals.
 */
const COOLDOWN_MS = 600_000;

/**
 * The last part of a token's life, as a fraction. In this part the token is due for renewal even if it is younger than
 * `expiry`.
 */
const LAST_PART = 1 / 5;

/** The time for which a rule is evaluated, on the wall clock and on a monotonic clock. */
export interface Moment {
  /** The wall-clock time, in milliseconds since 1970. */
  now: number;
  /** Milliseconds since the renewal, on a clock that never jumps; `undefined` if another process renewed the token. */
  sinceRenewalMs?: number | undefined;
}

/** The times of a token, in milliseconds since 1970. */
export interface TokenTimes {
  /** When the token was received; `null` for a token that was set by hand. */
  lastRefresh: number | null;
  issuedAt: number | undefined;
  expiresAt: number | undefined;
}

/**
 * Returns the length of a token's life in milliseconds, from `iat` (or its receipt, if there is no `iat`) to `exp`;
 * `undefined` if not known.
 */
export function lifeOf({ issuedAt, expiresAt, lastRefresh }: TokenTimes): number | undefined {
  const bornAt = issuedAt ?? lastRefresh ?? undefined;
  const spanMs = (expiresAt ?? Number.NaN) - (bornAt ?? Number.NaN);
  // The span is negative or 0 if the token had already expired when it was received.
  return spanMs > 0 ? spanMs : undefined;
}

/**
 * Returns the milliseconds until a token is due for renewal. A token is due if it is older than `expiryMs`, if it is in
 * the last fifth of its life, or if the time of its last renewal is unknown or in the future. It is never due within
 * the cooldown (docs/dev/rules.md, "When a token is due").
 */
export function dueInMs(times: TokenTimes, expiryMs: number, moment: Moment): number {
  return Math.max(cooldownLeftMs(times, expiryMs, moment), overdueInMs(times, expiryMs, moment.now));
}

/**
 * Like {@link dueInMs}, but ignores the cooldown. A result of 0 right after a renewal means that the renewal did not
 * help, because a clock is wrong or the cloud returned the same token.
 */
export function overdueInMs(times: TokenTimes, expiryMs: number, now: number): number {
  const { lastRefresh, expiresAt } = times;
  if (lastRefresh === null || !Number.isFinite(lastRefresh) || lastRefresh > now) return 0;
  const dueAt = [lastRefresh + expiryMs];
  const lifeMs = lifeOf(times);
  if (lifeMs !== undefined && expiresAt !== undefined) {
    // Compute the start of the last fifth of the token's life twice, by the cloud's clock and by this machine's clock,
    // because the clocks may differ.
    dueAt.push(expiresAt - lifeMs * LAST_PART, lastRefresh + lifeMs * (1 - LAST_PART));
  }
  return Math.max(Math.min(...dueAt) - now, 0);
}

function cooldownLeftMs(times: TokenTimes, expiryMs: number, { now, sinceRenewalMs }: Moment): number {
  const lifeMs = lifeOf(times) ?? Infinity;
  const lengthMs = Math.min(COOLDOWN_MS, expiryMs, lifeMs * LAST_PART);
  if (sinceRenewalMs !== undefined) return Math.max(0, lengthMs - sinceRenewalMs);
  const ageMs = times.lastRefresh === null ? Infinity : now - times.lastRefresh;
  return ageMs >= 0 ? Math.max(0, lengthMs - ageMs) : 0;
}

/**
 * Throws `COZIFY_BAD_ANSWER` if a renewed token must not replace the current one: it is truncated, of another kind,
 * older, or another user's (docs/dev/rules.md, "Only a complete token replaces another").
 */
export function checkSuccessor(token: string, successor: string): void {
  const form = parseJwtForm(token);
  if (form !== undefined) {
    const after = parseJwtForm(successor);
    const isCut = after?.algorithm === form.algorithm && after?.signatureLength !== form.signatureLength;
    if (after === undefined || isCut) throw refuse('a whole token', 'an incomplete one, or something else');
  }
  const [before, after] = [decodeToken(token), decodeToken(successor)];
  if (before.issuedAt !== undefined && after.issuedAt !== undefined && after.issuedAt < before.issuedAt) {
    throw refuse('a newer token', 'an older one');
  }
  if (before.userId !== undefined && after.userId !== undefined && after.userId !== before.userId) {
    throw refuse("this user's token", "another user's");
  }
}

/**
 * Throws `COZIFY_BAD_ANSWER` if the token of a login is incomplete: a JWT without all its parts, a JWT with a shorter
 * signature than the token of the earlier login `known`, or no JWT although the token of `known` is one.
 */
export function checkLoginToken(known: LoginRecord | null, token: string): void {
  const form = parseJwtForm(token);
  const earlier = known === null || known.lastRefresh === null ? undefined : parseJwtForm(known.token);
  const isShorter =
    form?.algorithm === earlier?.algorithm && (form?.signatureLength ?? 0) < (earlier?.signatureLength ?? 0);
  const isPart = form === undefined && (startsAsJwt(token) || earlier !== undefined);
  if (isPart || isShorter) throw refuse('a whole token', 'an incomplete one, or something else');
}

/** Whether `token` belongs to the same user as the login `before`. `true` if a token does not name its user. */
export function isSameUser(before: LoginRecord | null, token: string): boolean {
  const known = before === null ? undefined : decodeToken(before.token).userId;
  const now = decodeToken(token).userId;
  return known === undefined || now === undefined || known === now;
}

/**
 * Makes a login the current one. If it belongs to another user, a known hub is kept only if the cloud's next list of
 * hub keys contains it.
 */
export function withLoginOf(cloud: CloudRecord, login: LoginRecord, now: number): CloudRecord {
  const isSame = isSameUser(cloud.login, login.token);
  const hubs = isSame ? cloud.hubs : cloud.hubs.map((hub) => ({ ...hub, missedLists: 1 }));
  return { ...withLogin(cloud, login, now), hubs };
}

/** Whether a renewed token is at least as new as the token of another process. Compares their `iat` claims. */
export function isNoOlder(renewed: string, theirs: string): boolean {
  return (decodeToken(renewed).issuedAt ?? 0) >= (decodeToken(theirs).issuedAt ?? Infinity);
}

function refuse(expected: string, received: string): CozifyError {
  return new CozifyError('COZIFY_BAD_ANSWER', `The cloud should have sent ${expected}, but sent ${received}.`);
}
