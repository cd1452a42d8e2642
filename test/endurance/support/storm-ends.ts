// The messages that the storm test sends to nodes, and how each of them ends.
import { type FakeClock, MINUTE, SECOND } from '../../src/support/fake-clock.js';
import type { Message, SmallRed } from './small-red.js';

/** How a message ended: the output to which the node sent it, or the error code. */
export interface End {
  message: Message;
  /** The number of the output, from 1; 0 if the message was sent to no output. */
  output: number;
  /** The error code; `undefined` after success. */
  code: string | undefined;
}

/**
 * A message that was sent to a node. `until` is its time limit (monotonic, ms). `sent` and `ends` count the node's
 * calls of `send` and `done` for the message.
 */
interface Given {
  node: string;
  what: string;
  until: number;
  sent: number;
  ends: number;
}

/**
 * The default time limit of a message. Includes the time that the message may wait in the queue while the hub hangs.
 */
const TIMEOUT_MS = 5 * MINUTE;

/**
 * Checks that each message to a node ends exactly once: it is either sent to an output and done, or fails with an
 * error.
 */
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

  /** Sends a message to a node. Records a problem if the message has not ended after `withinMs`. */
  give(node: string, message: Message, onEnd: (end: End) => void = () => undefined, withinMs = TIMEOUT_MS): void {
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
        if (given.sent > 1 || given.ends > 0) this.#note(`${node}: was sent twice, or after its end: ${given.what}`);
      },
      done: (error) => {
        given.ends += 1;
        this.#open.delete(given);
        if (given.ends > 1) this.#note(`${node}: ended twice: ${given.what}`);
        if (given.sent > 0 === (error !== undefined))
          this.#note(`${node}: was sent and failed, or neither: ${given.what}`);
        onEnd({ message, output, code: (error as { code?: string } | undefined)?.code });
      },
    });
  }

  /** Forgets the unfinished messages of a closed node. Returns their number. */
  drop(node: string): number {
    const left = [...this.#open].filter((given) => given.node === node);
    for (const given of left) this.#open.delete(given);
    return left.length;
  }

  /** Records a problem for each message that has exceeded its time limit. */
  check(): void {
    const now = this.#clock.monotonic();
    for (const given of this.#open) {
      if (given.until >= now) continue;
      this.#open.delete(given);
      this.#note(`${given.node}: has not ended: ${given.what}`);
    }
  }

  /** Records a problem for each message that has not ended. Call it after all nodes have been closed. */
  end(): void {
    for (const { node, what } of this.#open) this.#note(`${node}: never ended: ${what}`);
    this.#open.clear();
  }
}
