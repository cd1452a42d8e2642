import type { Clock } from './clock.js';

/** A little more than a fifth of a second, since timers are not exact. */
const GAP_MS = 225;

/** A slot in the queue. */
export interface Reservation {
  /** Milliseconds until it comes. */
  delayMs: number;
  /** Gives it back unused. */
  cancel(): void;
}

/**
 * Spreads what the accounts of a process do by themselves, so that a hundred of them after a power cut don't fall on
 * the cloud at once: at most 5 a second (docs/dev/rules.md, "No mail without somebody who wants it, and no rush").
 */
export class RateLimiter {
  readonly #clock: Clock;
  /** The moments given out that still matter, in order. */
  #taken: { at: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes the next free slot that is at least `afterMs` away. */
  reserve(afterMs = 0): Reservation {
    const now = this.#clock.monotonic();
    this.#taken = this.#taken.filter(({ at }) => at > now - GAP_MS);
    const slot = { at: now + afterMs };
    let index = 0;
    for (const { at } of this.#taken) {
      if (slot.at + GAP_MS <= at) break;
      if (slot.at < at + GAP_MS) slot.at = at + GAP_MS;
      index += 1;
    }
    this.#taken.splice(index, 0, slot);
    return {
      delayMs: slot.at - now,
      cancel: () => {
        this.#taken = this.#taken.filter((taken) => taken !== slot);
      },
    };
  }
}
