// Checks the messages of one changes node in the storm test.
import type { Message } from './small-red.js';
import { isSame } from './storm-truth.js';

/** The node to follow, and how to read its messages. */
export interface FollowerOptions {
  node: string;
  /** Extracts from a payload the value that is compared with earlier messages. */
  read: (payload: unknown) => unknown;
  /** Whether the node sends a message with the first state of each thing (such as a device or a group). */
  isInitialSent: boolean;
  note: (trouble: string) => void;
}

/**
 * Checks the messages of one changes node: the previous state in each message must equal the state in the last message
 * about the same thing. So no change is missing, repeated or invented.
 */
export class Follower {
  messages = 0;
  /** The last sent state of each thing. */
  readonly last = new Map<string, unknown>();
  readonly #options: FollowerOptions;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** Forgets all states. After a restart, a node sends the first states again or not at all. */
  restart(): void {
    this.last.clear();
  }

  /** Checks and stores a message of the node. */
  receive(message: Message): void {
    const { read } = this.#options;
    const { event, payload, previous, device } = message;
    const { id } = device as { id: string };
    this.messages += 1;
    this.#check(id, String(event), read(previous), read(payload));
    if (event === 'removed') this.last.delete(id);
    else this.last.set(id, read(payload));
  }

  #check(id: string, event: string, before: unknown, after: unknown): void {
    const { node, isInitialSent, note } = this.#options;
    const isKnown = this.last.has(id);
    const states = JSON.stringify({ known: this.last.get(id), before, after });
    if (event === 'added' || event === 'initial') {
      if (isKnown) note(`${node}: ${event} of ${id}, which was sent before: ${states}`);
    } else if (isKnown && !isSame(this.last.get(id), before)) {
      note(`${node}: ${event} of ${id} does not follow the message before it: ${states}`);
    } else if (!isKnown && isInitialSent) note(`${node}: ${event} of ${id}, which was never sent: ${states}`);
  }
}
