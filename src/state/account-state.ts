import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { CozifyError } from '../errors.js';
import { type SaveOptions, type Store, storeError } from '../store/store.js';
import {
  type AccountRecord,
  type CloudRecord,
  cloudOf,
  completeRecord,
  emptyAccount,
  withCloud,
} from './account-record.js';
import type { AccountTopic } from './account-topics.js';
import { findUndone, isSameElsewhere, mergeOverUndone, mergeRecords } from './merge-records.js';

/**
 * At most this many failed strict changes (see {@link ChangeOptions.isStrict}) are remembered: enough for one outage.
 */
const MAX_UNDONE = 20;

/** The current state in two layers: the saved state, and a login that is never saved. */
export interface Layers {
  /** The state that is saved. */
  readonly saved: AccountRecord;
  /**
   * The record of the cloud whose login is in memory only (`commit: false`). Replaces the saved record of that cloud
   * while it is set.
   */
  readonly temporary: CloudRecord | undefined;
}

/** Computes the next state; returns `undefined` to change nothing. May be called several times. */
export type LayersUpdate = (layers: Layers) => Layers | undefined;

/** Options of a change. */
export interface ChangeOptions extends SaveOptions {
  /** Returns the events of the change, given the record before it. */
  announce?: (before: AccountRecord) => readonly AccountTopic[];
  /** Whether a failed save undoes the change. If so, the change throws `COZIFY_STORE`. */
  isStrict?: boolean;
  /** Whether the change is saved together with the next change, not at once. */
  isLazy?: boolean;
}

/** The object that requests a change: the account at one cloud, named by its origin. */
export interface Changer {
  readonly origin: string;
  /** Whether the requester has closed. If so, its queued changes with `isStrict` throw `COZIFY_CLOSED`. */
  readonly isClosed: boolean;
  /**
   * Whether all callers have received a result or an error, because the requester has closed. If so, a change with
   * `isStrict` that is saved later counts as failed.
   */
  readonly isAnswered?: boolean;
}

/** Returns the events of a change that concern the cloud with this origin. */
export type Announced = (origin: string) => readonly AccountTopic[];

/** Receives each change: the record before it, and its events. */
export type ChangeCallback = (before: AccountRecord, announced: Announced) => void;

const noTopics: Announced = () => [];

/**
 * The state of an account in memory, and its saves to the store. Changes are made one after another. A change becomes
 * current only after its save has succeeded or failed, so that no event reports a change that a power loss could undo
 * (docs/dev/rules.md, "The state outlives everything but a deletion").
 */
export class AccountState {
  readonly #onChange: ChangeCallback;
  #store: Store<AccountRecord>;
  #layers: Layers = { saved: emptyAccount, temporary: undefined };
  /** The content of the store at the last read or write. */
  #base: AccountRecord | null = null;
  /** Records whose save has failed, so that their strict change was undone. A slow store may still save them later. */
  #undone: readonly AccountRecord[] = [];
  #isRead = false;
  #isSaved = true;
  #isDeleted = false;
  #queue: Promise<unknown> = Promise.resolve();
  #strict: Promise<unknown> = Promise.resolve();
  /** Number of changes and reads that run or are queued. */
  #pendingCount = 0;
  #temporaryLogins = 0;
  /** The tokens that the last merge took from the store, where another process had saved them. */
  #pulledTokens: readonly string[] = [];

  constructor(store: Store<AccountRecord>, onChange: ChangeCallback) {
    this.#store = store;
    this.#onChange = onChange;
  }

  /** The current state. */
  get record(): AccountRecord {
    const { saved, temporary } = this.#layers;
    return temporary === undefined ? saved : withCloud(saved, temporary);
  }

  /** The state that is saved or will be saved: without a login that is in memory only. */
  get saved(): AccountRecord {
    return this.#layers.saved;
  }

  /** Returns a generation for a login that is in memory only: a negative number, different for each such login. */
  nextTemporary(): number {
    return -++this.#temporaryLogins;
  }

  get isShared(): boolean {
    return this.#store.isShared === true;
  }

  /** Whether the current store has been read. */
  get isRead(): boolean {
    return this.#isRead;
  }

