/** Of a hub that has said for so long only that nothing is new it is not known whether its clock was set back. */
const FIRST_LOOK_MS = 60_000;
/** Where nothing happens it is looked at less and less often, down to this. */
const LONGEST_LOOK_MS = 600_000;
/** Where a look tells nothing, all is loaded anew, and that less and less often, down to this. */
const LONGEST_IN_VAIN_MS = 12 * 3_600_000;

/**
 * When a poll looks at the hub's clock by asking from before the last change, which is told again. A hub may say that
 * nothing is new without saying what time it is: were its clock set back meanwhile, nothing would be new to whoever asks
 * from a time that is still to come there.
 */
export class TimeLooks {
  #waitMs = FIRST_LOOK_MS;
  #lookedAt = -Infinity;
  /** The last answer has said what time it is. */
  #wasTold = true;
  /** A poll has failed since the last answer that has. */
  #isDoubted = false;

  /** Whether it is time for a look. `timedAt`: when the hub last said what time it is; both monotonic, in milliseconds. */
  isDue(now: number, timedAt: number): boolean {
    return (this.#isDoubted && !this.#wasTold) || now - Math.max(timedAt, this.#lookedAt) >= this.#waitMs;
  }

  /** A poll has failed: the hub may have started anew since it last said what time it is. */
  noteFailure(): void {
    this.#isDoubted = true;
  }

  /** A poll was answered. Gives whether all is to be loaded anew: a look has told nothing of what has changed last. */
  noteAnswer(answer: { isLook: boolean; isTold: boolean; hasChanges: boolean; now: number }): boolean {
    const { isLook, isTold, hasChanges, now } = answer;
    this.#wasTold = isTold;
    if (isTold) this.#isDoubted = false;
    if (isLook) {
      this.#lookedAt = now;
      this.#isDoubted = false;
      this.#waitMs = Math.min(this.#waitMs * 2, isTold ? LONGEST_LOOK_MS : LONGEST_IN_VAIN_MS);
    }
    if (hasChanges) this.#waitMs = FIRST_LOOK_MS;
    return isLook && !isTold;
  }
}
