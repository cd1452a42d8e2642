import { type Clock, settlesWithin } from './clock.js';

/** How much time a step has in all, by the clock that never jumps. */
export class Deadline {
  readonly limitMs: number;
  readonly #clock: Clock;
  readonly #startedAt: number;

  constructor(clock: Clock, limitMs: number) {
    this.limitMs = limitMs;
    this.#clock = clock;
    this.#startedAt = clock.monotonic();
  }

  /** Milliseconds; 0 when it is over. */
  get remainingMs(): number {
    return Math.max(0, this.#startedAt + this.limitMs - this.#clock.monotonic());
  }

  /** What `work` gives, or the error of `late` when time is over first. The work goes on by itself then. */
  async limit<T>(work: Promise<T>, late: () => Error): Promise<T> {
    if (await settlesWithin(this.#clock, work, this.remainingMs)) return work;
    throw late();
  }
}
