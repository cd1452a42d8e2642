import type { Clock } from './clock.js';

/** The wall clock and the monotonic clock. */
type WallAndMonotonic = Pick<Clock, 'now' | 'monotonic'>;

/**
 * The time since an event, safe against jumps of the wall clock. The wall clock gives the age at construction, and the
 * monotonic clock counts from then on. An event in the future counts as now.
 */
export class Elapsed {
  /** The wall time of the event, in milliseconds since the epoch. */
  readonly at: number;
  readonly #clock: WallAndMonotonic;
  /** The monotonic time of the event. */
  readonly #monotonicAt: number;

  /** `at`: the wall time of the event; by default now. */
  constructor(clock: WallAndMonotonic, at: number = clock.now()) {
    this.at = at;
    this.#clock = clock;
    this.#monotonicAt = clock.monotonic() - Math.max(0, clock.now() - at);
  }

  /** Milliseconds since the event by the monotonic clock. The sleep of a machine may not be included. */
  get steadyMs(): number {
    return this.#clock.monotonic() - this.#monotonicAt;
  }

  /**
   * Milliseconds since the event, by the clock that shows more. A wall clock that is set back does not lower the age; a
   * wall clock that is set forward, or a sleep, raises it.
   */
  get ms(): number {
    return Math.max(this.steadyMs, this.#clock.now() - this.at);
  }
}
