/** Schedules the polls of a hub: when the next one starts, and over the LAN or through the cloud. */
import { type BackoffRange, FailureBackoff } from '../../async/backoff.js';
import type { Clock } from '../../async/clock.js';
import type { CozifyError } from '../../errors.js';
import { DEFAULT_POLL_S } from '../../input.js';
import type { TransportName } from '../../hub/hub-api.js';
import type { HubClient } from '../../hub/hub-client.js';
import { LanRetries } from '../../hub/lan-retries.js';

/** The back-off after failed polls on the LAN. */
const LAN_BACK_OFF: BackoffRange = { firstMs: 1_000, longestMs: 60_000 };
/** The longest delay after failed polls through the cloud. The first delay is the poll interval. */
const LONGEST_CLOUD_DELAY_MS = 300_000;
/** The back-off after polls whose key the hub refused. */
const KEY_BACK_OFF: BackoffRange = { firstMs: 60_000, longestMs: 3_600_000 };
/** The shortest time between a failed poll and the next poll. */
const MIN_DELAY_MS = 1_000;
/**
 * After the LAN fails, the first poll through the cloud starts at a random moment within this time, because many homes
 * may lose their LAN at once.
 */
const FIRST_CLOUD_MS = 10_000;
/** After this long without a change, a home counts as quiet and is polled less often through the cloud. */
const QUIET_MS = 600_000;
/** The shortest interval at which a quiet home is polled through the cloud. */
const QUIET_INTERVAL_MS = 30_000;

/** The properties of a hub's client that decide when and how the hub is polled. */
export type PollTransports = Pick<HubClient, 'isLanAllowed' | 'isCloudAllowed' | 'isLanDown' | 'lanWaitMs' | 'key'>;

/**
 * Milliseconds from the start of a poll to the start of the next one while polls succeed. Read at each use, because
 * they may change.
 */
export interface PollIntervals {
  readonly pollLanMs?: number | undefined;
  readonly pollCloudMs?: number | undefined;
}

/** Options of a schedule. */
export interface PollScheduleOptions {
  transports: PollTransports;
  intervals: PollIntervals;
  clock: Pick<Clock, 'monotonic' | 'random'>;
}

/** A poll that has begun. */
export interface ScheduledPoll {
  /** When the poll began (monotonic, ms). */
  readonly startedAt: number;
  readonly transport: TransportName;
  /**
   * Whether the poll tries the LAN again after it failed, while other polls go through the cloud. A failed retry does
   * not mean that the hub is offline.
   */
  readonly isLanRetry: boolean;
}

/** The state that decides the transport of the next poll, see {@link PollSchedule}. */
type TransportState = 'LAN' | 'LAN failed' | 'cloud only';

/**
 * Decides when a hub is polled next, and over which transport (docs/dev/rules.md, "When a hub is polled").
 *
 * | state      | when                                         | next poll                                          |
 * | ---------- | -------------------------------------------- | -------------------------------------------------- |
 * | LAN        | the LAN has not failed                       | LAN, at its interval                               |
 * | LAN        | the cloud is not allowed                     | LAN, at its interval or back-off                   |
 * | cloud only | the LAN is not allowed                       | cloud, at its interval or back-off                 |
 * | LAN failed | both are allowed, and the LAN has failed     | whichever is due first: the cloud at its interval  |
 * |            |                                              | or back-off, the LAN after 5, 15, 60, 60 … seconds |
 */
export class PollSchedule {
  readonly #options: PollScheduleOptions;
  /**
   * Counts consecutive failed polls over the LAN, in any {@link TransportState}. `LanTransport` has a count of its own:
   * of the failed connections of all requests.
   */
  readonly #lanRetries: LanRetries;
  readonly #lanBackoff: FailureBackoff;
  readonly #cloudBackoff: FailureBackoff;
  readonly #keyBackoff: FailureBackoff;
  /** When the home last changed (monotonic, ms). */
  #changedAt: number;
  /** When the next poll on the LAN is due, by its interval or back-off (monotonic, ms). */
  #lanAt = -Infinity;
  /** When the next poll through the cloud is due, by its interval or back-off (monotonic, ms). */
  #cloudAt = -Infinity;
  /** When the last poll through the cloud began (monotonic, ms). */
  #lastCloudAt = -Infinity;
  /** When the last failed poll ended (monotonic, ms). */
  #failedAt = -Infinity;
  /** The access key that the hub has refused, and when that key is tried again (monotonic, ms). */
  #refusedKey: { readonly key: string | null; readonly until: number } | undefined;

