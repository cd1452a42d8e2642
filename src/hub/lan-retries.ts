import type { Clock } from '../async/clock.js';

/**
 * The pauses before the LAN is used again: after the first failure in a row, after the second, and after each further
 * one.
 */
const PAUSES_MS: readonly number[] = [5_000, 15_000];
const LONGEST_PAUSE_MS = 60_000;

/**
 * The LAN counts as down after this many failures in a row. Even after a single failure, requests may use another
 * transport first, until {@link LanRetries.waitMs} is 0.
 */
const FAILURES_TO_BE_DOWN = 2;

/** Schedules the attempts to reach a hub on the LAN after failures: after 5, 15 and 60 s, then every minute. */
export class LanRetries {
  readonly #clock: Pick<Clock, 'monotonic' | 'random'>;
  #failures = 0;
  #dueAt = -Infinity;

  constructor(clock: Pick<Clock, 'monotonic' | 'random'>) {
    this.#clock = clock;
  }

  /** The number of failures in a row. */
  get failures(): number {
    return this.#failures;
  }

  /** Whether the LAN has failed so often that another transport is used instead. */
  get isDown(): boolean {
    return this.#failures >= FAILURES_TO_BE_DOWN;
  }

  /** Milliseconds until the next attempt is due; 0 if it is due now. */
  get waitMs(): number {
    return Math.max(0, this.#dueAt - this.#clock.monotonic());
  }

  /**
   * Counts a failure and schedules the next attempt. The pause is randomly up to a tenth longer, because many homes may
   * lose their LAN at the same moment.
   */
  noteFailure(): void {
    const pauseMs = PAUSES_MS[this.#failures] ?? LONGEST_PAUSE_MS;
    this.#failures += 1;
    this.postpone(pauseMs * (1 + this.#clock.random() / 10));
  }

  /** Schedules the next attempt after a delay in milliseconds. */
  postpone(delayMs: number): void {
    this.#dueAt = this.#clock.monotonic() + delayMs;
  }

  /** Forgets all failures. */
  reset(): void {
    this.#failures = 0;
    this.#dueAt = -Infinity;
  }
}