  get isSaved(): boolean {
    return this.#isSaved && this.#layers.temporary === undefined && this.#store.isVolatile !== true;
  }

  /** Whether a change is not saved yet. */
  get needsSave(): boolean {
    return !this.#isSaved;
  }

  /** Whether changes or reads run or are queued. */
  get isChanging(): boolean {
    return this.#pendingCount > 0;
  }

  /** Whether a token was taken from the store, where another process had saved it. */
  isPulled(token: string | undefined): boolean {
    return token !== undefined && this.#pulledTokens.includes(token);
  }

  /** Reads the store, unless it has been read, and merges changes that were not saved yet. Throws `COZIFY_STORE`. */
  load(): Promise<void> {
    return this.#enqueue(async () => {
      if (this.#isRead) return;
      await this.#load();
      if (this.needsSave) await this.#save(this.#layers.saved, {});
    });
  }

  /** Uses another store from now on. Call {@link load} next, because a store has to be read before it is written. */
  move(store: Store<AccountRecord>): Promise<void> {
    return this.#enqueue(() => {
      this.#store = store;
      this.#isRead = false;
      return Promise.resolve();
    });
  }

  /** Queues a change and its save. With `isStrict`, throws if the change can't be saved or if `changer` has closed. */
  change(update: LayersUpdate, options: ChangeOptions, changer: Changer): Promise<void> {
    // A change without effect need not be queued, unless an earlier change is queued or running.
    if (this.#pendingCount === 0 && update(this.#layers) === undefined) return Promise.resolve();
    const mine = this.#enqueue(() => {
      if (options.isStrict === true && changer.isClosed) throw accountClosed();
      return this.#apply(update, options, changer);
    });
    if (options.isStrict === true) this.#strict = mine.catch(() => undefined);
    return mine;
  }

  /** Resolves when all changes so far are applied, and each save has succeeded or failed. */
  settled(): Promise<unknown> {
    return this.#queue;
  }

  /** Resolves when all changes with `isStrict` so far are saved or have failed. */
  strictSettled(): Promise<unknown> {
    return this.#strict;
  }

  /** Retries a failed save. */
  retrySave(): Promise<void> {
    return this.#enqueue(async () => {
      if (this.#isSaved) return;
      await this.#pull().catch(() => undefined);
      await this.#save(this.#layers.saved, {});
      this.#onChange(this.record, noTopics);
    });
  }

  /** Merges changes of other processes from the store. Throws `COZIFY_STORE` if the store can't be read. */
  pull(): Promise<void> {
    return this.#enqueue(async () => {
      const isBehind = await this.#pull();
      if (!isBehind) return;
      await this.#save(this.#layers.saved, {});
      this.#onChange(this.record, noTopics);
    });
  }

  /** Marks the state as deleted. Nothing is saved any more, and queued changes throw `COZIFY_CLOSED`. */
  delete(): void {
    this.#isDeleted = true;
  }

  /** Replaces the state with the content of the store, and merges changes that were not saved yet. */
  async #load(): Promise<void> {
    const stored = await this.#read();
    const record = this.needsSave ? this.#merged(stored) : (stored ?? emptyAccount);
    this.#isRead = true;
    this.#isSaved = isDeepStrictEqual(record, stored ?? emptyAccount);
    this.#base = stored;
    this.#adopt(record);
  }

  async #apply(update: LayersUpdate, options: ChangeOptions, changer: Changer): Promise<void> {
    const planned = update(this.#layers);
    if (planned === undefined) return;
    // Read the store first: the change has to apply to the newer state that another process may have saved.
    const isToBeSaved = planned.saved !== this.#layers.saved && options.isLazy !== true;
    if (isToBeSaved) await this.#pull().catch(() => undefined);
    const before = this.record;
    const next = update(this.#layers);
    if (next === undefined) return;
    const saved = isToBeSaved && options.isStrict === true ? { ...next.saved, change: randomUUID() } : next.saved;
    if (isToBeSaved) await this.#save(saved, options, changer);
    this.#layers = { saved, temporary: next.temporary };
    const topics = options.announce?.(before) ?? [];
    this.#onChange(before, (at) => (at === changer.origin ? topics : []));
  }

  /**
   * Merges the store's content into the state. Returns whether the state has to be saved again, because the store was
   * emptied, restored from a backup or overwritten.
   */
  async #pull(): Promise<boolean> {
    if (!this.#isRead) {
      await this.#load();
      return this.needsSave;
    }
    const stored = await this.#read();
    if (stored === null) return this.#base !== null;
    const merged = this.#merged(stored);
    this.#base = stored;
    this.#adopt(merged);
    return !isSameElsewhere(merged, stored);
  }

  /** Returns the state merged with the store's content. */
  #merged(stored: AccountRecord | null): AccountRecord {
    const { saved } = this.#layers;
    if (stored === null) return mergeRecords(this.#base, saved, this.#base ?? emptyAccount);
    const undone = findUndone(this.#undone, stored);
    return undone === undefined ? mergeRecords(this.#base, saved, stored) : mergeOverUndone(saved, undone, stored);
  }

  /** Makes a merged state the current one, and notifies subscribers of the changes of other processes. */
  #adopt(merged: AccountRecord): void {
    const { saved, temporary } = this.#layers;
    if (isDeepStrictEqual(merged, saved)) return;
    const before = this.record;
    // Keep a login that is in memory only, unless the cloud has rejected its token and another process has saved a new
    // token.
    const isSuperseded =
      temporary?.login?.isRejected === true &&
      cloudOf(merged, temporary.origin).login?.token !== cloudOf(saved, temporary.origin).login?.token;
    this.#layers = { saved: merged, temporary: isSuperseded ? undefined : temporary };
    const tokens = newTokens(merged, saved);
    if (tokens.length > 0) this.#pulledTokens = tokens;
    this.#onChange(before, (origin) => topicsOf(cloudOf(before, origin), cloudOf(this.record, origin)));
  }

  async #read(): Promise<AccountRecord | null> {
    const stored = await this.#store.load();
    return stored === null ? null : completeRecord(stored);
  }

  async #save(record: AccountRecord, options: ChangeOptions, changer?: Changer): Promise<void> {
    if (this.#isDeleted) throw accountClosed();
    try {
      // A store that was just chosen has to be read before it is overwritten.
      if (!this.#isRead) throw storeError("The store that was chosen can't be read");
      await this.#store.save(record, options.isFinal === true ? { isFinal: true } : {});
      if (options.isStrict === true && changer?.isAnswered === true) throw accountClosed();
      this.#isSaved = true;
      this.#base = record;
    } catch (error) {
      this.#isSaved = false;
      if (options.isStrict !== true) return;
      // The store may save the record later although the save has failed.
      this.#undone = [...this.#undone, record].slice(-MAX_UNDONE);
      this.#onChange(this.record, noTopics);
      throw error;
    }
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    this.#pendingCount += 1;
    const begin = (): Promise<void> => {
      if (this.#isDeleted) throw accountClosed();
      return work();
    };
    const mine = this.#queue.then(begin).finally(() => (this.#pendingCount -= 1));
    this.#queue = mine.catch(() => undefined);
    return mine;
  }
}

/** Returns the error of a step or change that had not begun when the account closed. */
export function accountClosed(): CozifyError {
  return new CozifyError('COZIFY_CLOSED', 'The account was closed before this step began: nothing has changed.');
}

/** Returns the tokens of a record that an earlier record does not have. */
function newTokens({ clouds }: AccountRecord, before: AccountRecord): string[] {
  return clouds.flatMap(({ origin, login }) =>
    login === null || login.token === cloudOf(before, origin).login?.token ? [] : login.token,
  );
}

/** Returns the events of a change that another process has saved: the same as for a change in this process. */
function topicsOf(before: CloudRecord, after: CloudRecord): readonly AccountTopic[] {
  const isDecided = after.generation >= before.generation && after.decidedAt !== before.decidedAt;
  if (after.login === null) return isDecided ? ['reset'] : [];
  const isNew = after.login.token !== before.login?.token;
  // A token that was set by hand is not a login.
  if (isNew && isDecided) return after.login.lastRefresh === null ? [] : ['authenticated'];
  const isAccepted = before.login?.isRejected === true && !after.login.isRejected;
  return [...(isAccepted ? (['authenticated'] as const) : []), ...(isNew ? (['refreshed'] as const) : [])];
}
