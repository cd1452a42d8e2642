import { type BackOff, backOffMs } from '../../async/back-off.js';
import type { Clock } from '../../async/clock.js';

/** Polls that fail come less and less often: on the LAN between these, through the cloud from its interval to the last. */
const LAN_BACK_OFF: BackOff = { firstMs: 1_000, longestMs: 60_000 };
const LONGEST_CLOUD_RETRY_MS = 300_000;
/** The LAN's turn brings no poll sooner than that after one that has failed. */
const LEAST_RETRY_MS = 1_000;
/** A hub of which the cloud has said for long that it is not there is asked for after so long, and up to half as long again. */
const OFF_RETRY_MS = 360_000;
/** Many homes may lose their LAN in one moment: each goes through the cloud for the first time at some moment within this. */
const FIRST_CLOUD_MS = 10_000;
/** Who asks the cloud where the hub is does not wait longer than this for the turn of a poll through it. */
const LONGEST_ADDRESS_WAIT_MS = 30_000;
/** Through the cloud a home where nothing happens is asked less often. */
const QUIET_MS = 600_000;
const QUIET_INTERVAL_MS = 30_000;

/** The ways to a hub, as far as they say when it is to be asked. */
export interface PollWays {
  /** The hub is asked through the cloud for now: the LAN does not lead there, or has failed twice. */
  readonly isThroughCloud: boolean;
  /** Milliseconds until the LAN is to be tried again; `undefined` while it has not failed, or is the only way. */
  readonly lanTurnMs: number | undefined;
  /** The cloud is to be asked where the hub is on the LAN, in place of a poll through it. */
  readonly isAddressWanted: boolean;
  /** The cloud has been saying for long that the hub is not there. */
  readonly isOff: boolean;
}

/** How long after the start of a poll the next one starts while all is well, in milliseconds. Read when it is used. */
export interface PollIntervals {
  readonly pollLanMs: number;
  readonly pollCloudMs: number;
}

/** Whose polls these are, and how often they come. */
export interface PollTimesOptions {
  ways: PollWays;
  intervals: PollIntervals;
  clock: Pick<Clock, 'monotonic' | 'random'>;
}

/** How a poll has ended; `put off`: the LAN failed, and it was too early to ask through the cloud. */
export type PollEnd = 'good' | 'failed' | 'put off';

/** A poll that is over. Times are monotonic, in milliseconds. */
export interface EndedPoll {
  readonly startedAt: number;
  /** It has gone through the cloud. */
  readonly isRemote: boolean;
  /** The LAN had failed before and was only tried: how things are is for the cloud to tell. */
  readonly isTry: boolean;
}

/**
 * When a hub is polled next (docs/dev/rules.md, "Polls are there for those who need them"). The two ways have times of their
 * own: the LAN is tried in its turn, whatever the cloud is spared.
 */
export class PollTimes {
  readonly #options: PollTimesOptions;
  #changedAt: number;
  /** Polls in a row that have failed, by the way that they went to their end. */
  readonly #failures = { lan: 0, cloud: 0 };
  /** No poll goes through the cloud before then by itself. */
  #cloudAt = -Infinity;
  /** When one last did. */
  #wentAt = -Infinity;
  /** An answer to something else has brought a poll, and none has been a good one since. */
  #hasWoken = false;
  /** When the last poll ended that was not put off. */
  #endedAt = -Infinity;

  constructor(options: PollTimesOptions) {
    this.#options = options;
    this.#changedAt = options.clock.monotonic();
  }

  /** How long after the start of a poll the next one starts, while all is well. */
  get intervalMs(): number {
    const { clock, ways, intervals } = this.#options;
    const { pollLanMs, pollCloudMs } = intervals;
    if (!ways.isThroughCloud) return pollLanMs;
    const isQuiet = clock.monotonic() - this.#changedAt >= QUIET_MS;
    return isQuiet ? Math.max(pollCloudMs, QUIET_INTERVAL_MS) : pollCloudMs;
  }

  /** Whether it is time for a poll through the cloud. */
  get isCloudFree(): boolean {
    return this.#options.clock.monotonic() >= this.#cloudAt;
  }

  /** The LAN leads to the hub, as far as is known. */
  get isLanSound(): boolean {
    const { ways } = this.#options;
    return !ways.isThroughCloud && ways.lanTurnMs === undefined;
  }

