import type { Message } from './small-red.js';
import { isSame } from './storm-truth.js';

/** How one node that listens to changes is followed. */
export interface FollowerOptions {
  node: string;
  /** Reads the followed part of a payload. */
  read: (payload: unknown) => unknown;
  /** Whether the node sends the first state of each thing. */
  isInitialSent: boolean;
  note: (trouble: string) => void;
}

/**
 * Follows things by the messages of one node alone: what one says of before has to be what the last one said of after,
 * so that nothing is left out, told twice or a ghost.
 */
export class Follower {
  messages = 0;
  /** The last sent state of each thing. */
  readonly last = new Map<string, unknown>();
  readonly #options: FollowerOptions;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** Notes a restart of the node: earlier states are sent again, or unknown. */
  restart(): void {
    this.last.clear();
  }

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
    const said = JSON.stringify({ known: this.last.get(id), before, after });
    if (event === 'added' || event === 'initial') {
      if (isKnown) note(`${node}: ${id} was there, and is told as ${event}: ${said}`);
    } else if (isKnown && !isSame(this.last.get(id), before)) {
      note(`${node}: ${event} of ${id} leaves something out, or says it twice: ${said}`);
    } else if (!isKnown && isInitialSent) note(`${node}: ${event} of ${id}, which was never told of: ${said}`);
  }
}
