// Expected times of token renewals over simulated years.
import { HOUR, type LongClock, MINUTE, SECOND } from './long-clock.js';
import { LIFE_MS, type RenewalTry } from './years-cloud.js';

/** No renewal is due for this long after the last one (docs/dev/rules.md, "When a token is due"). */
const COOLDOWN_MS = 10 * MINUTE;
/** How late a renewal may be, because a start, the rate limit or a slow check can delay it. */
const JITTER_MS = 16 * MINUTE;
/**
 * The longest random delay of a renewal, as a fraction of the expiry and as a fraction of the token's life
 * (docs/dev/rules.md, "No unrequested e-mail, no synchronized load").
 */
const SPREAD_PART = { expiry: 1 / 2, life: 1 / 50 };
/** The longest time that a background renewal waits in addition to a `Retry-After`. */
const AFTER_WAIT_MS = HOUR;
const LONGEST_WAIT_MS = 6 * HOUR;
/**
 * The wait after a renewal whose new token is due again at once, because the clock is wrong: about an hour, then longer
 * (docs/dev/rules.md, "When a token is due").
 */
const FIRST_PAUSE_MS = 1.1 * HOUR;
const LONGEST_PAUSE_MS = 6 * HOUR;

/**
 * Calculates when an account should renew its token, and compares each attempt with this plan. A renewal is due once
 * per `expiry` (a setting), or in the last fifth of the token's life, by the wall clock. The calculation follows
 * docs/dev/rules.md and is independent of the package's code.
 */
export class RenewalPlan {
  renewals = 0;
  /** The sum of the actual times between renewals (monotonic, ms). */
  taken = 0;
  /** The sum of the planned times between renewals (monotonic, ms). */
  planned = 0;
  /**
   * Deviations from the plan. They are collected, not thrown, because the account would treat an exception as a fault
   * of the cloud.
   */
  readonly problems: string[] = [];
  readonly #clock: LongClock;
  readonly #expiryMs: number;
  #renewedAt: number;
  #renewedWall: number;
  #expiresAt: number;
  #dueAt: number;
  /** When a renewal is due if the account does not notice that its clock was set back by less than an hour. */
  #dueUnnoticedAt: number | undefined;
  #isMoved = false;
  #waitUntil = 0;
  /**
   * Until this time (monotonic, ms) the account may delay a background renewal that is due only because of a wrong
   * clock. Renewals by an action of a flow, or by a new process, are not delayed.
   */
  #pausedUntil = 0;
  /**
   * Number of consecutive renewals in this process after which the token was due again at once, because the clock was
   * wrong.
   */
  #futile = 0;
  /** Failed attempts since the last renewal or jump of the clock. */
  #failed: { at: number; waitMs: number; isMoved: boolean }[] = [];
  /**
   * Number of failed attempts since the last renewal, for the back-off. Unlike `#failed`, it is not reset when the
   * clock jumps.
   */
  #failures = 0;

  constructor(clock: LongClock, expiryMs: number) {
    this.#clock = clock;
    this.#expiryMs = expiryMs;
    this.#renewedAt = clock.monotonic;
    this.#renewedWall = clock.wall;
    this.#expiresAt = clock.trueTime + LIFE_MS;
    this.#dueAt = this.#renewedAt + expiryMs;
  }

  get #spreadMs(): number {
    return Math.min(this.#expiryMs * SPREAD_PART.expiry, LIFE_MS * SPREAD_PART.life);
  }

