import type { Clock, Timer } from './clock.js';

/** One timer of a clock: setting it again takes the place of what was planned before. */
export class Alarm {
  readonly #clock: Clock;
  readonly #keepsAlive: boolean;
  #timer: Timer | undefined;

  /** `keepsAlive`: no process ends while it is set. */
  constructor(clock: Clock, { keepsAlive = false } = {}) {
    this.#clock = clock;
    this.#keepsAlive = keepsAlive;
  }

  get isSet(): boolean {
    return this.#timer !== undefined;
  }

  set(delayMs: number, ring: () => void): void {
    this.clear();
    const end = (): void => {
      this.#timer = undefined;
      ring();
    };
    this.#timer = this.#clock.setTimeout(end, delayMs);
    if (!this.#keepsAlive && typeof this.#timer === 'object') this.#timer.unref();
  }

  clear(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
