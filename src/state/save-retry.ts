import type { TimerQueue } from '../async/timer-queue.js';
import type { AccountState } from './account-state.js';

const RETRY_MS = 30_000;

/** Saves what could not be saved: tries again every 30 s, with a moment among the account's only while something waits. */
export class SaveRetry {
  readonly #state: AccountState;
  readonly #timers: TimerQueue;

  constructor(state: AccountState, timers: TimerQueue) {
    this.#state = state;
    this.#timers = timers;
  }

  /** Fits the plan to the state in force. Called after each change, and so after each attempt. */
  plan(): void {
    if (!this.#state.needsSave) this.#timers.clear('save');
    else if (this.#timers.remaining('save') === undefined) this.#timers.set('save', RETRY_MS);
  }

  /** Moments have come: tries again if that is one of them. */
  ring(due: ReadonlySet<string>): void {
    if (due.has('save')) void this.#state.retrySave();
  }
}
