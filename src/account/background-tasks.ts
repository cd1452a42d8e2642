import type { TimerQueue } from '../async/timer-queue.js';
import type { Clock } from '../async/clock.js';
import { type BackOff, backOffMs } from '../async/back-off.js';
import type { CallName, CloudClient } from '../cloud/cloud-client.js';
import type { HubRegistry } from '../hub/hub-registry.js';
import type { AccountState } from '../state/account-state.js';
import type { RateLimiter, Reservation } from '../async/rate-limiter.js';
import type { LastRenewal } from '../login/last-renewal.js';
import type { OtpLogin } from '../login/otp-login.js';
import type { Renewal, Session } from '../login/session.js';
import type { AccountEvents } from './account-events.js';
import type { AccountSettings } from './account-options.js';

/** What nobody waits for is tried again after this, and what somebody may wait for, or what is urgent, after that. */
const RETRY: BackOff = { firstMs: 300_000, longestMs: 3_600_000 };
const SOON_MS = 30_000;
/** A rejected token is asked about less and less often, but each 6 hours at least (docs/dev/rules.md, "Only the cloud ends a login"). */
const REJECTED_RETRY: BackOff = { firstMs: SOON_MS, longestMs: 4.8 * 3_600_000 };
/** A login that lives for less than this can't wait. */
const URGENT_MS = 24 * 3_600_000;
/** A renewal that brought nothing new is not tried again sooner, nor later (docs/dev/rules.md, "When a token is due"). */
const FUTILE_RETRY: BackOff = { firstMs: 3_600_000, longestMs: 6 * 3_600_000 };
/** But within this part of the token's life: by the cloud's clock it may really be due. */
const FUTILE_PART = 0.6;
/** Tokens that live for seconds are not renewed more often than this. */
const SHORT_LIFE_MS = 25_000;
const LEAST_GAP_MS = 5_000;
const CHECK_EVERY_MS = 3_600_000;
/** How often a store that others write to is read. */
const READ_EVERY_MS = 30_000;
/** And so soon after a renewal. */
const OVERWRITTEN_MS = 2_000;
/** A start waits up to this long, so that hosts that boot together don't ask together: for what is needed, and for the rest. */
const START_SPREAD_MS = { needed: 1_000, other: 600_000 };
/**
 * Renewals are up to this part of the expiry later than they are due, and of the token's life, so that they don't meet;
 * once up to a larger one after a renewal at a start, where hosts that boot together have met and the expiry is long.
 */
const SPREAD_PART = { expiry: 1 / 10, expiryAfterStart: 1 / 2, life: 1 / 50 };
const LONG_EXPIRY_MS = 12 * 3_600_000;
/** When a cloud that has asked all to wait is free again, the background comes within this time. */
const AFTER_HOLD_MS = 3_600_000;

/** The calls of the background that a cloud may ask to wait with. */
type HeldCall = Extract<CallName, 'refreshsession' | 'hubkeys'>;

/** By how much of what part of the expiry the renewal of a token comes later than it is due. */
interface Jitter {
  token: string;
  chance: number;
  part: number;
}

/** What the background works on, and how often. */
export interface BackgroundTasksOptions {
  /** The account's one timer; what rings it calls {@link BackgroundTasks.ring}. */
  timers: TimerQueue;
  lastRenewal: LastRenewal;
  accountState: AccountState;
  session: Session;
  hubs: HubRegistry;
  client: CloudClient;
  clock: Clock;
  rateLimiter: RateLimiter;
  /** As they are when they are used. */
  settings: Readonly<Pick<AccountSettings, 'isAutorefresh' | 'expiryMs'>>;
  /** Says when the code on its way expires. */
  otpLogin: Pick<OtpLogin, 'remainingMs'>;
  /** Told when that moment has come. */
  events: Pick<AccountEvents, 'noteState'>;
}

/**
 * What an account does by itself: renews when due, asks about a rejected token, looks after hubs. Never
 * asks for a code.
 */
export class BackgroundTasks {
  readonly #options: BackgroundTasksOptions;
  readonly #timers: TimerQueue;
  readonly #last: LastRenewal;
  #isRunning = false;
  #isWorking = false;
  #wants = { renew: false, check: false };
  /** Checks in a row that ended in trouble or a rejection. */
  #troubles = 0;
  #wasRejected = false;
  /** Of the token in force. */
  #jitter: Jitter | undefined;
  /** The token that was due at the start. */
  #dueAtStart: string | undefined;
  #renewsAt: number | undefined;
  #reservation: Reservation | undefined;
  /** Until when (monotonic) calls are left alone that the cloud has asked to wait with. */
  readonly #heldUntil = new Map<HeldCall, number>();

  constructor(options: BackgroundTasksOptions) {
    this.#options = options;
    this.#timers = options.timers;
    this.#last = options.lastRenewal;
  }

