/** The time and the transport of the next poll: intervals, back-off, and tries of a LAN that has failed. */
import { type BackoffRange, FailureBackoff } from '../../async/backoff.js';
import type { Clock } from '../../async/clock.js';
import type { CozifyError } from '../../errors.js';
import { DEFAULT_POLL_S } from '../../input.js';
import type { TransportName } from '../../hub/hub-api.js';
import type { HubClient } from '../../hub/hub-client.js';
import { LanRetries } from '../../hub/lan-retries.js';

/** Delays after failed polls: on the LAN, through the cloud (from its interval), and with a key that the hub refuses. */
const LAN_BACK_OFF: BackoffRange = { firstMs: 1_000, longestMs: 60_000 };
const LONGEST_CLOUD_DELAY_MS = 300_000;
const KEY_BACK_OFF: BackoffRange = { firstMs: 60_000, longestMs: 3_600_000 };
/** The shortest time between a failed poll and the next poll. */
const LEAST_DELAY_MS = 1_000;
/** Many homes may lose their LAN at the same moment: each first goes through the cloud at a random moment within this time. */
const FIRST_CLOUD_MS = 10_000;
/** Through the cloud a home without a change for this long is polled at this interval at most. */
const QUIET_MS = 600_000;
const QUIET_INTERVAL_MS = 30_000;

/** The transports of a hub, as far as they decide when and how the hub is polled. */
export type PollTransports = Pick<HubClient, 'isLanAllowed' | 'isCloudAllowed' | 'isLanDown' | 'lanWaitMs' | 'key'>;

/** Milliseconds from the start of a poll to the start of the next one while polls succeed. Read when they are used. */
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

/** A poll: when it began (monotonic, ms), and its transport. */
export interface ScheduledPoll {
  readonly startedAt: number;
  readonly transport: TransportName;
  /** Whether the poll only tries a LAN that has failed. Such a poll says nothing about the hub if it fails. */
  readonly isLanRetry: boolean;
}

/** The state that decides the transport of the next poll, see {@link PollSchedule}. */
type State = 'LAN' | 'LAN failed' | 'cloud only';

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
  /** Polls that failed on the LAN in a row, in any state. `LanTransport` counts failed connections, for all requests. */
  readonly #lanRetries: LanRetries;
  readonly #lanBackoff: FailureBackoff;
  readonly #cloudBackoff: FailureBackoff;
  readonly #keyBackoff: FailureBackoff;
  #changedAt: number;
  /** When each transport is due, by its interval or back-off (monotonic, ms). */
  #lanAt = -Infinity;
  #cloudAt = -Infinity;
  /** When the last poll through the cloud began, and when the last failed poll ended. */
  #lastCloudAt = -Infinity;
  #failedAt = -Infinity;
  /** A key that the hub has refused, and when that key is tried again (monotonic, ms). */
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

  get #state(): State {
    const { isLanAllowed, isCloudAllowed, lanWaitMs } = this.#options.transports;
    if (!isLanAllowed) return 'cloud only';
    const isFailed = this.#lanRetries.failures > 0 || lanWaitMs > 0;
    return isCloudAllowed && isFailed ? 'LAN failed' : 'LAN';
  }

  /** Whether the LAN has failed, and polls go through the cloud except for tries of the LAN. */
  get isLanFailed(): boolean {
    return this.#state === 'LAN failed';
  }

  /** Milliseconds from the start of a poll to the start of the next one while polls succeed. */
  get intervalMs(): number {
    const state = this.#state;
    const isLost = this.#lanRetries.isDown || this.#options.transports.isLanDown;
    if (state !== 'cloud only' && !(state === 'LAN failed' && isLost)) return this.#lanMs;
    const isQuiet = this.#now - this.#changedAt >= QUIET_MS;
    return isQuiet ? Math.max(this.#cloudMs, QUIET_INTERVAL_MS) : this.#cloudMs;
  }

  /** Milliseconds until the next poll. */
  get delayMs(): number {
    return Math.max(0, this.#next.at - this.#now);
  }

  /** Returns the poll that begins now. `isUrgent`: it goes through the cloud rather than over a LAN that has failed. */
  begin({ isUrgent = false } = {}): ScheduledPoll {
    const isFailed = this.#state === 'LAN failed';
    const transport = isUrgent && isFailed ? 'cloud' : this.#next.transport;
    if (transport === 'cloud') this.#lastCloudAt = this.#now;
    return { startedAt: this.#now, transport, isLanRetry: isFailed && transport === 'lan' };
  }

  /** Notes a change in the home: a quiet home is polled less often through the cloud. */
  noteChange(): void {
    this.#changedAt = this.#now;
  }

  /** Notes a good answer to another request, which ends the back-off. */
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

  /** Ends every back-off. A LAN that has failed is still tried at its times only. */
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
    const { key, until = 0 } = this.#refusedKey ?? {};
    const refusedUntil = key === this.#options.transports.key ? until : 0;
    return { transport, at: Math.max(at, this.#failedAt + LEAST_DELAY_MS, refusedUntil) };
  }

  get #choice(): { readonly transport: TransportName; readonly at: number } {
    const state = this.#state;
    if (state === 'LAN') return { transport: 'lan', at: this.#lanAt };
    const lanAt = this.#now + Math.max(this.#lanRetries.waitMs, this.#options.transports.lanWaitMs);
    const isLanFirst = state === 'LAN failed' && lanAt <= this.#cloudAt;
    return isLanFirst ? { transport: 'lan', at: lanAt } : { transport: 'cloud', at: this.#cloudAt };
  }

  /** Notes the good answer to a poll. */
  noteSuccess({ startedAt, transport }: ScheduledPoll): void {
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
    // Polls that a gateway has held together do not come back together.
    const leastAt = this.#now + (clock.random() * this.#cloudMs) / 10;
    this.#cloudAt = Math.max(startedAt + intervalMs * (1 + clock.random() / 10), leastAt);
  }

  /** Notes a failed poll. */
  noteFailure({ startedAt, transport, isLanRetry }: ScheduledPoll, error: CozifyError): void {
    const { transports, clock } = this.#options;
    const namedMs = (error.retryAfter ?? 0) * 1000;
    this.#failedAt = this.#now;
    if (error.code === 'COZIFY_FORBIDDEN' || error.code === 'COZIFY_OTP_REQUIRED') {
      // The other transport has the same key, so this says nothing about the transport.
      this.#refusedKey = { key: transports.key, until: this.#now + this.#keyBackoff.next() };
      return;
    }
    if (transport === 'cloud') {
      const leastAt = transports.isLanAllowed ? startedAt + this.#cloudMs : 0;
      // A tenth longer at most, because the cloud may name the same moment to all homes.
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

  /** The earliest time for a poll through the cloud: its interval after the last one if the LAN has failed, otherwise now. */
  get #soonestCloudAt(): number {
    const { isLanAllowed } = this.#options.transports;
    return isLanAllowed ? Math.max(this.#now, this.#lastCloudAt + this.#cloudMs) : this.#now;
  }

  #bringCloudForward(): void {
    this.#cloudAt = Math.min(this.#cloudAt, this.#soonestCloudAt);
  }
}
