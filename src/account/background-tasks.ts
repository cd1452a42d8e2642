import type { TimerQueue } from '../async/timers.js';
import type { Clock } from '../async/clock.js';
import { type BackoffRange, backoffMs } from '../async/backoff.js';
import type { CallName, CloudClient } from '../cloud/cloud-client.js';
import type { HubRegistry } from '../hub/hub-registry.js';
import type { AccountState } from '../state/account-state.js';
import type { RateLimiter, Slot } from '../async/rate-limiter.js';
import type { LastRenewal } from '../login/last-renewal.js';
import type { OtpLogin } from '../login/otp-login.js';
import type { Renewal, Session } from '../login/session.js';
import type { AccountEvents } from './account-events.js';
import type { AccountSettings } from './account-options.js';

/** Delays after a failed renewal or check. The delay grows with each failure in a row. */
const RETRY: BackoffRange = { firstMs: 300_000, longestMs: 3_600_000 };
const SOON_MS = 30_000;
/**
 * Delays between checks of a rejected token. Even with jitter, there is a check at least every 6 hours
 * (docs/dev/rules.md, "Only the cloud ends a login").
 */
const REJECTED_RETRY: BackoffRange = { firstMs: SOON_MS, longestMs: 4.8 * 3_600_000 };
/** A login that expires within this time is urgent: the first retry follows after {@link SOON_MS}. */
const URGENT_MS = 24 * 3_600_000;
/**
 * Delays between renewals while the cloud returns the same token, or a token that is due again at once
 * (docs/dev/rules.md, "When a token is due").
 */
const FUTILE_RETRY: BackoffRange = { firstMs: 3_600_000, longestMs: 6 * 3_600_000 };
/**
 * Upper limit of the delays in {@link FUTILE_RETRY}, as a fraction of the token's life. Otherwise a token with a short
 * life would expire during the delay.
 */
const FUTILE_PART = 0.6;
/** A token with a shorter life than `SHORT_LIFE_MS` is renewed at most once in `MIN_GAP_MS`. */
const SHORT_LIFE_MS = 25_000;
const MIN_GAP_MS = 5_000;
const CHECK_EVERY_MS = 3_600_000;
/** Interval between reads of a store that other processes write to. */
const READ_EVERY_MS = 30_000;
/** The store is read again this long after a renewal, because another process may have overwritten the new token. */
const OVERWRITTEN_MS = 2_000;
/**
 * Longest random delay of the first call after a start, in milliseconds. Without the delay, machines that boot together
 * would call the cloud at the same moment. `needed`: if the login expires soon or no hub is known; `other`: in all
 * other cases.
 */
const START_SPREAD_MS = { needed: 1_000, other: 600_000 };
/**
 * Longest random delay of a renewal, as a fraction of the expiry and of the token's life; the shorter delay is used.
 * Machines that boot together renew due tokens together. The renewal after that one therefore uses the greater fraction
 * `expiryAfterStart`, if the expiry is at least {@link LONG_EXPIRY_MS}.
 */
const SPREAD_PART = { expiry: 1 / 10, expiryAfterStart: 1 / 2, life: 1 / 50 };
const LONG_EXPIRY_MS = 12 * 3_600_000;
/** Longest random delay that is added to a `Retry-After` of the cloud. */
const AFTER_DELAY_MS = 3_600_000;

/** Background calls that wait for a `Retry-After` of the cloud. */
type DelayedCall = Extract<CallName, 'refreshsession' | 'hubkeys'>;

/**
 * The random delay of one token's renewal. `part`: the longest delay, as a fraction of the expiry; `chance`: a random
 * factor from 0 to 1.
 */
interface Jitter {
  token: string;
  chance: number;
  part: number;
}

/** Dependencies of {@link BackgroundTasks}. */
export interface BackgroundTasksOptions {
  /** The timers of the account. They call {@link BackgroundTasks.fire}. */
  timers: TimerQueue;
  lastRenewal: LastRenewal;
  accountState: AccountState;
  session: Session;
  hubs: HubRegistry;
  client: CloudClient;
  clock: Clock;
  rateLimiter: RateLimiter;
  /** The current settings, read at each use. */
  settings: Readonly<Pick<AccountSettings, 'isAutorefresh' | 'expiryMs'>>;
  /** Provides the time until the e-mailed login code expires. */
  otpLogin: Pick<OtpLogin, 'remainingMs'>;
  /** `noteState` is called when the e-mailed login code has expired. */
  events: Pick<AccountEvents, 'noteState'>;
}

/**
 * Background tasks of an account: renew the token when it is due, check a rejected token, update the hubs. The tasks
 * never request a login code.
 */