  /** Something has happened in the home. */
  noteChange(): void {
    this.#changedAt = this.#options.clock.monotonic();
  }

  /** Milliseconds until the next poll. */
  delayAfter(poll: EndedPoll, end: PollEnd): number {
    const { clock, ways } = this.#options;
    const now = clock.monotonic();
    if (end !== 'put off') this.#endedAt = now;
    const at = this.#after(poll, end, now);
    const latestMs = ways.isAddressWanted ? LONGEST_ADDRESS_WAIT_MS : Infinity;
    const leastMs = end === 'good' ? 0 : LEAST_RETRY_MS;
    // The LAN's turn does not wait for the cloud's.
    return Math.max(0, Math.min(at - now, Math.max(leastMs, Math.min(ways.lanTurnMs ?? Infinity, latestMs))));
  }

  /** The cloud is asked where the hub is, which costs it as much as a poll. */
  noteAddressAsked(): void {
    const now = this.#options.clock.monotonic();
    this.#cloudAt = Math.max(this.#cloudAt, now + this.#varied(this.#options.intervals.pollCloudMs));
  }

  /** A poll goes through the cloud. */
  noteCloud(): void {
    this.#wentAt = this.#options.clock.monotonic();
  }

  /** Something has changed on the way to the hub, or nobody polls any more: what has failed so far says nothing. */
  reset(): void {
    this.#failures.lan = this.#failures.cloud = 0;
    this.#cloudAt = Math.min(this.#cloudAt, this.#wentAt + this.#options.intervals.pollCloudMs);
  }

  /**
   * The hub has answered to something else. Gives in how many milliseconds it is to be polled for that: at once the first
   * time, and then not more often than while all is well.
   */
  takeWake(): number {
    const isFirst = !this.#hasWoken;
    this.#hasWoken = true;
    this.reset();
    return isFirst ? 0 : Math.max(0, this.#endedAt + this.intervalMs - this.#options.clock.monotonic());
  }

  #after({ startedAt, isRemote, isTry }: EndedPoll, end: PollEnd, now: number): number {
    switch (end) {
      case 'good':
        this.#failures.lan = this.#failures.cloud = 0;
        this.#hasWoken = false;
        return isRemote ? this.#afterCloud(startedAt, now) : startedAt + this.intervalMs;
      case 'failed':
        if (isRemote) this.#cloudAt = now + this.#cloudRetryMs();
        return isRemote && !this.isLanSound ? this.#cloudAt : now + this.#retryMs();
      case 'put off':
        // The turn of the cloud may have come while the LAN was tried.
        if (!isTry && this.#cloudAt <= now) this.#cloudAt = now + this.#firstCloudMs();
        return this.#cloudAt;
    }
  }

  #afterCloud(startedAt: number, now: number): number {
    const { clock, ways, intervals } = this.#options;
    const { pollCloudMs } = intervals;
    const intervalMs = ways.isThroughCloud ? this.intervalMs : pollCloudMs;
    // Those whose polls a gateway has held together don't come back together.
    const leastAt = now + (clock.random() * pollCloudMs) / 10;
    return (this.#cloudAt = Math.max(startedAt + this.#varied(intervalMs), leastAt));
  }

  #firstCloudMs(): number {
    const { clock, intervals } = this.#options;
    return clock.random() * Math.min(FIRST_CLOUD_MS, intervals.pollCloudMs);
  }

  #cloudRetryMs(): number {
    const { clock, ways } = this.#options;
    this.#failures.cloud += 1;
    if (ways.isOff) return OFF_RETRY_MS * (1 + clock.random() / 2);
    return backOffMs(clock, this.#failures.cloud, this.#cloudBackOff);
  }

  /** After one that the hub has not answered well on the LAN, or that went nowhere. */
  #retryMs(): number {
    const { clock, ways } = this.#options;
    this.#failures.lan += 1;
    return backOffMs(clock, this.#failures.lan, ways.isThroughCloud ? this.#cloudBackOff : LAN_BACK_OFF);
  }

  get #cloudBackOff(): BackOff {
    const { pollCloudMs } = this.#options.intervals;
    return { firstMs: pollCloudMs, longestMs: Math.max(LONGEST_CLOUD_RETRY_MS, pollCloudMs) };
  }

  /** Up to a tenth longer, so that many homes don't ask in step. */
  #varied(delayMs: number): number {
    return delayMs * (1 + this.#options.clock.random() / 10);
  }
}
