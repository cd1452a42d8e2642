import type { Clock } from './clock.js';

const PER_SECOND = 5;

/**
 * Spreads what the accounts of a process do by themselves, so that a hundred of them after a power cut don't fall on
 * the cloud at once: at most 5 a second (contract, rule 7).
 */
export class Pace {
  readonly #clock: Clock;
  #nextFree = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes the next free place and gives the milliseconds until it comes. */
  take(): number {
    const now = this.#clock.monotonic();
    const place = Math.max(now, this.#nextFree);
    this.#nextFree = place + 1000 / PER_SECOND;
    return place - now;
  }
}