  /** When the next token will be asked for, in wall time; `undefined` when nothing is planned. */
  get nextAt(): number | undefined {
    const { login } = this.#options.session;
    if (login === null || !this.#options.settings.isAutorefresh) return undefined;
    if (!login.isRejected && this.#renewsAt !== undefined) return this.#renewsAt;
    return this.nextCheckAt ?? this.#options.clock.now();
  }

  /** When a rejected token will be asked about again, in wall time; `undefined` when none is. */
  get nextCheckAt(): number | undefined {
    const { session, clock } = this.#options;
    if (session.login?.isRejected !== true) return undefined;
    return clock.now() + Math.round(this.#timers.remaining('check') ?? 0);
  }

  /** Begins: renews if due and looks up hubs within moments, without anybody waiting for it. */
  start(): void {
    const { session, clock } = this.#options;
    this.#isRunning = true;
    this.#wasRejected = session.login?.isRejected === true;
    if (session.login !== null) {
      this.#wants.renew = this.#isRenewable() && this.#dueIn() === 0;
      this.#wants.check = true;
      if (this.#wants.renew) this.#dueAtStart = session.login.token;
      const isNeeded = this.#isUrgent || this.#options.hubs.isEmpty;
      // Where tokens are renewed within minutes, a start does not wait for longer than a renewal may.
      const otherMs = Math.min(START_SPREAD_MS.other, this.#options.settings.expiryMs * SPREAD_PART.expiry);
      this.#queueTurn(clock.random() * (isNeeded ? START_SPREAD_MS.needed : Math.max(START_SPREAD_MS.needed, otherMs)));
    }
    this.plan();
  }

  /** Fits the plans to the state in force. Called after each change. */
  plan(): void {
    if (!this.#isRunning) return;
    const otpMs = this.#options.otpLogin.remainingMs;
    if (otpMs === undefined) this.#timers.clear('otp');
    else this.#timers.set('otp', otpMs);
    this.#planReading();
    this.#planRenewal();
    this.#planCheck();
  }

  /** Looks after the hubs again before long: a step could not, or met a new one. The first one is needed at once. */
  checkSoon(isNeeded = this.#options.hubs.isEmpty): void {
    if (!this.#isRunning) return;
    const soonMs = isNeeded ? this.#options.clock.random() * START_SPREAD_MS.needed : SOON_MS;
    this.#timers.set('check', Math.min(soonMs, this.#timers.remaining('check') ?? soonMs));
  }

  /** A token was set by hand: the flow gets the time to use it before it is renewed. `isSame`: it may be the same person's. */
  noteTokenSet(isSame: boolean): void {
    const { clock, settings, hubs } = this.#options;
    this.#last.retryAt = clock.monotonic() + Math.min(SOON_MS, settings.expiryMs);
    if (hubs.isEmpty || !isSame) this.checkSoon(true);
    this.plan();
  }

  /** A token came, whoever asked for it. */
  noteRenewed(): void {
    const { session, clock, settings } = this.#options;
    this.#last.failures = 0;
    this.#last.retryAt = 0;
    const token = session.login?.token;
    if (token === undefined || this.#last.sinceMs(token) !== undefined || this.#isUrgent) return;
    // Another process has renewed it: two whose clocks differ must not do so in turn without end.
    this.#last.note(token);
    if (session.isStillDue(settings.expiryMs)) this.#last.retryAt = clock.monotonic() + FUTILE_RETRY.firstMs;
  }

  stop(): void {
    this.#isRunning = false;
    this.#reservation?.cancel();
  }

  /** Other processes may change a shared store: it is read now and then. */
  #planReading(): void {
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
    const wait = Math.max(this.#last.retryAt - clock.monotonic(), this.#heldMs('refreshsession'));
    // Told is when it is due: by how much it is later is for the cloud's sake, and different each time.
    this.#renewsAt = Math.round(clock.now() + Math.max(dueIn, wait));
    if (!this.#wants.renew) this.#timers.set('renew', Math.max(dueIn + this.#spreadMs(dueIn), wait));
  }

  /** How much later than it is due the token in force is renewed. What is due already waits for the moment that was planned. */
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
      this.#troubles = 0;
      this.#timers.set('check', login.isRejected ? SOON_MS : CHECK_EVERY_MS);
    } else if (this.#timers.remaining('check') === undefined && !this.#wants.check) {
      this.#timers.set('check', CHECK_EVERY_MS);
    }
  }

  /** Moments have come: does what is due. */
  ring(due: ReadonlySet<string>): void {
    if (!this.#isRunning) return;
    if (due.has('otp')) this.#options.events.noteState();
    if (due.has('read')) void this.#options.accountState.pull().catch(() => undefined);
    if (due.has('renew')) this.#wants.renew = true;
    if (due.has('check')) this.#wants.check = true;
    if (due.has('turn')) void this.#work();
    else if (this.#wants.renew || this.#wants.check) this.#queueTurn(0);
    this.plan();
  }

  /** Waits for a place among all accounts of the process. */
  #queueTurn(extraMs: number): void {
    if (this.#isWorking || this.#timers.remaining('turn') !== undefined) return;
    this.#reservation = this.#options.rateLimiter.reserve(extraMs);
    this.#timers.set('turn', this.#reservation.delayMs);
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    try {
      const { renew, check } = this.#wants;
      this.#wants = { renew: false, check: false };
      if (renew) await this.#renew();
      if (check && this.#isRunning) await this.#check();
    } finally {
      this.#isWorking = false;
      if (this.#wants.renew || this.#wants.check) this.#queueTurn(0);
      this.plan();
    }
  }

  async #renew(): Promise<void> {
    const { session, clock } = this.#options;
    const isHeld = this.#heldMs('refreshsession') > 0 || this.#last.retryAt > clock.monotonic();
    if (!this.#isRenewable() || this.#dueIn() !== 0 || isHeld) return;
    try {
      if ((await session.renew()) === 'rejected') this.#delayRenewal();
    } catch {
      this.#delayRenewal();
    }
  }

  /**
   * The cloud has answered to a renewal, whoever asked for it. What brought nothing new, be it the cloud's doing or that
   * of a wrong clock, is asked for less and less often.
   */
  noteRenewal(renewal: Renewal): void {
    if (renewal === 'rejected' || renewal === 'dropped') return;
    this.noteRenewed();
    // Another process that was just saving may put the old token back.
    if (this.#isRunning && this.#options.accountState.isShared) this.#timers.set('read', OVERWRITTEN_MS);
    const { session, clock } = this.#options;
    const { expiryMs } = this.#options.settings;
    const lifeMs = session.lifeMs ?? Infinity;
    const isStillDue = session.isStillDue(expiryMs);
    const isFutile = renewal === 'same' || isStillDue;
    if (!isFutile) this.#last.futile = 0;
    const restMs = isFutile
      ? Math.min(
          Math.max(FUTILE_RETRY.firstMs, backOffMs(clock, this.#last.futile + 1, FUTILE_RETRY)),
          lifeMs * FUTILE_PART,
        )
      : 0;
    // What a step asked for before it was due says nothing of how often that is in vain.
    if (isStillDue) this.#last.futile += 1;
    const leastMs = lifeMs < SHORT_LIFE_MS ? LEAST_GAP_MS : 0;
    this.#last.retryAt = clock.monotonic() + Math.max(restMs, leastMs);
    this.plan();
  }

  #delayRenewal(): void {
    this.#last.failures += 1;
    this.#last.retryAt = this.#options.clock.monotonic() + this.#retryMs(this.#last.failures, RETRY);
  }

  async #check(): Promise<void> {
    const { session, hubs, clock } = this.#options;
    if (session.login === null) return;
    let hasTrouble = true;
    if (this.#heldMs('hubkeys') === 0) {
      try {
        const { isAccepted, keys, era } = await session.ask();
        hasTrouble = !isAccepted || keys === undefined || (await hubs.lookAfter(keys, era));
      } catch {
        // Said by `reachable`; tried again.
      }
    }
    if (!this.#isRunning) return;
    this.#troubles = hasTrouble ? this.#troubles + 1 : 0;
    const retry = session.login?.isRejected === true ? REJECTED_RETRY : RETRY;
    const next = hasTrouble ? this.#retryMs(this.#troubles, retry) : CHECK_EVERY_MS * (1 - clock.random() / 10);
    this.#timers.set('check', Math.max(next, this.#heldMs('hubkeys')));
  }

  /**
   * How long the background leaves a call alone that the cloud has asked to wait with, in milliseconds: a random part of
   * an hour longer than that, unless a step has had an answer meanwhile, so that not all come back at the same moment.
   */
  #heldMs(call: HeldCall): number {
    const { client, clock } = this.#options;
    const now = clock.monotonic();
    const askedMs = client.retryAfterMs(call);
    const known = this.#heldUntil.get(call);
    if (askedMs > 0 && (known === undefined || known < now + askedMs)) {
      const widest = this.#isUrgent ? SOON_MS : AFTER_HOLD_MS;
      this.#heldUntil.set(call, now + askedMs + clock.random() * widest);
    } else if (known !== undefined && (known <= now || !client.hasAskedToWait(call))) this.#heldUntil.delete(call);
    return Math.max(0, (this.#heldUntil.get(call) ?? 0) - now);
  }

  #retryMs(failures: number, retry: BackOff): number {
    const { clock, settings } = this.#options;
    const firstMs = Math.min(this.#isUrgent ? SOON_MS : retry.firstMs, settings.expiryMs);
    return backOffMs(clock, failures, { ...retry, firstMs });
  }

  /** Whether the login ends within a day, as far as it says so. */
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
