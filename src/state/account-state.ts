import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { SaveOptions, Store } from '../store/store.js';
import {
  type AccountRecord,
  type CloudRecord,
  cloudOf,
  completeRecord,
  emptyAccount,
  withCloud,
} from './account-record.js';
import type { AccountTopic } from './account-topics.js';
import type { Handover, Unsaved } from './handover.js';
import { isAmong, type LoginVersion, mergeRecords, outdo } from './merge-records.js';

/** So many changes that were not made are remembered: those of one outage. */
const MOST_UNDONE = 20;

/** Computes the next record from the one in force; `undefined` when nothing is to change. May be called several times. */
export type Update = (record: AccountRecord) => AccountRecord | undefined;

/** How a change is made, saved and told. */
export interface ChangeOptions extends SaveOptions {
  /** What to tell with the change once it is in force, where that depends on the record before it. */
  announce?: (before: AccountRecord) => readonly AccountTopic[];
  /** Only if it can be saved: otherwise nothing changes and the `COZIFY_STORE` is thrown. */
  isStrict?: boolean;
  /** Keep the login of the next record in memory only. */
  isUncommitted?: boolean;
}

/** Called after each change, with the record before it and what the change announces. */
export type ChangeListener = (before: AccountRecord, announced: readonly AccountTopic[]) => void;

/** What the accounts of a process hand to their successors. */
export type AccountHandover = Handover<AccountState>;

/** Where the state of an account is kept, and who hears of its changes. */
export interface AccountStateOptions {
  /** The storage id, under which successors are found. */
  id: string;
  /** Of the cloud in use. */
  origin: string;
  store: Store<AccountRecord>;
  handover: AccountHandover;
  onChange: ChangeListener;
}

/**
 * The state of an account: in memory, and on its way to the store. Changes are made one after another; each is in
 * force only after it was saved or the saving has failed, so that nothing is reported which a power cut could undo
 * (docs/rules.md, "The state outlives everything but a deletion").
 */
export class AccountState {
  readonly origin: string;
  readonly #options: AccountStateOptions;
  /** How many of this id had been deleted before this one. */
  readonly #deletions: number;
  /** What is to be in the store, and what was when it was read or written last. */
  #record: AccountRecord = emptyAccount;
  #base: AccountRecord | null = null;
  /** What strict changes were to save and could not: a slow store may have it later all the same. */
  #undone: readonly AccountRecord[] = [];
  /** The login in force where that is kept in memory only. */
  #uncommitted: LoginVersion | undefined;
  #isSaved = true;
  #turn: Promise<unknown> = Promise.resolve();
  /** Changes and readings under way or waiting for their turn. */
  #underWay = 0;
  #isDetached = false;
  /** The token that was taken over from the store, where another process had put it. */
  #pulledToken: string | undefined;

  constructor(options: AccountStateOptions) {
    this.#options = options;
    this.origin = options.origin;
    this.#deletions = options.handover.deletions(options.id);
  }

