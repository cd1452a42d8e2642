import type { TimerQueue } from '../async/timer-queue.js';
import type { Clock } from '../async/clock.js';
import type { CloudClient } from '../cloud/cloud-client.js';
import type { HubRegistry } from '../hub/hub-registry.js';
import type { AccountState } from '../state/account-state.js';
import type { RateLimiter, Reservation } from '../async/rate-limiter.js';
import type { OtpLogin } from '../login/otp-login.js';
import type { Renewal, Session } from '../login/session.js';
import type { AccountEvents } from './account-events.js';

const FIRST_RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 3_600_000;
/** A rejected token is asked about less and less often, but never less than this (docs/rules.md, "Only the cloud ends a login"). */
const LONGEST_REJECTED_RETRY_MS = 6 * 3_600_000;
/** A renewal that brought nothing new is not tried again sooner, nor later (docs/rules.md, "When a token is due"). */
const FIRST_FUTILE_RETRY_MS = 3_600_000;
const LONGEST_FUTILE_RETRY_MS = 6 * 3_600_000;
/** But within this part of the token's life: by the cloud's clock it may really be due. */
const FUTILE_PART = 0.6;
/** Tokens that live for seconds are not renewed more often than this. */
const SHORT_LIFE_MS = 25_000;
const LEAST_GAP_MS = 5_000;
const CHECK_EVERY_MS = 3_600_000;
/** How often a store that others write to is read. */
const READ_EVERY_MS = 30_000;
/** A start waits up to this long, so that hosts that boot together don't ask together. */
const START_SPREAD_MS = 1_000;
const LONGEST_SPREAD_MS = 300_000;

/** What the background works on, and how often. */
export interface BackgroundTasksOptions {
  /** The account's one timer; what rings it calls {@link BackgroundTasks.ring}. */
  timers: TimerQueue;
  state: AccountState;
  session: Session;
  hubs: HubRegistry;
  client: CloudClient;
  clock: Clock;
  rateLimiter: RateLimiter;
  isAutorefresh: boolean;
  expiryMs: number;
  /** Other processes may change the store: it is read now and then. */
  isShared: boolean;
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
  #isRunning = false;
  #isWorking = false;
  #wants = { renew: false, check: false };
  /** Failed renewals in a row, and until when (monotonic) the next one waits. */
  #failures = 0;
  #retryAt = 0;
  /** Renewals in a row that brought nothing new. */
  #futile = 0;
  /** Checks in a row that ended in trouble or a rejection. */
  #troubles = 0;
  #wasRejected = false;
  #jitter: { token: string; part: number } | undefined;
  #renewsAt: number | undefined;
  #reservation: Reservation | undefined;

  constructor(options: BackgroundTasksOptions) {
    this.#options = options;
    this.#timers = options.timers;
  }

