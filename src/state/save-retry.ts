import type { Clock, Timer } from '../async/clock.js';
import type { AccountState } from './account-state.js';

const RETRY_MS = 30_000;

/** Saves what could not be, for an account without a background: a timer only while something waits to be saved. */
export class SaveRetry {
  readonly #live: AccountState;
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(live: AccountState, clock: Clock) {
    this.#live = live;
    this.#clock = clock;
  }

  /** Fits the timer to the state in force. Called after each change, and so after each attempt. */
  plan(): void {
    if (!this.#live.needsSave || this.#isStopped) this.#disarm();
    else this.#timer ??= this.#clock.setTimeout(() => this.#ring(), RETRY_MS);
  }

  stop(): void {
    this.#isStopped = true;
    this.#disarm();
  }

  #ring(): void {
    this.#timer = undefined;
    void this.#live.retrySave();
  }

  #disarm(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