  /** Records a jump of the wall clock or a sleep of the machine. The account notices it within an hour. */
  moved(): void {
    const { monotonic, wall } = this.#clock;
    const dueWall = Math.min(this.#renewedWall + this.#expiryMs, this.#expiresAt - LIFE_MS / 5);
    const soonest = Math.max(this.#renewedAt + COOLDOWN_MS, monotonic);
    const byAge = Math.max(soonest, monotonic + dueWall - wall);
    // After a clock was set back, the last renewal may seem to lie in the future. If it still does at the next check,
    // the token is due.
    const pastAt = monotonic + this.#renewedWall - wall;
    this.#isMoved = true;
    for (const attempt of this.#failed) attempt.isMoved = true;
    const isDue = pastAt > soonest || byAge <= monotonic;
    if (this.#failed.length > 0 && isDue) return;
    this.#failed = [];
    this.#dueAt = pastAt > soonest ? soonest : byAge;
    this.#dueUnnoticedAt = pastAt > soonest && pastAt < soonest + HOUR + JITTER_MS ? byAge : undefined;
  }

  /** Records the start of a process. An overdue renewal then runs at once, unless the cloud has asked to wait. */
  started(): void {
    this.#pausedUntil = 0;
    this.#futile = 0;
    if (this.#failed.length === 0) this.#dueAt = Math.max(this.#dueAt, this.#clock.monotonic);
    for (const attempt of this.#failed) attempt.isMoved = true;
  }

  /** Compares a renewal attempt with the plan, and records deviations in `problems`. */
  note(attempt: RenewalTry): void {
    const { at, isGood, waitMs } = attempt;
    if (this.#failed.length === 0) this.#checkFirst(at);
    else this.#checkRetry(at);
    this.#failures += 1;
    if (isGood) this.#done(attempt);
    else this.#failed.push({ at, waitMs, isMoved: false });
    this.#waitUntil = at + Math.min(waitMs, LONGEST_WAIT_MS);
  }

  #checkFirst(at: number): void {
    if (this.#dueUnnoticedAt !== undefined && at > this.#dueUnnoticedAt) this.#dueAt = this.#dueUnnoticedAt;
    const earlyMs = this.#dueAt - at;
    const lateMs = at - Math.max(this.#dueAt, this.#waitUntil, this.#pausedUntil);
    const allowed = JITTER_MS + this.#spreadMs + (this.#isMoved ? HOUR : 0) + (this.#waitUntil > 0 ? AFTER_WAIT_MS : 0);
    if (earlyMs > SECOND) this.problems.push(`A renewal came ${earlyMs / SECOND} s before it was due.`);
    if (lateMs > allowed) this.problems.push(`A renewal came ${lateMs / MINUTE} minutes after it was due.`);
  }

  /**
   * Checks that a retry comes no earlier than the `Retry-After` allows, and no later than the back-off allows
   * (docs/dev/rules.md, "Deadlines and waiting").
   */
  #checkRetry(at: number): void {
    const last = this.#failed.at(-1);
    if (last === undefined || last.isMoved) return;
    const gap = at - last.at;
    const asked = Math.min(last.waitMs, LONGEST_WAIT_MS);
    const backOff = Math.min(5 * MINUTE * 2 ** (this.#failures - 1), HOUR);
    const allowed = Math.max(asked > 0 ? asked + AFTER_WAIT_MS : 0, backOff * 1.25) + JITTER_MS;
    if (gap < asked)
      this.problems.push(`The cloud asked to wait ${asked / SECOND} s, but was asked after ${gap / SECOND}.`);
    if (gap > allowed) this.problems.push(`After failure ${this.#failures} the next try took ${gap / MINUTE} minutes.`);
  }

  #done({ at, expiresAt }: RenewalTry): void {
    const [first] = this.#failed;
    const lostMs = first === undefined ? 0 : at - first.at;
    this.renewals += 1;
    this.taken += at - this.#renewedAt;
    const spreadAt = Math.min(at - lostMs, this.#dueAt + this.#spreadMs);
    const dueAt = Math.max(this.#dueAt, spreadAt, Math.min(at - lostMs, this.#pausedUntil));
    this.planned += dueAt - this.#renewedAt + lostMs;
    this.#failed = [];
    this.#failures = 0;
    this.#isMoved = false;
    this.#renewedAt = at;
    this.#renewedWall = this.#clock.wall;
    this.#expiresAt = expiresAt;
    this.#dueAt = at + this.#expiryMs;
    this.#dueUnnoticedAt = undefined;
    const isFutile = this.#clock.wall > expiresAt - LIFE_MS / 5;
    if (isFutile) this.#dueAt = at + COOLDOWN_MS;
    this.#pausedUntil = isFutile ? at + Math.min(FIRST_PAUSE_MS * 2 ** this.#futile, LONGEST_PAUSE_MS) : 0;
    this.#futile = isFutile ? this.#futile + 1 : 0;
  }
}