  /** When the next token will be asked for, in wall time; `undefined` when nothing is planned. */
  get nextAt(): number | undefined {
    const { login } = this.#options.session;
    if (login === null || !this.#options.isAutorefresh) return undefined;
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
      this.#queueTurn(clock.random() * START_SPREAD_MS);
    }
    if (this.#options.isShared) this.#timers.set('read', READ_EVERY_MS);
    this.plan();
  }

  /** Fits the plans to the state in force. Called after each change. */
  plan(): void {
    if (!this.#isRunning) return;
    const otpMs = this.#options.otpLogin.remainingMs;
    if (otpMs === undefined) this.#timers.clear('otp');
    else this.#timers.set('otp', otpMs);
    this.#planRenewal();
    this.#planCheck();
  }

  /** Looks after the hubs again before long: a step could not, or met a new one. */
  checkSoon(): void {
    if (this.#isRunning) this.#timers.set('check', FIRST_RETRY_MS);
  }

  /** A token was set by hand: the flow that set it gets the time to use it before the background renews it. */
  deferRenewal(): void {
    this.#retryAt = this.#options.clock.monotonic() + Math.min(FIRST_RETRY_MS, this.#options.expiryMs);
    this.plan();
  }

  /** A renewal succeeded, whoever asked for it. */
  noteRenewed(): void {
    this.#failures = 0;
    this.#retryAt = 0;
  }

  stop(): void {
    this.#isRunning = false;
    this.#reservation?.cancel();
  }

  #planRenewal(): void {
    const { clock, client, expiryMs, session } = this.#options;
    const dueIn = this.#isRenewable() ? this.#dueIn() : undefined;
    if (dueIn === undefined) {
      this.#renewsAt = undefined;
      this.#timers.clear('renew');
      return;
    }
    const wait = Math.max(this.#retryAt - clock.monotonic(), client.retryAfterMs('refreshsession'));
    this.#renewsAt = Math.round(clock.now() + Math.max(dueIn, wait));
    const token = session.login?.token ?? '';
    if (this.#jitter?.token !== token) this.#jitter = { token, part: clock.random() };
    // What was planned long ago is spread; what is due already has been, or waits for its own reasons.
    const widest = Math.min(expiryMs / 20, (session.lifeMs ?? Infinity) / 20, LONGEST_SPREAD_MS);
    const spread = dueIn === 0 ? 0 : this.#jitter.part * widest;
    if (!this.#wants.renew) this.#timers.set('renew', Math.max(dueIn + spread, wait));
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
      this.#timers.set('check', login.isRejected ? FIRST_RETRY_MS : CHECK_EVERY_MS);
    } else if (this.#timers.remaining('check') === undefined && !this.#wants.check) {
      this.#timers.set('check', CHECK_EVERY_MS);
    }
  }

  /** Moments have come: does what is due. */
  ring(due: ReadonlySet<string>): void {
    if (!this.#isRunning) return;
    if (due.has('otp')) this.#options.events.noteState();
    if (due.has('read')) {
      this.#timers.set('read', READ_EVERY_MS * (1 + this.#options.clock.random() / 10));
      void this.#options.state.pull().catch(() => undefined);
    }
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
    const { session, clock, client } = this.#options;
    const isHeld = client.retryAfterMs('refreshsession') > 0 || this.#retryAt > clock.monotonic();
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
    const { session, clock, expiryMs } = this.#options;
    const lifeMs = session.lifeMs ?? Infinity;
    const isStillDue = session.isStillDue(expiryMs);
    const isFutile = renewal === 'same' || isStillDue;
    if (!isFutile) this.#futile = 0;
    const restMs = isFutile
      ? Math.min(this.#backOff(FIRST_FUTILE_RETRY_MS, this.#futile, LONGEST_FUTILE_RETRY_MS), lifeMs * FUTILE_PART)
      : 0;
    // What a step asked for before it was due says nothing of how often that is in vain.
    if (isStillDue) this.#futile += 1;
    const leastMs = lifeMs < SHORT_LIFE_MS ? LEAST_GAP_MS : 0;
    this.#retryAt = clock.monotonic() + Math.max(restMs, leastMs);
    this.plan();
  }

  #delayRenewal(): void {
    const { clock, expiryMs } = this.#options;
    const first = Math.min(FIRST_RETRY_MS, expiryMs);
    this.#retryAt = clock.monotonic() + this.#backOff(first, this.#failures++, LONGEST_RETRY_MS);
  }

  async #check(): Promise<void> {
    const { session, hubs, client } = this.#options;
    if (session.login === null) return;
    let hasTrouble = true;
    if (client.retryAfterMs('hubkeys') === 0) {
      try {
        const { isAccepted, keys } = await session.ask();
        hasTrouble = !isAccepted || keys === undefined || (await hubs.lookAfter(keys));
      } catch {
        // Said by `reachable`; tried again.
      }
    }
    if (!this.#isRunning) return;
    const longest = session.login?.isRejected === true ? LONGEST_REJECTED_RETRY_MS : LONGEST_RETRY_MS;
    const next = hasTrouble
      ? this.#backOff(FIRST_RETRY_MS, this.#troubles++, longest)
      : CHECK_EVERY_MS * (1 - this.#options.clock.random() / 10);
    if (!hasTrouble) this.#troubles = 0;
    this.#timers.set('check', Math.max(next, client.retryAfterMs('hubkeys')));
  }

  #backOff(firstMs: number, failures: number, longestMs: number): number {
    const delay = firstMs * 2 ** Math.min(failures, 20);
    return Math.min(delay * (1 + this.#options.clock.random() / 10), longestMs);
  }

  #isRenewable(): boolean {
    const { session, isAutorefresh } = this.#options;
    return isAutorefresh && session.login !== null && !session.login.isRejected;
  }

  #dueIn(): number | undefined {
    return this.#options.session.dueIn(this.#options.expiryMs);
  }
}
