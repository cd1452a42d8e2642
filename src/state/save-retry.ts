import type { Clock, Timer } from '../async/clock.js';
import type { AccountState } from './account-state.js';

const RETRY_MS = 30_000;

/** Saves what could not be saved: tries again every 30 s, with a timer only while something waits for that. */
export class SaveRetry {
  readonly #state: AccountState;
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(state: AccountState, clock: Clock) {
    this.#state = state;
    this.#clock = clock;
  }

  /** Fits the timer to the state in force. Called after each change, and so after each attempt. */
  plan(): void {
    if (!this.#state.needsSave || this.#isStopped) this.#disarm();
    else this.#timer ??= this.#clock.setTimeout(() => this.#ring(), RETRY_MS);
  }

  stop(): void {
    this.#isStopped = true;
    this.#disarm();
  }

  #ring(): void {
    this.#timer = undefined;
    void this.#state.retrySave();
  }

  #disarm(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
