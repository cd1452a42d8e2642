import type { Clock } from './clock.js';

/** The two ways in which a clock tells the time. */
type WallAndSteady = Pick<Clock, 'now' | 'monotonic'>;

/**
 * How long ago something happened, although wall clocks jump: the wall clock says how far back it lies when this is
 * made, and from then on the clock that never jumps counts. What lies in the future is taken to happen now.
 */
export class Elapsed {
  /** When it happened by the wall clock, in milliseconds since the epoch. */
  readonly at: number;
  readonly #clock: WallAndSteady;
  /** The same moment by the clock that never jumps. */
  readonly #moment: number;

  /** `at` is now unless an earlier process left another. */
  constructor(clock: WallAndSteady, at: number = clock.now()) {
    this.at = at;
    this.#clock = clock;
    this.#moment = clock.monotonic() - Math.max(0, clock.now() - at);
  }

  /** Milliseconds that count whatever the wall clock says. The sleep of a machine may not be among them. */
  get steadyMs(): number {
    return this.#clock.monotonic() - this.#moment;
  }

  /** Milliseconds at least: a wall clock that is set back makes nothing younger; one set forward, or a sleep, older. */
  get ms(): number {
    return Math.max(this.steadyMs, this.#clock.now() - this.at);
  }
}
