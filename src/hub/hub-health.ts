import { Timer } from '../async/timers.js';
import type { Clock } from '../async/clock.js';
import type { TransportName } from './hub-api.js';

/** A hub counts as offline after this many failed requests in a row. */
const FAILURES_TO_BE_OFFLINE = 3;

/** A hub also counts as offline if 2 requests in a row have failed and the first of them began 15 s ago. */
const MIN_FAILURES = 2;
const MAX_SILENCE_MS = 15_000;

/** A hub also counts as offline this long after the start of a failed poll, if it has not answered a poll since. */
const MAX_POLL_SILENCE_MS: Readonly<Record<TransportName, number>> = { lan: 25_000, cloud: 45_000 };

/**
 * Records whether the hub has answered a request. May be called several times for one request: the last answer counts,
 * or the first failure if there is no answer.
 */
export type NoteHealth = (hasAnswered: boolean) => void;

/** The dependencies and callbacks of {@link HubHealth}. */
export interface HubHealthOptions {
  clock: Clock;
  /** Called when {@link HubHealth.isReachable} changes. */
  onChange: () => void;
  /** Called when the hub goes offline (`false`) and when it is back online (`true`). */
  onOutage: (isOver: boolean) => void;
}

/** Consecutive failed requests to a hub. */
interface FailureRow {
  count: number;
  since: number;
  /** How long the hub counts as reachable after a single failure, in milliseconds. */
  graceMs: number;
}

/**
 * Determines whether a hub is online: from its polls or, if it is not polled, from other requests. A hub that answers
 * polls with an invalid list counts as offline, because subscribers get no changes from it.
 */
export class HubHealth {
  readonly #options: HubHealthOptions;
  #isReachable: boolean | null = null;
  readonly #failedRequests: FailureRow = { count: 0, since: 0, graceMs: Infinity };
  readonly #failedPolls: FailureRow = { count: 0, since: 0, graceMs: Infinity };
  /**
   * The number of answers so far. A failed request does not count if the hub has answered another one since it began.
   */
  #answers = 0;
  /** Number of calls to {@link forget}. */
  #timesForgotten = 0;
  /** Whether the hub is polled. If so, failures of other requests don't count. */
  #isPolled = false;
  #isClosed = false;
  /** Fires when the hub has not answered for too long. */
  readonly #timer: Timer;

  constructor(options: HubHealthOptions) {
    this.#options = options;
    this.#timer = new Timer(options.clock, { keepsAlive: true });
  }

  /** Whether the hub is online; `null` before the first answer or failure. */
  get isReachable(): boolean | null {
    return this.#isReachable;
  }

  /** Must be called when a request other than a poll begins. Returns the function that records its result. */
  startRequest(): NoteHealth {
    const startedAt = this.#options.clock.monotonic();
    const answersBefore = this.#answers;
    const forgottenBefore = this.#timesForgotten;
    let wasSilent = false;
    return (hasAnswered) => {
      if (forgottenBefore !== this.#timesForgotten) return;
      const isDoubt = this.#answers === answersBefore && !this.#isPolled;
      if (hasAnswered) this.#noteAnswer();
      else if (isDoubt && !wasSilent) noteFailure(this.#failedRequests, startedAt);
      wasSilent ||= !hasAnswered;
      this.#update(hasAnswered);
    };
  }

  /** Records the result of a poll. `isGood`: whether the answer was valid. */
  notePoll(isGood: boolean, startedAt: number, transport: TransportName): void {
    this.#isPolled = true;
    if (isGood) {
      this.#failedPolls.count = 0;
      this.#noteAnswer();
    } else noteFailure(this.#failedPolls, startedAt, MAX_POLL_SILENCE_MS[transport]);
    this.#update(isGood);
  }

  /** Must be called when polling stops. From then on, failures of other requests count. */
  endPolls(): void {
    this.#isPolled = false;
    this.#failedPolls.count = 0;
  }

  /**
   * Sets the reachability to unknown without a notification, and ignores the results of requests that have begun
   * already. Returns whether the reachability was known.
   */
  forget(): boolean {
    const wasKnown = this.#isReachable !== null;
    this.#timesForgotten += 1;
    this.#isReachable = null;
    this.#failedRequests.count = this.#failedPolls.count = 0;
    this.#timer.clear();
    return wasKnown;
  }

  /** Stops the timer and all callbacks. */
  close(): void {
    this.#isClosed = true;
    this.#timer.clear();
  }

  #noteAnswer(): void {
    this.#answers += 1;
    this.#failedRequests.count = 0;
  }

  #update(hasAnswered: boolean): void {
    if (this.#isClosed) return;
    const { clock } = this.#options;
    this.#timer.clear();
    const now = clock.monotonic();
    const offlineAtMs = Math.min(offlineAt(this.#failedRequests), offlineAt(this.#failedPolls));
    if (now >= offlineAtMs) this.#change(false);
    else if (hasAnswered) this.#change(true);
    if (this.#isReachable === false) return;
    if (offlineAtMs < Infinity) this.#timer.set(offlineAtMs - now, () => this.#update(false));
  }

  #change(isReachable: boolean): void {
    const before = this.#isReachable;
    this.#isReachable = isReachable;
    if (before === isReachable) return;
    this.#options.onChange();
    if (!isReachable || before === false) this.#options.onOutage(isReachable);
  }
}

/**
 * Returns the time at which a row of failures makes the hub count as offline (monotonic, ms); Infinity if there is no
 * failure.
 */
function offlineAt({ count, since, graceMs }: FailureRow): number {
  if (count === 0) return Infinity;
  if (count >= FAILURES_TO_BE_OFFLINE) return since;
  return since + (count >= MIN_FAILURES ? Math.min(MAX_SILENCE_MS, graceMs) : graceMs);
}

function noteFailure(row: FailureRow, startedAt: number, graceMs = Infinity): void {
  if (row.count === 0) [row.since, row.graceMs] = [startedAt, graceMs];
  row.count += 1;
}
