import type { TimerQueue } from '../async/timer-queue.js';

const RETRY_MS = 30_000;

/** What is kept in memory until it can be saved. */
export interface Savable {
  readonly needsSave: boolean;
  retrySave(): Promise<void>;
}

/** Saves what could not be saved: tries again every 30 s, with a moment among the account's only while something waits. */
export class SaveRetry {
  readonly #savables: readonly Savable[];
  readonly #timers: TimerQueue;

  constructor(savables: readonly Savable[], timers: TimerQueue) {
    this.#savables = savables;
    this.#timers = timers;
  }

  /** Fits the plan to the state in force. Called after each change, and so after each attempt. */
  plan(): void {
    if (!this.#savables.some(({ needsSave }) => needsSave)) this.#timers.clear('save');
    else if (this.#timers.remaining('save') === undefined) this.#timers.set('save', RETRY_MS);
  }

  /** Tries again at once. */
  async now(): Promise<void> {
    await Promise.all(this.#savables.filter(({ needsSave }) => needsSave).map((one) => one.retrySave()));
  }

  /** Moments have come: tries again if that is one of them. */
  ring(due: ReadonlySet<string>): void {
    if (due.has('save')) void this.now();
  }
}
