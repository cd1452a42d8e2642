import { type Clock, settlesWithin } from './clock.js';

/** Whoever is not ready by then is not waited for any longer. */
const PATIENCE_MS = 1_000;

/** One who has come, and goes on in the order in which all came. */
export interface Arrival {
  /** Resolves when all who came before have left, or were waited for long enough; `undefined` where that is so already. */
  readonly turn: () => Promise<void> | undefined;
  /** Lets the next go on. */
  readonly leave: () => void;
}

/** Lets those go first who came first, however long each takes to get ready. */
export class Arrivals {
  readonly #clock: Clock;
  readonly #here = new Set<Promise<void>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  come(): Arrival {
    let resolve: () => void = () => undefined;
    const left = new Promise<void>((done) => (resolve = done));
    this.#here.add(left);
    const leave = (): void => {
      this.#here.delete(left);
      resolve();
    };
    return { leave, turn: () => (this.#isFirst(left) ? undefined : this.#turnOf(left)) };
  }

  #isFirst(mine: Promise<void>): boolean {
    const [first] = this.#here;
    return first === mine || !this.#here.has(mine);
  }

  async #turnOf(mine: Promise<void>): Promise<void> {
    while (!this.#isFirst(mine)) {
      const [first] = this.#here;
      if (first === undefined) return;
      await settlesWithin(this.#clock, first, PATIENCE_MS);
      this.#here.delete(first);
    }
  }
}