  get record(): AccountRecord {
    if (this.#uncommitted === undefined) return this.#record;
    return withCloud(this.#record, { ...cloudOf(this.#record, this.origin), ...this.#uncommitted });
  }

  /** What belongs to the cloud in use. */
  get cloud(): CloudRecord {
    return cloudOf(this.record, this.origin);
  }

  get isSaved(): boolean {
    return this.#isSaved && this.#uncommitted === undefined;
  }

  /** Whether the login in force was taken over from the store, where another process had put it. */
  get isPulled(): boolean {
    return this.#pulledToken !== undefined && this.#pulledToken === this.cloud.login?.token;
  }

  /** Whether something waits to be saved. */
  get needsSave(): boolean {
    return !this.#isSaved;
  }

  /** Reads the store for the first time, and takes over what a predecessor could not save. Throws `COZIFY_STORE`. */
  load(): Promise<void> {
    const { id, handover } = this.#options;
    return handover.exclusive(id, async () => {
      const stored = await this.#read();
      if (this.#isDetached) return;
      this.#base = stored;
      this.#record = stored ?? emptyAccount;
      const left = handover.take(id);
      if (left !== undefined) {
        this.#undone = left.undone;
        this.#record = mergeStored(left, stored);
        this.#isSaved = isDeepStrictEqual(this.#record, stored);
      }
      handover.attach(id, this);
    });
  }

  /** Makes a change and saves it, in turn. Throws only when the change is strict. */
  change(update: Update, options: ChangeOptions = {}): Promise<void> {
    // What changes nothing needs no turn, as long as nobody before it may change what it goes by.
    if (this.#underWay === 0 && !this.#isDetached && update(this.record) === undefined) return Promise.resolve();
    return this.#inTurn(() => (this.#isDetached ? this.#changeLate(update, options) : this.#apply(update, options)));
  }

  /** As {@link change}, for the record of the cloud in use. */
  changeCloud(update: (cloud: CloudRecord) => CloudRecord | undefined, options?: ChangeOptions): Promise<void> {
    return this.change((record) => {
      const cloud = update(cloudOf(record, this.origin));
      return cloud === undefined ? undefined : withCloud(record, cloud);
    }, options);
  }

  /** Resolves when all changes so far are made and saved, or could not be. */
  settled(): Promise<unknown> {
    return this.#turn;
  }

  /** Tries again to save what could not be. */
  retrySave(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#isSaved || this.#isDetached) return;
      await this.#pull().catch(() => undefined);
      await this.#save(this.#record, {});
      this.#options.onChange(this.record, []);
    });
  }

  /**
   * Takes over what somebody else has put into the store: an answer that came late, another process. Throws
   * `COZIFY_STORE` when it can't be read.
   */
  pull(): Promise<void> {
    return this.#inTurn(async () => {
      const isBehind = await this.#pull();
      if (!isBehind || this.#isDetached) return;
      await this.#save(this.#record, {});
      this.#options.onChange(this.record, []);
    });
  }

  /** Takes over, and saves, what a closed predecessor could not save itself. */
  takeOver(left: Unsaved): Promise<void> {
    return this.#inTurn(async () => {
      const before = this.#record;
      this.#undone = [...this.#undone, ...left.undone];
      const isUndone = isAmong(left.undone, before);
      this.#adopt(isUndone ? outdo(left.record, before) : mergeRecords(left.base, before, left.record));
      if (this.#record === before) return;
      await this.#save(this.#record, {});
      this.#options.onChange(this.record, []);
    });
  }

  /**
   * The account is closed: what is not saved is left to a successor, and so is what comes late. It must neither be lost
   * nor bring a deleted account back.
   */
  detach(): void {
    const { id, handover } = this.#options;
    this.#isDetached = true;
    handover.detach(id, this);
    if (this.needsSave) this.#leave(this.#unsaved);
  }

  get #unsaved(): Unsaved {
    return { record: this.#record, base: this.#base, undone: this.#undone };
  }

  #leave(left: Unsaved): void {
    const { id, handover } = this.#options;
    if (!this.#isDeleted) handover.leave(id, left, () => this.#saveLeft());
  }

  /** Saves what was left, as long as no successor has come for it. Gives whether nothing is left to do. */
  async #saveLeft(): Promise<boolean> {
    const { id, handover, store } = this.#options;
    try {
      const stored = await this.#read();
      const left = handover.peek(id);
      if (left === undefined || this.#isDeleted) return true;
      // Somebody has deleted it: nothing brings it back by itself.
      if (stored === null && left.base !== null) return false;
      await store.save(mergeStored(left, stored));
      return true;
    } catch {
      return false;
    }
  }

