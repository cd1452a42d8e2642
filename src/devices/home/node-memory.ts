import type { Clock } from '../../async/clock.js';
import { type Change, changeBetween } from '../things/changes.js';
import type { Entry } from '../things/device.js';
import type { Kind } from '../things/kinds.js';
import type { Standing } from './change-message.js';

/** A listener that begins again within this time goes on where it was; too much may have happened later. */
const KEPT_MS = 60_000;

/** What became of a thing since somebody left. */
export interface Stirred {
  /** The first change: what it was before that is how they know it. */
  readonly first: Change;
  /** All fields that have changed since, though they may be now as they were. */
  readonly changed: Set<string>;
  /** When the last of them did, monotonic, ms. */
  at: number;
}

type Meanwhile = Map<string, Stirred>;

/** What a listener knows of a home. */
export interface Known {
  /** The kinds of which it knows how things are. */
  readonly kinds: ReadonlySet<Kind>;
  /** What has to stand for a while, by the {@link thingKey} of its thing, the oldest first. */
  readonly standing: Map<string, Standing>;
}

/** What a listener goes on with. */
export interface Taken extends Known {
  /** What differs from how things were when it left, at most one a thing. */
  readonly changes: readonly Change[];
  /** The things that have changed meanwhile, by their keys, whether or not they differ. */
  readonly stirred: ReadonlyMap<string, Stirred>;
}

interface Left {
  readonly settings: string;
  /** Monotonic, ms. */
  readonly at: number;
  readonly known: Known;
  readonly meanwhile: Meanwhile;
}

/** What tells a thing from all others of its home. */
export function thingKey({ kind, id }: { readonly kind: Kind; readonly id: string }): string {
  return `${kind} ${id}`;
}

/**
 * What the listeners to a home know of it, from the end of one to the beginning of the next with the same id and the
 * same settings, such as a node's over a Deploy. What it costs is what changes meanwhile, not listeners times things.
 */
export class NodeMemories {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #left = new Map<string, Left>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /**
   * Keeps what a listener knew that listens no more. `settings`: all that it wished for; `missed`: what has changed already
   * that it has not heard of.
   */
  leave(listener: string, settings: string, known: Known, missed: readonly Change[] = []): void {
    this.#forgetOld();
    // Those who leave one after the other, with no change in between, have missed the same.
    const last = [...this.#left.values()].at(-1)?.meanwhile;
    const isShared = last?.size === 0 && missed.length === 0;
    const meanwhile: Meanwhile = isShared ? last : new Map<string, Stirred>();
    for (const change of missed) noteIn(meanwhile, change, this.#clock.monotonic());
    this.#left.delete(listener);
    this.#left.set(listener, { settings, at: this.#clock.monotonic(), known, meanwhile });
  }

  /**
   * What a listener with these settings goes on with, which is then nowhere else; `undefined` for one that begins anew.
   * `find` gives a thing as it is now.
   */
  take(listener: string, settings: string, find: (kind: Kind, id: string) => Entry | undefined): Taken | undefined {
    this.#forgetOld();
    const left = this.#left.get(listener);
    this.#left.delete(listener);
    if (left?.settings !== settings) return undefined;
    const changes = Array.from(left.meanwhile.values(), ({ first: { entry, previous } }) => {
      const before = previous === null ? undefined : { ...entry, state: previous };
      return changeBetween(before, find(entry.kind, entry.id));
    });
    return { ...left.known, changes: changes.filter((change) => change !== undefined), stirred: left.meanwhile };
  }

  /** What has changed in the home. */
  note(changes: readonly Change[]): void {
    if (changes.length === 0 || this.#left.size === 0) return;
    this.#forgetOld();
    for (const meanwhile of new Set(Array.from(this.#left.values(), (left) => left.meanwhile))) {
      for (const change of changes) noteIn(meanwhile, change, this.#clock.monotonic());
    }
  }

  #forgetOld(): void {
    const now = this.#clock.monotonic();
    for (const [listener, { at }] of this.#left) if (now - at > KEPT_MS) this.#left.delete(listener);
  }
}

function noteIn(meanwhile: Meanwhile, change: Change, at: number): void {
  const key = thingKey(change.entry);
  const stirred = meanwhile.get(key) ?? { first: change, changed: new Set<string>(), at };
  for (const name of change.changed) stirred.changed.add(name);
  stirred.at = at;
  meanwhile.set(key, stirred);
}
