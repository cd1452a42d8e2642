/** The clock of a hub. It can be wrong and can be set back. */
export class HubClock {
  readonly #now: () => number;
  #offsetMs = 0;
  #last = -Infinity;

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Returns a stamp that is later than all earlier stamps. Otherwise the next poll would miss a second change in the
   * same millisecond. `at`: the real time of the event. Defaults to now.
   */
  stamp(at = this.#now()): number {
    this.#last = Math.max(Math.round(at + this.#offsetMs), this.#last + 1);
    return this.#last;
  }

  /**
   * Sets the clock forward or, with a negative number, back. After setting it back, new stamps are earlier than old
   * ones.
   */
  shift(ms: number): void {
    this.#offsetMs += ms;
    if (ms < 0) this.#last = -Infinity;
  }
}