  constructor(options: PollScheduleOptions) {
    const { clock } = options;
    this.#options = options;
    this.#lanRetries = new LanRetries(clock);
    this.#lanBackoff = new FailureBackoff(clock, () => LAN_BACK_OFF);
    this.#cloudBackoff = new FailureBackoff(clock, () => {
      return { firstMs: this.#cloudMs, longestMs: Math.max(LONGEST_CLOUD_DELAY_MS, this.#cloudMs) };
    });
    this.#keyBackoff = new FailureBackoff(clock, () => KEY_BACK_OFF);
    this.#changedAt = clock.monotonic();
  }

  get #now(): number {
    return this.#options.clock.monotonic();
  }

  get #lanMs(): number {
    return this.#options.intervals.pollLanMs ?? DEFAULT_POLL_S.lan * 1000;
  }

  get #cloudMs(): number {
    return this.#options.intervals.pollCloudMs ?? DEFAULT_POLL_S.cloud * 1000;
  }

  get #state(): TransportState {
    const { isLanAllowed, isCloudAllowed, lanWaitMs } = this.#options.transports;
    if (!isLanAllowed) return 'cloud only';
    const isFailed = this.#lanRetries.failures > 0 || lanWaitMs > 0;
    return isCloudAllowed && isFailed ? 'LAN failed' : 'LAN';
  }

  /** Whether the LAN has failed, so that polls go through the cloud, apart from retries of the LAN. */
  get isLanFailed(): boolean {
    return this.#state === 'LAN failed';
  }

  /**
   * The nominal poll interval, for the age of presses and for loading lists. After a single failure on the LAN, this is
   * still the interval of the LAN, although polls already go through the cloud.
   */
  get intervalMs(): number {
    const state = this.#state;
    const isLost = this.#lanRetries.isDown || this.#options.transports.isLanDown;
    if (state !== 'cloud only' && !(state === 'LAN failed' && isLost)) return this.#lanMs;
    const isQuiet = this.#now - this.#changedAt >= QUIET_MS;
    return isQuiet ? Math.max(this.#cloudMs, QUIET_INTERVAL_MS) : this.#cloudMs;
  }

  /** Milliseconds for which no poll may start, because the last one failed. */
  get pauseMs(): number {
    return Math.max(0, this.#failedAt + MIN_DELAY_MS - this.#now);
  }

  /** Milliseconds until the next poll. */
  get delayMs(): number {
    return Math.max(0, this.#next.at - this.#now);
  }

  /**
   * Returns the poll that begins now. `isUrgent`: a caller waits for the answer, so a failed LAN is not retried now.
   */
  begin({ isUrgent = false } = {}): ScheduledPoll {
    const isFailed = this.#state === 'LAN failed';
    const transport = isUrgent && isFailed ? 'cloud' : this.#next.transport;
    if (transport === 'cloud') this.#lastCloudAt = this.#now;
    return { startedAt: this.#now, transport, isLanRetry: isFailed && transport === 'lan' };
  }

  /** Records a change in the home. A home without changes is polled less often through the cloud. */
  noteChange(): void {
    this.#changedAt = this.#now;
  }

  /**
   * Records that a request other than a poll got a valid answer. Ends the back-off, because the hub can be reached
   * again.
   */
  noteAnswer(transport: TransportName): void {
    this.#lanBackoff.reset();
    this.#cloudBackoff.reset();
    this.#lanAt = this.#now;
    this.#bringCloudForward();
    if (transport === 'lan' || this.#cloudAt > this.#now) this.#lanRetries.postpone(0);
  }

  /** Forgets all failures, after a login. */
  reset(): void {
    this.#lanRetries.reset();
    this.endBackoff();
  }

  /** Ends every back-off. A LAN that has failed still waits for its next scheduled retry. */
  endBackoff(): void {
    this.#lanBackoff.reset();
    this.#cloudBackoff.reset();
    this.#keyBackoff.reset();
    this.#refusedKey = undefined;
    this.#lanAt = -Infinity;
    this.#bringCloudForward();
  }

  get #next(): { readonly transport: TransportName; readonly at: number } {
    const { transport, at } = this.#choice;
    const refused = this.#refusedKey;
    const refusedUntil = refused?.key === this.#options.transports.key ? refused.until : -Infinity;
    return { transport, at: Math.max(at, this.#failedAt + MIN_DELAY_MS, refusedUntil) };
  }

  get #choice(): { readonly transport: TransportName; readonly at: number } {
    const state = this.#state;
    if (state === 'LAN') return { transport: 'lan', at: this.#lanAt };
    const lanAt = this.#now + Math.max(this.#lanRetries.waitMs, this.#options.transports.lanWaitMs);
    const isLanFirst = state === 'LAN failed' && lanAt <= this.#cloudAt;
    return isLanFirst ? { transport: 'lan', at: lanAt } : { transport: 'cloud', at: this.#cloudAt };
  }

  /** Records a successful poll. */
  noteSuccess({ startedAt, transport }: Pick<ScheduledPoll, 'startedAt' | 'transport'>): void {
    const { clock } = this.#options;
    this.#keyBackoff.reset();
    this.#refusedKey = undefined;
    this.#cloudBackoff.reset();
    if (transport === 'lan') {
      this.#lanRetries.reset();
      this.#lanBackoff.reset();
      this.#lanAt = startedAt + this.#lanMs;
      return;
    }
    const intervalMs = Math.max(this.#cloudMs, this.intervalMs);
    // Random, because the cloud may answer the waiting polls of many homes at the same moment.
    const leastAt = this.#now + (clock.random() * this.#cloudMs) / 10;
    this.#cloudAt = Math.max(startedAt + intervalMs * (1 + clock.random() / 10), leastAt);
  }

  /** Records a failed poll outside the schedule. It may have used either transport, so it does not change the back-off. */
  noteOtherFailure(): void {
    this.#failedAt = this.#now;
  }

  /** Records a failed poll. */
  noteFailure({ startedAt, transport, isLanRetry }: ScheduledPoll, error: CozifyError): void {
    const { transports, clock } = this.#options;
    const namedMs = (error.retryAfter ?? 0) * 1000;
    this.#failedAt = this.#now;
    if (error.code === 'COZIFY_FORBIDDEN' || error.code === 'COZIFY_OTP_REQUIRED') {
      // The other transport uses the same key, so the refusal does not depend on the transport.
      this.#refusedKey = { key: transports.key, until: this.#now + this.#keyBackoff.next() };
      return;
    }
    if (transport === 'cloud') {
      const leastAt = transports.isLanAllowed ? startedAt + this.#cloudMs : -Infinity;
      // The wait is up to a tenth longer at random, because the cloud may send the same Retry-After to many homes.
      const waitMs = Math.max(this.#cloudBackoff.next(), namedMs * (1 + clock.random() / 10));
      this.#cloudAt = Math.max(this.#now + waitMs, leastAt);
      return;
    }
    this.#lanAt = this.#now + (namedMs > 0 ? namedMs : this.#lanBackoff.next());
    this.#lanRetries.noteFailure();
    const waitMs = Math.max(namedMs, transports.lanWaitMs);
    if (waitMs > 0) this.#lanRetries.postpone(waitMs);
    if (isLanRetry) return;
    const firstMs = clock.random() * Math.min(FIRST_CLOUD_MS, this.#cloudMs);
    this.#cloudAt = Math.max(this.#soonestCloudAt, startedAt + firstMs);
  }

  /**
   * The earliest time for the next poll through the cloud. If the LAN is allowed: one cloud interval after the last
   * poll through the cloud. Otherwise: now.
   */
  get #soonestCloudAt(): number {
    const { isLanAllowed } = this.#options.transports;
    return isLanAllowed ? Math.max(this.#now, this.#lastCloudAt + this.#cloudMs) : this.#now;
  }

  #bringCloudForward(): void {
    this.#cloudAt = Math.min(this.#cloudAt, this.#soonestCloudAt);
  }
}
