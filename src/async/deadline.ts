import { type Clock, settlesWithin } from './clock.js';

/** A time limit of a step, by the monotonic clock. */
export class Deadline {
  readonly limitMs: number;
  readonly #clock: Clock;
  readonly #startedAt: number;

  constructor(clock: Clock, limitMs: number) {
    this.limitMs = limitMs;
    this.#clock = clock;
    this.#startedAt = clock.monotonic();
  }

  /** Milliseconds until the deadline; 0 after it. */
  get remainingMs(): number {
    return Math.max(0, this.#startedAt + this.limitMs - this.#clock.monotonic());
  }

  /**
   * Resolves to the result of `work`, or rejects with the error of `late` at the deadline. The work continues after
   * that.
   */
  async limit<T>(work: Promise<T>, late: () => Error): Promise<T> {
    if (await settlesWithin(this.#clock, work, this.remainingMs)) return work;
    throw late();
  }
}
