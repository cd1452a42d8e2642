import type { Clock, TimerHandle } from './clock.js';

/** A single timer of a clock. Setting it again replaces the earlier time. */
export class Timer {
  readonly #clock: Clock;
  readonly #keepsAlive: boolean;
  #timer: TimerHandle | undefined;

  /** `keepsAlive`: whether the timer keeps the process running. */
  constructor(clock: Clock, { keepsAlive = false } = {}) {
    this.#clock = clock;
    this.#keepsAlive = keepsAlive;
  }

  get isSet(): boolean {
    return this.#timer !== undefined;
  }

  set(delayMs: number, callback: () => void): void {
    this.clear();
    const fire = (): void => {
      this.#timer = undefined;
      callback();
    };
    this.#timer = this.#clock.setTimeout(fire, delayMs);
    if (!this.#keepsAlive && typeof this.#timer === 'object') this.#timer.unref();
  }

  clear(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
