import { KeyedMutex } from '../async/keyed-mutex.js';
import type { AccountRecord } from './account-record.js';

/** What an account could not save, and what it had last seen in its store. */
export interface Unsaved {
  record: AccountRecord;
  base: AccountRecord | null;
}

/**
 * What the accounts of a process hand to their successors at a Deploy, by storage id: what could not be saved yet, the
 * answers that were still on their way, and who is in force now. A restart of the process leaves nothing of it. What the homes knew is handed on by
 * devices/home-handover.ts.
 */
export class Handover<T> {
  readonly #unsaved = new Map<string, Unsaved>();
  readonly #inForce = new Map<string, Set<T>>();
  readonly #underWay = new Map<string, Set<Promise<unknown>>>();
  readonly #deletions = new Map<string, number>();
  readonly #mutex = new KeyedMutex();

  /** Does `work` while nothing else is handed over under this id. */
  exclusive<R>(id: string, work: () => Promise<R>): Promise<R> {
    return this.#mutex.runExclusive(id, work);
  }

  /** How many accounts of this id were deleted: one that knows of fewer was, and may neither leave nor change anything. */
  deletions(id: string): number {
    return this.#deletions.get(id) ?? 0;
  }

  /** Leaves what could not be saved for a successor. */
  leave(id: string, unsaved: Unsaved): void {
    this.#unsaved.set(id, unsaved);
  }

  /** What was left, which is then nowhere else. */
  take(id: string): Unsaved | undefined {
    const unsaved = this.#unsaved.get(id);
    this.#unsaved.delete(id);
    return unsaved;
  }

  /** The account is deleted: what was left of it goes, and what comes late for it is nobody's, also when its id is back. */
  forget(id: string): void {
    this.#unsaved.delete(id);
    this.#deletions.set(id, this.deletions(id) + 1);
  }

  /** One that has read its state is in force from now on. */
  attach(id: string, successor: T): void {
    add(this.#inForce, id, successor);
  }

  detach(id: string, one: T): void {
    remove(this.#inForce, id, one);
  }

  /** Those in force now. */
  inForce(id: string): T[] {
    return [...(this.#inForce.get(id) ?? [])];
  }

  /** Notes an answer that is waited for: a Deploy may come before it. */
  note<R>(key: string, work: Promise<R>): Promise<R> {
    add(this.#underWay, key, work);
    const end = (): void => remove(this.#underWay, key, work);
    work.then(end, end);
    return work;
  }

  /** Resolves once all answers that are waited for now have come or failed; `undefined` when there is none. */
  underWay(key: string): Promise<unknown> | undefined {
    const all = this.#underWay.get(key);
    return all === undefined ? undefined : Promise.allSettled(all);
  }
}

function add<T>(sets: Map<string, Set<T>>, key: string, value: T): void {
  const set = sets.get(key) ?? new Set();
  sets.set(key, set.add(value));
}

function remove<T>(sets: Map<string, Set<T>>, key: string, value: T): void {
  const set = sets.get(key);
  set?.delete(value);
  if (set?.size === 0) sets.delete(key);
}