  get #isDeleted(): boolean {
    return this.#options.handover.deletions(this.#options.id) !== this.#deletions;
  }

  async #apply(update: Update, options: ChangeOptions): Promise<void> {
    const isUncommitted = options.isUncommitted === true;
    // What is newer in the store wins over what this change was to replace.
    if (!isUncommitted && update(this.record) !== undefined) await this.#pull().catch(() => undefined);
    const before = this.record;
    const next = update(before);
    if (next === undefined) return;
    const cloud = cloudOf(next, this.origin);
    // The same token set again, to be kept this time, is another login.
    const isSameLogin = cloud.revision === this.cloud.revision && cloud.generation === this.cloud.generation;
    const isKeptOut = isUncommitted || (this.#uncommitted !== undefined && isSameLogin);
    const kept = isKeptOut ? withCloud(next, { ...cloud, ...versionOf(cloudOf(this.#record, this.origin)) }) : next;
    const record = options.isStrict === true ? { ...kept, change: randomUUID() } : kept;
    if (!isUncommitted) await this.#save(record, options);
    this.#record = record;
    this.#uncommitted = isKeptOut ? versionOf(cloud) : undefined;
    this.#options.onChange(before, options.announce?.(before) ?? []);
    if (this.#isDetached) await this.#handOn();
  }

  /** A change that was under way when the account closed: a successor may have read the store before it was saved. */
  async #handOn(): Promise<void> {
    const { id, handover } = this.#options;
    const left = this.#unsaved;
    const successors = await handover.exclusive(id, () => {
      const known = this.#isDeleted ? [] : handover.inForce(id);
      if (known.length === 0 && this.needsSave) this.#leave(left);
      return Promise.resolve(known);
    });
    for (const one of successors) await (this.needsSave ? one.takeOver(left) : one.pull().catch(() => undefined));
  }

  /** A change that comes after the account has closed is its successor's, or left to one. */
  async #changeLate(update: Update, options: ChangeOptions): Promise<void> {
    const { id, handover } = this.#options;
    const successors = await handover.exclusive(id, async () => {
      if (this.#isDeleted) return [];
      const known = handover.inForce(id);
      if (known.length === 0) await this.#changeLeft(update);
      return known;
    });
    for (const one of successors) {
      const { announce } = options;
      await one.change(update, one.origin === this.origin && announce !== undefined ? { announce } : {});
    }
  }

  /** Makes a change of what was left, or of what lies in the store: there, if anything is. */
  async #changeLeft(update: Update): Promise<void> {
    const { id, store, handover } = this.#options;
    const left = handover.take(id);
    const stored = await this.#read().catch(() => undefined);
    const record = left?.record ?? stored ?? this.#record;
    const next = update(record) ?? (left === undefined ? undefined : record);
    if (next === undefined) return;
    const isKept =
      stored !== undefined &&
      stored !== null &&
      (await store.save(next).then(
        () => true,
        () => false,
      ));
    const { undone } = left ?? this.#unsaved;
    if (!isKept) this.#leave({ record: next, base: left?.base ?? stored ?? this.#base, undone });
  }

  /** Merges what is in the store into the state, and gives whether the store is behind: emptied, restored, overwritten. */
  async #pull(): Promise<boolean> {
    if (this.#isDetached) return false;
    const stored = await this.#read();
    if (stored === null) return this.#base !== null;
    this.#adopt(mergeStored(this.#unsaved, stored));
    this.#base = stored;
    return !isDeepStrictEqual(this.#record, stored);
  }

  /** Puts in force what the state has become together with another. */
  #adopt(merged: AccountRecord): void {
    const before = this.record;
    if (isDeepStrictEqual(merged, this.#record)) return;
    const { login } = cloudOf(merged, this.origin);
    // A token in memory was put there on purpose: it stays, unless the cloud has rejected it and there is another now.
    const isNewLogin = login?.token !== cloudOf(this.#record, this.origin).login?.token;
    if (isNewLogin && this.#uncommitted?.login?.isRejected === true) this.#uncommitted = undefined;
    this.#record = merged;
    const was = cloudOf(before, this.origin).login;
    if (this.#uncommitted !== undefined || login?.token === was?.token) return this.#options.onChange(before, []);
    this.#pulledToken = login?.token;
    this.#options.onChange(before, login === null ? [] : [was === null ? 'authenticated' : 'refreshed']);
  }

  async #read(): Promise<AccountRecord | null> {
    const stored = await this.#options.store.load();
    return stored === null ? null : completeRecord(stored);
  }

  async #save(record: AccountRecord, options: ChangeOptions): Promise<void> {
    try {
      await this.#options.store.save(record, options.isFinal === true ? { isFinal: true } : {});
      this.#isSaved = true;
      this.#base = record;
    } catch (error) {
      this.#isSaved = false;
      if (options.isStrict !== true) return;
      // It may lie in the store all the same, now or later.
      this.#undone = [...this.#undone, record].slice(-MOST_UNDONE);
      this.#options.onChange(this.record, []);
      throw error;
    }
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#underWay += 1;
    const mine = this.#turn.then(work).finally(() => (this.#underWay -= 1));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}

/** What was not saved yet and what is in the store, together. */
function mergeStored({ record, base, undone }: Unsaved, stored: AccountRecord | null): AccountRecord {
  if (stored !== null && isAmong(undone, stored)) return outdo(record, stored);
  return mergeRecords(base, record, stored ?? base ?? emptyAccount);
}

function versionOf({ login, generation, revision }: LoginVersion): LoginVersion {
  return { login, generation, revision };
}
