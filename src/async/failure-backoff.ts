import { type BackOff, backOffMs } from './back-off.js';
import type { Clock } from './clock.js';

/** Counts failures in a row, and says how long to wait after each. */
export class FailureBackoff {
  readonly #clock: Pick<Clock, 'random'>;
  readonly #range: () => BackOff;
  #failures = 0;

  /** `range`: the first and the longest delay, read at each failure. */
  constructor(clock: Pick<Clock, 'random'>, range: () => BackOff) {
    this.#clock = clock;
    this.#range = range;
  }

  /** Counts one more failure. Returns the delay before the next try, in milliseconds. */
  next(): number {
    this.#failures += 1;
    return backOffMs(this.#clock, this.#failures, this.#range());
  }

  /** Forgets all failures, because a try has succeeded or something else has changed. */
  reset(): void {
    this.#failures = 0;
  }
}
