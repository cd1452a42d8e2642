import { type FakeClock, SECOND } from '../../src/support/fake-clock.js';
import type { Message } from './small-red.js';

/** A press is heard with the next poll, and never after that; through the cloud, polls of a quiet home are this far apart. */
const LATEST_MS = 60 * SECOND;

/** The presses of a storm. Each has a button that no other has, so that it is seen which was heard, and how often. */
export class StormPresses {
  heard = 0;
  readonly #clock: FakeClock;
  readonly #note: (trouble: string) => void;
  /** The time of each press, by its number; reported presses are removed. */
  readonly #made = new Map<number, number>();
  #buttons = 100;

  constructor(clock: FakeClock, note: (trouble: string) => void) {
    this.#clock = clock;
    this.#note = note;
  }

  /** Gives the button of the next press, which is made now. */
  next(): number {
    this.#made.set(++this.#buttons, this.#clock.monotonic());
    return this.#buttons;
  }

  hasHeard(button: number): boolean {
    return !this.#made.has(button);
  }

  hear({ payload }: Message): void {
    const { button } = payload as { button: number };
    const madeAt = this.#made.get(button);
    this.heard += 1;
    if (madeAt === undefined) this.#note(`Button ${button} is heard twice, or was never pressed.`);
    else if (this.#clock.monotonic() - madeAt > LATEST_MS) this.#note(`Button ${button} is heard too late.`);
    this.#made.delete(button);
  }
}
