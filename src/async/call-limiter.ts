import { type Clock, settlesWithin } from './clock.js';

const WINDOW_MS = 1_000;

/** Limits the number of calls that start in any second. */
export class CallLimiter {
  readonly #clock: Clock;
  readonly #limit: number;
  /** The start times of the last calls, in order. */
  #starts: number[] = [];

  constructor(clock: Clock, limit: number) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** Resolves when the next call may start, or earlier when `signal` is aborted. */
  async ready(signal?: AbortSignal): Promise<void> {
    const now = this.#clock.monotonic();
    const start = Math.max(now, (this.#starts.at(-this.#limit) ?? -Infinity) + WINDOW_MS);
    this.#starts = [...this.#starts, start].slice(-this.#limit);
    if (start > now) await settlesWithin(this.#clock, undefined, start - now, signal);
  }
}