export class BackgroundTasks {
  readonly #options: BackgroundTasksOptions;
  readonly #timers: TimerQueue;
  readonly #last: LastRenewal;
  #isRunning = false;
  #isBusy = false;
  #pendingTasks = { renew: false, check: false };
  /** Number of failed checks in a row. A check that finds the token rejected counts as failed. */
  #failedChecks = 0;
  #wasRejected = false;
  /** The random delay before the current token is renewed. */
  #jitter: Jitter | undefined;
  /** The token that was due when the account started. */
  #dueAtStart: string | undefined;
  #renewsAt: number | undefined;
  #reservation: Slot | undefined;
  /**
   * For each call with a `Retry-After`: the earliest time of the next attempt, in milliseconds of the monotonic clock.
   */
  readonly #delayedUntil = new Map<DelayedCall, number>();

  constructor(options: BackgroundTasksOptions) {
    this.#options = options;
    this.#timers = options.timers;
    this.#last = options.lastRenewal;
  }

  /** The time that the snapshot shows as `nextRefresh`, in milliseconds since 1970; `undefined` for no time. */
  get nextAt(): number | undefined {
    const { login } = this.#options.session;
    if (login === null || !this.#options.settings.isAutorefresh) return undefined;
    if (!login.isRejected && this.#renewsAt !== undefined) return this.#renewsAt;
    return this.nextCheckAt ?? this.#options.clock.now();
  }

  /**
   * The planned time of the next check of a rejected token (ms since 1970); `undefined` if the token is not rejected.
   */
  get nextCheckAt(): number | undefined {
    const { session, clock } = this.#options;
    if (session.login?.isRejected !== true) return undefined;
    return clock.now() + Math.round(this.#timers.remaining('check') ?? 0);
  }

  /** Starts the background tasks. A renewal that is due and the check of the hubs run after a random delay. */
  start(): void {
    const { session, clock } = this.#options;
    this.#isRunning = true;
    this.#wasRejected = session.login?.isRejected === true;
    if (session.login !== null) {
      this.#pendingTasks.renew = this.#isRenewable() && this.#dueIn() === 0;
      this.#pendingTasks.check = true;
      if (this.#pendingTasks.renew) this.#dueAtStart = session.login.token;
      const isNeeded = this.#isUrgent || this.#options.hubs.isEmpty;
      // A short expiry also shortens the random delay of the first call: to a tenth of the expiry, as for a renewal.
      const otherMs = Math.min(START_SPREAD_MS.other, this.#options.settings.expiryMs * SPREAD_PART.expiry);
      this.#reserveTime(
        clock.random() * (isNeeded ? START_SPREAD_MS.needed : Math.max(START_SPREAD_MS.needed, otherMs)),
      );
    }
    this.plan();
  }

  /** Sets or clears each timer to fit the current state. Must be called after every change of the state. */
  plan(): void {
    if (!this.#isRunning) return;
    const otpMs = this.#options.otpLogin.remainingMs;
    if (otpMs === undefined) this.#timers.clear('otp');
    else this.#timers.set('otp', otpMs);
    this.#planRead();
    this.#planRenewal();
    this.#planCheck();
  }

  /**
   * Schedules a check of the hubs within {@link SOON_MS}, or within 1 s if `isNeeded`. Must be called when a step has
   * failed to update a hub or has found a new hub.
   */
  checkSoon(isNeeded = this.#options.hubs.isEmpty): void {
    if (!this.#isRunning) return;
    const soonMs = isNeeded ? this.#options.clock.random() * START_SPREAD_MS.needed : SOON_MS;
    this.#timers.set('check', Math.min(soonMs, this.#timers.remaining('check') ?? soonMs));
  }

  /**
   * Registers a token that a flow has set. The next renewal waits, so that the flow can use the token first. `isSame`:
   * whether the token may belong to the same user as the previous token.
   */
  noteTokenSet(isSame: boolean): void {
    const { clock, settings, hubs } = this.#options;
    this.#last.retryAt = clock.monotonic() + Math.min(SOON_MS, settings.expiryMs);
    if (hubs.isEmpty || !isSame) this.checkSoon(true);
    this.plan();
  }

  /** Registers a new token from the cloud or from another process. */
  noteRenewed(): void {
    const { session, clock, settings } = this.#options;
    this.#last.failures = 0;
    this.#last.retryAt = 0;
    const token = session.login?.token;
    if (token === undefined || this.#last.sinceMs(token) !== undefined || this.#isUrgent) return;
    // Another process has renewed the token. Two processes whose clocks differ must not renew it in turn forever.
    this.#last.note(token);
    if (session.isStillDue(settings.expiryMs)) this.#last.retryAt = clock.monotonic() + FUTILE_RETRY.firstMs;
  }

  stop(): void {
    this.#isRunning = false;
    this.#reservation?.cancel();
  }

  /** Schedules the next read of a store that other processes may change. */
  #planRead(): void {
    if (!this.#options.accountState.isShared) this.#timers.clear('read');
    else if (this.#timers.remaining('read') === undefined)
      this.#timers.set('read', READ_EVERY_MS * (1 + this.#options.clock.random() / 10));
  }

  #planRenewal(): void {
    const { clock } = this.#options;
    const dueIn = this.#isRenewable() ? this.#dueIn() : undefined;
    if (dueIn === undefined) {
      this.#renewsAt = undefined;
      this.#timers.clear('renew');
      return;
    }
    const wait = Math.max(this.#last.retryAt - clock.monotonic(), this.#delayMs('refreshsession'));
    // `nextAt` is the due time without jitter, because the jitter only spreads the load of many homes on the cloud.
    this.#renewsAt = Math.round(clock.now() + Math.max(dueIn, wait));
    if (!this.#pendingTasks.renew) this.#timers.set('renew', Math.max(dueIn + this.#spreadMs(dueIn), wait));
  }

  /**
   * Returns the random delay of the renewal in ms. A token that is already due waits at most for the delay planned
   * before, and an urgent renewal does not wait.
   */
  #spreadMs(dueIn: number): number {
    const { session, settings } = this.#options;
    const { chance, part } = this.#jitterOf(session.login?.token ?? '');
    const spread = chance * Math.min(settings.expiryMs * part, (session.lifeMs ?? Infinity) * SPREAD_PART.life);
    if (dueIn > 0) return spread;
    return this.#isUrgent ? 0 : Math.min(spread, this.#timers.remaining('renew') ?? 0);
  }

  #jitterOf(token: string): Jitter {
    const known = this.#jitter;
    if (known?.token === token) return known;
    const isLong = this.#options.settings.expiryMs >= LONG_EXPIRY_MS;
    const isAfterStart = isLong && known !== undefined && known.token === this.#dueAtStart;
    const part = isAfterStart ? SPREAD_PART.expiryAfterStart : SPREAD_PART.expiry;
    return (this.#jitter = { token, chance: this.#options.clock.random(), part });
  }

  #planCheck(): void {
    const { login } = this.#options.session;
    if (login === null) {
      this.#timers.clear('check');
      this.#wasRejected = false;
      return;
    }
    if (login.isRejected !== this.#wasRejected) {
      this.#wasRejected = login.isRejected;
      this.#failedChecks = 0;
      this.#timers.set('check', login.isRejected ? SOON_MS : CHECK_EVERY_MS);
    } else if (this.#timers.remaining('check') === undefined && !this.#pendingTasks.check) {
      this.#timers.set('check', CHECK_EVERY_MS);
    }
  }

  /** Called with the names of the timers that have fired. Runs their tasks, or reserves a time for them. */
  fire(due: ReadonlySet<string>): void {
    if (!this.#isRunning) return;
    if (due.has('otp')) this.#options.events.noteState();
    if (due.has('read')) void this.#options.accountState.pull().catch(() => undefined);
    if (due.has('renew')) this.#pendingTasks.renew = true;
    if (due.has('check')) this.#pendingTasks.check = true;
    if (due.has('run')) void this.#runTasks();
    else if (this.#pendingTasks.renew || this.#pendingTasks.check) this.#reserveTime(0);
    this.plan();
  }

  /** Reserves a slot for the next background call in the rate limiter, which all accounts of the process share. */
  #reserveTime(extraMs: number): void {
    if (this.#isBusy || this.#timers.remaining('run') !== undefined) return;
    this.#reservation = this.#options.rateLimiter.reserve(extraMs);
    this.#timers.set('run', this.#reservation.delayMs);
  }

  async #runTasks(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      const { renew, check } = this.#pendingTasks;
      this.#pendingTasks = { renew: false, check: false };
      if (renew) await this.#renew();
      if (check && this.#isRunning) await this.#check();
    } finally {
      this.#isBusy = false;
      if (this.#pendingTasks.renew || this.#pendingTasks.check) this.#reserveTime(0);
      this.plan();
    }
  }

  async #renew(): Promise<void> {
    const { session, clock } = this.#options;
    const isDelayed = this.#delayMs('refreshsession') > 0 || this.#last.retryAt > clock.monotonic();
    if (!this.#isRenewable() || this.#dueIn() !== 0 || isDelayed) return;
    try {
      if ((await session.renew()) === 'rejected') this.#delayRenewal();
    } catch {
      this.#delayRenewal();
    }
  }

  /**
   * Registers the outcome of a renewal by a step or in the background. If the cloud returned the same token, or a token
   * that is due again at once, delays the next renewal more each time. The cause may be the cloud or a wrong clock.
   */
  noteRenewal(renewal: Renewal): void {
    if (renewal === 'rejected' || renewal === 'dropped') return;
    this.noteRenewed();
    // Read the store again soon: another process that saves at the same time may overwrite the new token with the old
    // one.
    if (this.#isRunning && this.#options.accountState.isShared) this.#timers.set('read', OVERWRITTEN_MS);
    const { session, clock } = this.#options;
    const { expiryMs } = this.#options.settings;
    const lifeMs = session.lifeMs ?? Infinity;
    const isStillDue = session.isStillDue(expiryMs);
    const isFutile = renewal === 'same' || isStillDue;
    if (!isFutile) this.#last.futile = 0;
    const futileMs = isFutile
      ? Math.min(
          Math.max(FUTILE_RETRY.firstMs, backoffMs(clock, this.#last.futile + 1, FUTILE_RETRY)),
          lifeMs * FUTILE_PART,
        )
      : 0;
    // A step may renew a token before it is due. If the cloud then returns the same token, the renewal is not counted
    // as futile.
    if (isStillDue) this.#last.futile += 1;
    const minGapMs = lifeMs < SHORT_LIFE_MS ? MIN_GAP_MS : 0;
    this.#last.retryAt = clock.monotonic() + Math.max(futileMs, minGapMs);
    this.plan();
  }

  #delayRenewal(): void {
    this.#last.failures += 1;
    this.#last.retryAt = this.#options.clock.monotonic() + this.#retryMs(this.#last.failures, RETRY);
  }

  async #check(): Promise<void> {
    const { session, hubs, clock } = this.#options;
    if (session.login === null) return;
    let hasFailed = true;
    if (this.#delayMs('hubkeys') === 0) {
      try {
        const { isAccepted, keys, epoch } = await session.ask();
        hasFailed = !isAccepted || keys === undefined || (await hubs.discover(keys, epoch));
      } catch {
        // Ignore the error: `reachable` in the snapshot shows it, and another check follows.
      }
    }
    if (!this.#isRunning) return;
    this.#failedChecks = hasFailed ? this.#failedChecks + 1 : 0;
    const retry = session.login?.isRejected === true ? REJECTED_RETRY : RETRY;
    const next = hasFailed ? this.#retryMs(this.#failedChecks, retry) : CHECK_EVERY_MS * (1 - clock.random() / 10);
    this.#timers.set('check', Math.max(next, this.#delayMs('hubkeys')));
  }

  /**
   * Returns the milliseconds until a background call may be made after a `Retry-After` of the cloud. Adds a random
   * delay of up to an hour, or of {@link SOON_MS} for an urgent login, so that not all accounts call at the same
   * moment. The delay ends early if a step has made the same call successfully.
   */
  #delayMs(call: DelayedCall): number {
    const { client, clock } = this.#options;
    const now = clock.monotonic();
    const askedMs = client.retryAfterMs(call);
    const known = this.#delayedUntil.get(call);
    if (askedMs > 0 && (known === undefined || known < now + askedMs)) {
      const widest = this.#isUrgent ? SOON_MS : AFTER_DELAY_MS;
      this.#delayedUntil.set(call, now + askedMs + clock.random() * widest);
    } else if (known !== undefined && (known <= now || !client.hasAskedToWait(call))) this.#delayedUntil.delete(call);
    return Math.max(0, (this.#delayedUntil.get(call) ?? 0) - now);
  }

  #retryMs(failures: number, retry: BackoffRange): number {
    const { clock, settings } = this.#options;
    const firstMs = Math.min(this.#isUrgent ? SOON_MS : retry.firstMs, settings.expiryMs);
    return backoffMs(clock, failures, { ...retry, firstMs });
  }

  /** Whether the login expires within a day. `false` if the token contains no expiry time. */
  get #isUrgent(): boolean {
    const { leftMs } = this.#options.session;
    return leftMs !== undefined && leftMs < URGENT_MS;
  }

  #isRenewable(): boolean {
    const { session, settings } = this.#options;
    return settings.isAutorefresh && session.login !== null && !session.login.isRejected;
  }

  #dueIn(): number | undefined {
    return this.#options.session.dueIn(this.#options.settings.expiryMs);
  }
}
