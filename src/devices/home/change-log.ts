/** The change log of one hub: the answers of the last minute that were applied to the cache, in order. */
import type { Clock } from '../../async/clock.js';
import type { Change, ChangeEvent } from '../things/changes.js';
import type { Entry } from '../things/device.js';
import type { Kind } from '../things/kinds.js';
import type { Press } from '../things/presses.js';
import type { State } from '../things/state.js';

/** How long records are kept. The positions of stopped nodes are kept for the same time. */
const KEPT_MS = 60_000;

/** An answer from the hub, and the changes that it made in the cache. */
export interface NewRecord {
  /** A poll, a list, or the answer to a command for scenes or rules. */
  readonly source: 'poll' | 'list' | 'command';
  /** When the answer was requested (monotonic, ms). */
  readonly requestedAt: number;
  /** Whether the cache is up to date after this answer. If not, the next poll asks for everything. */
  readonly isUpToDate: boolean;
  /**
   * Milliseconds since the previous answer, if the hub had no subscribers for some of that time; otherwise 0. Failed
   * polls do not count as answers.
   */
  readonly unwatchedMs: number;
  /** How long polls had been failing before this answer, in milliseconds. */
  readonly failingMs: number;
  /** Whether this is the hub's first complete answer to a poll, that is, the first that lists everything. */
  readonly isFirst: boolean;
  /** At most one change per thing. Empty for the first complete answer, because there is nothing to compare it with. */
  readonly changes: readonly Change[];
  readonly presses: readonly Press[];
}

/** A record of the log. */
export interface ChangeRecord extends NewRecord {
  /** The number of the record in the log. */
  readonly position: number;
  /** When the answer was applied, in milliseconds since 1970. */
  readonly at: number;
  /** When the answer was applied (monotonic, ms). */
  readonly appliedAt: number;
}

/** The data for a message of a changes node. */
export interface MessageParts {
  readonly entry: Entry;
  readonly state: State;
  readonly previous: State | null;
  readonly event: ChangeEvent | 'initial';
  readonly changed: readonly string[];
  readonly own: boolean;
  /** When the change was applied, in milliseconds since 1970. */
  readonly at: number;
}

/**
 * A hold (the `for` setting) that is running: its start (monotonic, ms), and the data of the message that is sent when
 * the hold has lasted long enough.
 */
export interface Hold {
  readonly since: number;
  readonly parts: MessageParts;
}

/** The position of a stopped node in the change log. The next node with the same id and settings continues there. */
export interface NodePosition {
  /** The position of the first record that the node has not read. */
  readonly position: number;
  /** The kinds whose states the node had received before it stopped. */
  readonly kinds: ReadonlySet<Kind>;
  /** Running holds (the `for` setting) by `thingKey`, the oldest first. */
  readonly holds: Map<string, Hold>;
}

/**
 * The answers of one hub in the order in which they were applied to the cache. Subscribers receive each record when it
 * is appended. Records are kept for 60 s, so that a node continues where it stopped when it is deployed again.
 */
export class ChangeLog {
  readonly #clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly #subscribers = new Set<(record: ChangeRecord) => void>();
  /** Positions of stopped nodes, by node id. */
  readonly #positions = new Map<string, NodePosition & { readonly settings: string; readonly leftAt: number }>();
  #records: ChangeRecord[] = [];
  #end = 0;

  constructor(clock: Pick<Clock, 'now' | 'monotonic'>) {
    this.#clock = clock;
  }

  /** The position of the next record. */
  get end(): number {
    return this.#end;
  }

  /** Calls `subscriber` with each record from now on, until the returned function is called. */
  subscribe(subscriber: (record: ChangeRecord) => void): () => void {
    this.#subscribers.add(subscriber);
    return () => void this.#subscribers.delete(subscriber);
  }

  append(answer: NewRecord): void {
    this.#dropOld();
    const at = { at: this.#clock.now(), appliedAt: this.#clock.monotonic() };
    const record = { ...answer, position: this.#end, ...at };
    this.#records.push(record);
    this.#end += 1;
    for (const subscriber of [...this.#subscribers]) subscriber(record);
  }

  /** Returns the records from a position on. */
  since(position: number): readonly ChangeRecord[] {
    const [first] = this.#records;
    return first === undefined ? [] : this.#records.slice(Math.max(0, position - first.position));
  }

  /** Saves the position of a node that stops, for {@link resume}. `settings`: all settings of the node, as a text. */
  leave(node: string, settings: string, state: NodePosition): void {
    this.#positions.set(node, { ...state, settings, leftAt: this.#clock.monotonic() });
  }

  /**
   * Removes and returns the saved position of a node. Returns `undefined` if the settings differ, or if the node
   * stopped more than 60 s ago.
   */
  resume(node: string, settings: string): NodePosition | undefined {
    this.#dropOld();
    const left = this.#positions.get(node);
    this.#positions.delete(node);
    return left?.settings === settings ? left : undefined;
  }

  #dropOld(): void {
    const oldest = this.#clock.monotonic() - KEPT_MS;
    for (const [node, { leftAt }] of this.#positions) if (leftAt < oldest) this.#positions.delete(node);
    const kept = this.#records.findIndex(({ appliedAt }) => appliedAt >= oldest);
    if (kept !== 0) this.#records = kept < 0 ? [] : this.#records.slice(kept);
  }
}
