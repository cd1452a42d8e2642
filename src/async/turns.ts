import type { Clock, Timer } from './clock.js';

/** Nothing else waits for longer than this, and what one step of the work takes. */
const TURN_MS = 8;

/** Work of many steps: each `yield` is a place to stop for a while. */
export type Work = Generator<void, void>;

/**
 * Work that may be long, done in the order in which it came and in turns: it begins at once, and where it takes longer
 * than a moment, everything else has its turn in between.
 */
export class Turns {
  readonly #clock: Pick<Clock, 'monotonic' | 'setTimeout' | 'clearTimeout'>;
  readonly #onFailure: (error: unknown) => void;
  readonly #works: Work[] = [];
  #timer: Timer | undefined;
  /** How long everything else has waited for work since it last had its turn, in milliseconds. */
  #spentMs = 0;
  #isAtWork = false;

  constructor(clock: Pick<Clock, 'monotonic' | 'setTimeout' | 'clearTimeout'>, onFailure: (error: unknown) => void) {
    this.#clock = clock;
    this.#onFailure = onFailure;
  }

  /** Does the work as soon as all that came before is done. */
  add(work: Work): void {
    this.#works.push(work);
    if (this.#timer === undefined && !this.#isAtWork) this.#take();
  }

  /** Whether something is left to be done. */
  get isBusy(): boolean {
    return this.#works.length > 0;
  }

  /** Lets go of what is left. */
  stop(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#works.length = 0;
  }

  #take(): void {
    const startedAt = this.#clock.monotonic();
    const isTime = (): boolean => this.#spentMs + this.#clock.monotonic() - startedAt < TURN_MS;
    this.#isAtWork = true;
    do {
      const [work] = this.#works;
      if (work !== undefined && this.#isDone(work, isTime) && this.#works[0] === work) this.#works.shift();
    } while (this.isBusy && isTime());
    this.#isAtWork = false;
    this.#spentMs += this.#clock.monotonic() - startedAt;
    if (this.isBusy || this.#spentMs >= TURN_MS) this.#timer = this.#clock.setTimeout(() => this.#wake(), 0);
  }

  #wake(): void {
    this.#timer = undefined;
    this.#spentMs = 0;
    if (this.isBusy) this.#take();
  }

  /** Goes on with a work until it is done, or the time is over. One that fails is done. */
  #isDone(work: Work, isTime: () => boolean): boolean {
    try {
      while (work.next().done !== true) if (!isTime()) return false;
    } catch (error) {
      this.#onFailure(error);
    }
    return true;
  }
}
