import { type Clock, settlesWithin } from './clock.js';

const WINDOW_MS = 1_000;

/** Lets at most so many calls begin in any second. */
export class CallLimiter {
  readonly #clock: Clock;
  readonly #most: number;
  /** When the last ones begin, in order. */
  #begins: number[] = [];

  constructor(clock: Clock, most: number) {
    this.#clock = clock;
    this.#most = most;
  }

  /** Resolves when the next call may begin, or sooner when `end` does. */
  async ready(end?: AbortSignal): Promise<void> {
    const now = this.#clock.monotonic();
    const begin = Math.max(now, (this.#begins.at(-this.#most) ?? -Infinity) + WINDOW_MS);
    this.#begins = [...this.#begins, begin].slice(-this.#most);
    if (begin > now) await settlesWithin(this.#clock, undefined, begin - now, end);
  }
}
