/** What decides when a token is due and what may take its place. Pure: no clock, no network, no state. */
import { CozifyError } from '../errors.js';
import { decodeToken, parseJwtForm, startsAsJwt } from '../cloud/token.js';
import { type CloudRecord, type LoginRecord, withLogin } from '../state/account-record.js';

/** After a renewal nothing is due for this long, so that a wrong clock does not renew without end. */
const COOLDOWN_MS = 600_000;

/** The part of its life at whose end a token is due whatever `expiry` says. */
const LAST_PART = 1 / 5;

/** Times at which a token is looked at, in milliseconds. */
export interface Moment {
  /** Wall time since the epoch. */
  now: number;
  /** Since the token was renewed, by a clock that never jumps; `undefined` when that was in another process. */
  sinceRenewalMs?: number | undefined;
}

/** The times of a token, in milliseconds since the epoch: when it was received, `null` by hand, and its own. */
export interface TokenTimes {
  lastRefresh: number | null;
  issuedAt: number | undefined;
  expiresAt: number | undefined;
}

/** How long a token lives from its first moment to its last, in milliseconds, as far as it says so. */
export function lifeOf({ issuedAt, expiresAt, lastRefresh }: TokenTimes): number | undefined {
  const bornAt = issuedAt ?? lastRefresh ?? undefined;
  const spanMs = (expiresAt ?? Number.NaN) - (bornAt ?? Number.NaN);
  // A token that is over when it comes says nothing of how long such tokens live.
  return spanMs > 0 ? spanMs : undefined;
}

/**
 * Milliseconds until a token is due: older than `expiryMs`, in the last fifth of its life, or last refresh unknown or in
 * the future; but not within the cooldown (docs/dev/rules.md, "When a token is due").
 */
export function dueInMs(times: TokenTimes, expiryMs: number, moment: Moment): number {
  return Math.max(cooldownLeftMs(times, expiryMs, moment), overdueInMs(times, expiryMs, moment.now));
}

/** As {@link dueInMs}, without the cooldown: 0 right after a renewal says that it has brought nothing new. */
export function overdueInMs(times: TokenTimes, expiryMs: number, now: number): number {
  const { lastRefresh, expiresAt } = times;
  if (lastRefresh === null || !Number.isFinite(lastRefresh) || lastRefresh > now) return 0;
  const dueAt = [lastRefresh + expiryMs];
  const lifeMs = lifeOf(times);
  if (lifeMs !== undefined && expiresAt !== undefined) {
    // By the token's own times, and by ours: the clocks of cloud and host may differ.
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
 * Throws `COZIFY_BAD_ANSWER` for a renewed token that may not replace the one at hand: cut, of another kind, older, or
 * another user's (docs/dev/rules.md, "A token is replaced by a whole one only").
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
 * Throws `COZIFY_BAD_ANSWER` for what a login got in place of a whole token, as far as that can be told: a JWT without
 * all its parts, or less than the one that `known`, an earlier login, got from the same cloud.
 */
export function checkLoginToken(known: LoginRecord | null, token: string): void {
  const form = parseJwtForm(token);
  const earlier = known === null || known.lastRefresh === null ? undefined : parseJwtForm(known.token);
  const isShorter =
    form?.algorithm === earlier?.algorithm && (form?.signatureLength ?? 0) < (earlier?.signatureLength ?? 0);
  const isPart = form === undefined && (startsAsJwt(token) || earlier !== undefined);
  if (isPart || isShorter) throw refuse('a whole token', 'an incomplete one, or something else');
}

/** Whether a new login is the same person's, as far as can be told: other people's hubs go with the first list. */
export function isSameUser(before: LoginRecord | null, token: string): boolean {
  const known = before === null ? undefined : decodeToken(before.token).userId;
  const now = decodeToken(token).userId;
  return known === undefined || now === undefined || known === now;
}

/** Puts a person's login in force: another person's hubs go with the first list that is without them. */
export function withLoginOf(cloud: CloudRecord, login: LoginRecord, now: number): CloudRecord {
  const isSame = isSameUser(cloud.login, login.token);
  const hubs = isSame ? cloud.hubs : cloud.hubs.map((hub) => ({ ...hub, missedLists: 1 }));
  return { ...withLogin(cloud, login, now), hubs };
}

/** Whether a renewed token was issued no earlier than one that another process has put in the place of its predecessor. */
export function isNoOlder(renewed: string, theirs: string): boolean {
  return (decodeToken(renewed).issuedAt ?? 0) >= (decodeToken(theirs).issuedAt ?? Infinity);
}

function refuse(expected: string, came: string): CozifyError {
  return new CozifyError('COZIFY_BAD_ANSWER', `The cloud should have sent ${expected}, but sent ${came}.`);
}
