import { type Clock, settlesWithin } from './clock.js';

/** How long each earlier caller is waited for. */
const TIMEOUT_MS = 1_000;

/** A caller's place in the queue. */
export interface Arrival {
  /** Resolves when all earlier callers have left or their time is over; `undefined` if that is so already. */
  readonly turn: () => Promise<void> | undefined;
  /** Leaves the queue, so that the next caller may continue. */
  readonly leave: () => void;
}

/** A FIFO gate: callers continue in the order in which they came, however long each needs to get ready. */
export class Arrivals {
  readonly #clock: Clock;
  readonly #queue = new Set<Promise<void>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  come(): Arrival {
    let resolve: () => void = () => undefined;
    const left = new Promise<void>((done) => (resolve = done));
    this.#queue.add(left);
    const leave = (): void => {
      this.#queue.delete(left);
      resolve();
    };
    return { leave, turn: () => (this.#isFirst(left) ? undefined : this.#waitFor(left)) };
  }

  #isFirst(own: Promise<void>): boolean {
    const [first] = this.#queue;
    return first === own || !this.#queue.has(own);
  }

  async #waitFor(own: Promise<void>): Promise<void> {
    while (!this.#isFirst(own)) {
      const [first] = this.#queue;
      if (first === undefined) return;
      await settlesWithin(this.#clock, first, TIMEOUT_MS);
      this.#queue.delete(first);
    }
  }
}
