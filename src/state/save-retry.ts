import { Timer } from '../async/timers.js';
import type { Clock } from '../async/clock.js';

const RETRY_MS = 30_000;

/** A state that is kept in memory until it can be saved. */
export interface Savable {
  readonly needsSave: boolean;
  retrySave(): Promise<void>;
}

/**
 * Repeats failed saves every 30 s. The timer runs only while a save is needed. The timer does not keep the process
 * alive, because the store may be gone for good; a shutdown waits for one last attempt instead.
 */
export class SaveRetry {
  readonly #savables: readonly Savable[];
  readonly #timer: Timer;

  constructor(savables: readonly Savable[], clock: Clock) {
    this.#savables = savables;
    this.#timer = new Timer(clock);
  }

  /** Whether a change is not saved yet. */
  get isNeeded(): boolean {
    return this.#savables.some(({ needsSave }) => needsSave);
  }

  /** Schedules or cancels the next save. Must be called after every change. */
  plan(): void {
    if (!this.isNeeded) this.stop();
    else if (!this.#timer.isSet) this.#timer.set(RETRY_MS, () => void this.now());
  }

  /** Retries all failed saves now. */
  async now(): Promise<void> {
    await Promise.allSettled(this.#savables.filter(({ needsSave }) => needsSave).map((one) => one.retrySave()));
    this.plan();
  }

  stop(): void {
    this.#timer.clear();
  }
}
