/** The clock of a hub: its own, so it can be wrong, and be set back. */
export class HubClock {
  readonly #now: () => number;
  #offsetMs = 0;
  #last = -Infinity;

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * A time for a stamp, later than every one before: a change in the millisecond of a poll must not be missed by the
   * next. `at` is when it happened, by the right time; default: now.
   */
  stamp(at = this.#now()): number {
    this.#last = Math.max(Math.round(at + this.#offsetMs), this.#last + 1);
    return this.#last;
  }

  /** Sets the clock forward or, with a negative number, back; stamps follow it. */
  shift(ms: number): void {
    this.#offsetMs += ms;
    if (ms < 0) this.#last = -Infinity;
  }
}
