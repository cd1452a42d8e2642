import type { Clock, Timer } from '../async/clock.js';
import { KeyedMutex } from '../async/keyed-mutex.js';
import type { AccountRecord } from './account-record.js';

/** What an account could not save, and what it had last seen in its store. */
export interface Unsaved {
  record: AccountRecord;
  base: AccountRecord | null;
  /** What could not be saved and was therefore not done, although it may lie in the store all the same. */
  undone: readonly AccountRecord[];
}

/** What is not over yet of a failed renewal. */
export interface Trouble {
  /** A renewal failed since the last good one. */
  readonly hasFailed: boolean;
  /** It failed, and the cloud has given no good answer since. */
  readonly isUnrecovered: boolean;
}

const NO_TROUBLE: Trouble = { hasFailed: false, isUnrecovered: false };

/** How long what was left waits for a successor, or for room, before it is tried again. */
const RETRY_MS = 30_000;

interface Left {
  unsaved: Unsaved;
  /** Saves it, and gives whether that went well. */
  save: () => Promise<boolean>;
}

/**
 * What the accounts of a process hand to their successors at a Deploy, by storage id: what could not be saved yet, the
 * answers that were still on their way, renewals that failed, and who is in force now. A restart of the process leaves
 * nothing of it. So what no successor comes for, as that of a disabled account, is saved by itself, where there is a
 * clock. What the homes knew is handed on by devices/home/home-handover.ts.
 */
export class Handover<T> {
  readonly #clock: Clock | undefined;
  readonly #left = new Map<string, Left>();
  readonly #timers = new Map<string, Timer>();
  readonly #inForce = new Map<string, Set<T>>();
  readonly #underWay = new Map<string, Set<Promise<unknown>>>();
  readonly #troubles = new Map<string, Map<string, Trouble>>();
  readonly #deletions = new Map<string, number>();
  readonly #mutex = new KeyedMutex();

  constructor(clock?: Clock) {
    this.#clock = clock;
  }

  /** Does `work` while nothing else is handed over under this id. */
  exclusive<R>(id: string, work: () => Promise<R>): Promise<R> {
    return this.#mutex.runExclusive(id, work);
  }

  /** How many accounts of this id were deleted: one that knows of fewer was, and may neither leave nor change anything. */
  deletions(id: string): number {
    return this.#deletions.get(id) ?? 0;
  }

  /** Leaves what could not be saved for a successor. Until one takes it, `save` is called now and then, exclusively. */
  leave(id: string, unsaved: Unsaved, save: () => Promise<boolean>): void {
    this.#left.set(id, { unsaved, save });
    if (!this.#timers.has(id)) this.#plan(id);
  }

  /** What is left, and stays so. */
  peek(id: string): Unsaved | undefined {
    return this.#left.get(id)?.unsaved;
  }

  /** What was left, which is then nowhere else. */
  take(id: string): Unsaved | undefined {
    const unsaved = this.peek(id);
    this.#drop(id);
    return unsaved;
  }

  /** The account is deleted: what was left of it goes, and what comes late for it is nobody's, also when its id is back. */
  forget(id: string): void {
    this.#drop(id);
    this.#troubles.delete(id);
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

  /** How it stands with the renewals of an account at a cloud. */
  troubleOf(id: string, origin: string): Trouble {
    return this.#troubles.get(id)?.get(origin) ?? NO_TROUBLE;
  }

  noteTrouble(id: string, origin: string, trouble: Trouble): void {
    const ofAccount = this.#troubles.get(id) ?? new Map<string, Trouble>();
    this.#troubles.set(id, ofAccount.set(origin, trouble));
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

  #drop(id: string): void {
    this.#left.delete(id);
    const timer = this.#timers.get(id);
    this.#timers.delete(id);
    if (timer !== undefined) this.#clock?.clearTimeout(timer);
  }

  #plan(id: string): void {
    const timer = this.#clock?.setTimeout(() => void this.exclusive(id, () => this.#retry(id)), RETRY_MS);
    if (timer === undefined) return;
    // It keeps no process from ending.
    if (typeof timer === 'object') timer.unref();
    this.#timers.set(id, timer);
  }

  async #retry(id: string): Promise<void> {
    this.#timers.delete(id);
    const left = this.#left.get(id);
    if (left === undefined) return;
    const isSaved = await left.save();
    if (isSaved && this.#left.get(id) === left) this.#drop(id);
    if (this.#left.has(id) && !this.#timers.has(id)) this.#plan(id);
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
