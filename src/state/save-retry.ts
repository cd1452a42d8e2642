import { Alarm } from '../async/alarm.js';
import type { Clock } from '../async/clock.js';

const RETRY_MS = 30_000;

/** What is kept in memory until it can be saved. */
export interface Savable {
  readonly needsSave: boolean;
  retrySave(): Promise<void>;
}

/**
 * Saves what could not be saved: tries again every 30 s, with a timer only while something waits. That one keeps no
 * process alive: whoever ends a process has waited for the last attempt by then, and the store may be away for good.
 */
export class SaveRetry {
  readonly #savables: readonly Savable[];
  readonly #alarm: Alarm;

  constructor(savables: readonly Savable[], clock: Clock) {
    this.#savables = savables;
    this.#alarm = new Alarm(clock);
  }

  /** Whether something waits to be saved. */
  get isNeeded(): boolean {
    return this.#savables.some(({ needsSave }) => needsSave);
  }

  /** Fits the plan to the state in force. Called after each change, and so after each attempt. */
  plan(): void {
    if (!this.isNeeded) this.stop();
    else if (!this.#alarm.isSet) this.#alarm.set(RETRY_MS, () => void this.now());
  }

  /** Tries again at once. */
  async now(): Promise<void> {
    await Promise.allSettled(this.#savables.filter(({ needsSave }) => needsSave).map((one) => one.retrySave()));
    this.plan();
  }

  stop(): void {
    this.#alarm.clear();
  }
}
