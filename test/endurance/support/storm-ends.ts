import { type FakeClock, MINUTE, SECOND } from '../../src/support/fake-clock.js';
import type { Message, SmallRed } from './small-red.js';

/** How a message ended. */
export interface End {
  message: Message;
  /** The output number; 0 without an output. */
  output: number;
  /** The code of its error. */
  code: string | undefined;
}

/** A message that a node was given, and by when it has to have ended. */
interface Given {
  node: string;
  what: string;
  until: number;
  sent: number;
  ends: number;
}

/** The allowed extra time of a message: the queue before it while the hub hangs. */
const PATIENCE_MS = 5 * MINUTE;

/** Holds the messages that nodes are given to that each ends once: by an output and as done, or with an error. */
export class StormEnds {
  readonly count: Record<string, number> = {};
  readonly #red: SmallRed;
  readonly #clock: FakeClock;
  readonly #note: (trouble: string) => void;
  readonly #open = new Set<Given>();

  constructor(red: SmallRed, clock: FakeClock, note: (trouble: string) => void) {
    this.#red = red;
    this.#clock = clock;
    this.#note = note;
  }

  /** Gives a message to a node. `withinMs`: how long the node may take at most. */
  give(node: string, message: Message, onEnd: (end: End) => void = () => undefined, withinMs = PATIENCE_MS): void {
    const given: Given = {
      ...{ node, what: JSON.stringify(message), sent: 0, ends: 0 },
      until: this.#clock.monotonic() + withinMs + SECOND,
    };
    let output = 0;
    this.count[node] = (this.count[node] ?? 0) + 1;
    this.#open.add(given);
    this.#red.give(node, message, {
      sent: (messages) => {
        given.sent += 1;
        output = messages.findIndex((one) => one !== null) + 1;
        if (given.sent > 1 || given.ends > 0) this.#note(`${node}: left twice, or after its end: ${given.what}`);
      },
      done: (error) => {
        given.ends += 1;
        this.#open.delete(given);
        if (given.ends > 1) this.#note(`${node}: ended twice: ${given.what}`);
        if (given.sent > 0 === (error !== undefined)) this.#note(`${node}: left and failed, or neither: ${given.what}`);
        onEnd({ message, output, code: (error as { code?: string } | undefined)?.code });
      },
    });
  }

  /** Drops the open messages of a node; returns their number. */
  drop(node: string): number {
    const left = [...this.#open].filter((given) => given.node === node);
    for (const given of left) this.#open.delete(given);
    return left.length;
  }

  /** Says which should have ended by now. */
  check(): void {
    const now = this.#clock.monotonic();
    for (const given of this.#open) {
      if (given.until >= now) continue;
      this.#open.delete(given);
      this.#note(`${given.node}: nothing came of ${given.what}`);
    }
  }

  /** Says which have not ended, though nothing goes on any more. */
  end(): void {
    for (const { node, what } of this.#open) this.#note(`${node}: never ended: ${what}`);
    this.#open.clear();
  }
}
