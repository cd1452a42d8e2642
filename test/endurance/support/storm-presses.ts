// The button presses in the storm test.
import { type FakeClock, SECOND } from '../../src/support/fake-clock.js';
import type { Message } from './small-red.js';

/** The longest time between two polls through the cloud. A press is reported in the next poll. */
const LATEST_MS = 60 * SECOND;

/** Checks that each press is sent once and in time. Each press has a button number of its own. */
export class StormPresses {
  received = 0;
  readonly #clock: FakeClock;
  readonly #note: (trouble: string) => void;
  /** Times of the presses that have not been received so far, by button number. */
  readonly #made = new Map<number, number>();
  #buttons = 100;

  constructor(clock: FakeClock, note: (trouble: string) => void) {
    this.#clock = clock;
    this.#note = note;
  }

  /** Returns the button number for a new press, and records that it is pressed now. */
  next(): number {
    this.#made.set(++this.#buttons, this.#clock.monotonic());
    return this.#buttons;
  }

  hasReceived(button: number): boolean {
    return !this.#made.has(button);
  }

  receive({ payload }: Message): void {
    const { button } = payload as { button: number };
    const madeAt = this.#made.get(button);
    this.received += 1;
    if (madeAt === undefined) this.#note(`Button ${button} was received twice, or never pressed.`);
    else if (this.#clock.monotonic() - madeAt > LATEST_MS) this.#note(`Button ${button} was received too late.`);
    this.#made.delete(button);
  }
}
