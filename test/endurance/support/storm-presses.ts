import { type FakeClock, SECOND } from '../../src/support/fake-clock.js';
import type { Message } from './small-red.js';

/** A press is reported by the next poll only. Through the cloud, polls of a quiet home are this far apart. */
const LATEST_MS = 60 * SECOND;

/** The presses of a storm. Each press has its own button number, which shows the presses that nodes sent, and how often. */
export class StormPresses {
  received = 0;
  readonly #clock: FakeClock;
  readonly #note: (trouble: string) => void;
  /** The time of each press, by its number; reported presses are removed. */
  readonly #made = new Map<number, number>();
  #buttons = 100;

  constructor(clock: FakeClock, note: (trouble: string) => void) {
    this.#clock = clock;
    this.#note = note;
  }

  /** Notes a new press, and returns its button. */
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
    if (madeAt === undefined) this.#note(`Button ${button} is heard twice, or was never pressed.`);
    else if (this.#clock.monotonic() - madeAt > LATEST_MS) this.#note(`Button ${button} is heard too late.`);
    this.#made.delete(button);
  }
}
