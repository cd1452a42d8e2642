import type { Clock } from './clock.js';

/** The gap between two slots: a little more than a fifth of a second, because timers are not exact. */
const GAP_MS = 225;

/** A reserved time for one background call. */
export interface Slot {
  /** Milliseconds from the reservation until the reserved time. */
  delayMs: number;
  /** Gives up the reserved time, so that another call can use it. */
  cancel(): void;
}

/**
 * Spreads the background calls of a process's accounts to at most 5 a second, so that a hundred accounts don't call the
 * cloud at once after a power failure (docs/dev/rules.md, "No unrequested e-mail, no synchronized load").
 */
export class RateLimiter {
  readonly #clock: Clock;
  /** Reserved slots in order of time. Slots in the past are removed. */
  #taken: { at: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Reserves the first free slot that is at least `afterMs` milliseconds from now. */
  reserve(afterMs = 0): Slot {
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
