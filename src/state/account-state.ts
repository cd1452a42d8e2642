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
import { findUndone, isSameElsewhere, mergeRecords, outdo } from './merge-records.js';

/** So many changes that were not made are remembered: those of one outage. */
const MOST_UNDONE = 20;

/** What is in force: what is kept and, where a token is to be in memory only, the part of its cloud as that has it. */
export interface Layers {
  readonly kept: AccountRecord;
  /** A login that no store gets to see, with all that was found out by it. */
  readonly guest: CloudRecord | undefined;
}

/** Computes what is to be in force next; `undefined` when nothing is to change. May be called several times. */
export type LayersUpdate = (layers: Layers) => Layers | undefined;

/** How a change is made, saved and told. */
export interface ChangeOptions extends SaveOptions {
  /** What to tell with the change once it is in force, where that depends on the record before it. */
  announce?: (before: AccountRecord) => readonly AccountTopic[];
  /** Only if it can be saved: otherwise nothing changes and the `COZIFY_STORE` is thrown. */
  isStrict?: boolean;
  /** Not worth a save of its own: kept with the next one. */
  isLazy?: boolean;
}

/** Who makes a change: somebody who works with the cloud of this origin. Strict changes that wait for their turn end with it. */
export interface Changer {
  readonly origin: string;
  readonly isOver: boolean;
  /** All that it was asked for has been answered: strict changes that are not saved by then count as not made. */
  readonly isAnswered?: boolean;
}

/** What a change announces to those who follow the cloud of this origin. */
export type Announced = (origin: string) => readonly AccountTopic[];

/** Called after each change, with the record before it and what the change announces. */
export type ChangeListener = (before: AccountRecord, announced: Announced) => void;

const nothing: Announced = () => [];

/**
 * The state of an account: in memory, and on its way to the store. Changes are made one after another; each is in
 * force only after it was saved or the saving has failed, so that nothing is reported which a power cut could undo
 * (docs/dev/rules.md, "The state outlives everything but a deletion"). It lives as long as its account, whatever becomes of
 * the account's node.
 */
export class AccountState {
  readonly #onChange: ChangeListener;
  #store: Store<AccountRecord>;
  #layers: Layers = { kept: emptyAccount, guest: undefined };
  /** What was in the store when it was read or written last. */
  #base: AccountRecord | null = null;
  /** What strict changes were to save and could not: a slow store may have it later all the same. */
  #undone: readonly AccountRecord[] = [];
  #isRead = false;
  #isSaved = true;
  #isDeleted = false;
  #turn: Promise<unknown> = Promise.resolve();
  #strict: Promise<unknown> = Promise.resolve();
  /** Changes and readings under way or waiting for their turn. */
  #underWay = 0;
  #guests = 0;
  /** The tokens that were taken over from the store last, where another process had put them. */
  #pulledTokens: readonly string[] = [];

  constructor(store: Store<AccountRecord>, onChange: ChangeListener) {
    this.#store = store;
    this.#onChange = onChange;
  }

  /** What is in force. */
  get record(): AccountRecord {
    const { kept, guest } = this.#layers;
    return guest === undefined ? kept : withCloud(kept, guest);
  }

  /** What is in the store, or to be saved there. */
  get kept(): AccountRecord {
    return this.#layers.kept;
  }

  /** The generation of a login that no store gets to see: no other in this process has it. */
  nextGuest(): number {
    return -++this.#guests;
  }

  get isShared(): boolean {
    return this.#store.isShared === true;
  }

  /** Whether the store that is chosen now has been read. */
  get isRead(): boolean {
    return this.#isRead;
  }

  get isSaved(): boolean {
    return this.#isSaved && this.#layers.guest === undefined && this.#store.isVolatile !== true;
  }

  /** Whether something waits to be saved. */
  get needsSave(): boolean {
    return !this.#isSaved;
  }

  /** Whether changes or readings are under way, or wait for their turn. */
  get isChanging(): boolean {
    return this.#underWay > 0;
  }

  /** Whether a token was taken over from the store, where another process had put it. */
  isPulled(token: string | undefined): boolean {
    return token !== undefined && this.#pulledTokens.includes(token);
  }

  /** Reads the store unless that is done. What could not be saved before is not lost by it. Throws `COZIFY_STORE`. */
  load(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#isRead) return;
      await this.#load();
      if (this.needsSave) await this.#save(this.#layers.kept, {});
    });
  }

  /** From now on the state is in another store, which has to be read first: see {@link load}. */
  move(store: Store<AccountRecord>): Promise<void> {
    return this.#inTurn(() => {
      this.#store = store;
      this.#isRead = false;
      return Promise.resolve();
    });
  }

  /** Makes a change and saves it, in turn. Throws when a strict change can't be saved, or whoever makes it has ended before. */
  change(update: LayersUpdate, options: ChangeOptions, changer: Changer): Promise<void> {
    // What changes nothing needs no turn, as long as nobody before it may change what it goes by.
    if (this.#underWay === 0 && update(this.#layers) === undefined) return Promise.resolve();
    const mine = this.#inTurn(() => {
      if (options.isStrict === true && changer.isOver) throw hasEnded();
      return this.#apply(update, options, changer);
    });
    if (options.isStrict === true) this.#strict = mine.catch(() => undefined);
    return mine;
  }

  /** Resolves when all changes so far are made and saved, or could not be. */
  settled(): Promise<unknown> {
    return this.#turn;
  }

  /** Resolves when all strict changes so far are saved, or will not be. */
  strictSettled(): Promise<unknown> {
    return this.#strict;
  }

  /** Tries again to save what could not be. */
  retrySave(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#isSaved) return;
      await this.#pull().catch(() => undefined);
      await this.#save(this.#layers.kept, {});
      this.#onChange(this.record, nothing);
    });
  }

  /** Takes over what another process has put into the store. Throws `COZIFY_STORE` when it can't be read. */
  pull(): Promise<void> {
    return this.#inTurn(async () => {
      const isBehind = await this.#pull();
      if (!isBehind) return;
      await this.#save(this.#layers.kept, {});
      this.#onChange(this.record, nothing);
    });
  }

  /** Nothing is to be kept any more: what waits for its turn throws `COZIFY_CLOSED`. */
  delete(): void {
    this.#isDeleted = true;
  }

  /** What the store has counts, and of what is here only that which could not be saved. */
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
    // What is newer in the store wins over what this change was to replace.
    const isToBeSaved = planned.kept !== this.#layers.kept && options.isLazy !== true;
    if (isToBeSaved) await this.#pull().catch(() => undefined);
    const before = this.record;
    const next = update(this.#layers);
    if (next === undefined) return;
    const kept = isToBeSaved && options.isStrict === true ? { ...next.kept, change: randomUUID() } : next.kept;
    if (isToBeSaved) await this.#save(kept, options, changer);
    this.#layers = { kept, guest: next.guest };
    const topics = options.announce?.(before) ?? [];
    this.#onChange(before, (at) => (at === changer.origin ? topics : []));
  }

  /** Merges what is in the store into the state, and gives whether the store is behind: emptied, restored, overwritten. */
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

  /** What was not saved yet and what is in the store, together. */
  #merged(stored: AccountRecord | null): AccountRecord {
    const { kept } = this.#layers;
    if (stored === null) return mergeRecords(this.#base, kept, this.#base ?? emptyAccount);
    const undone = findUndone(this.#undone, stored);
    return undone === undefined ? mergeRecords(this.#base, kept, stored) : outdo(kept, undone, stored);
  }

  /** Puts in force what the state has become together with what another process has saved. */
  #adopt(merged: AccountRecord): void {
    const { kept, guest } = this.#layers;
    if (isDeepStrictEqual(merged, kept)) return;
    const before = this.record;
    // A token in memory was put there on purpose: it stays, unless the cloud has rejected it and there is another now.
    const isOutdone =
      guest?.login?.isRejected === true &&
      cloudOf(merged, guest.origin).login?.token !== cloudOf(kept, guest.origin).login?.token;
    this.#layers = { kept: merged, guest: isOutdone ? undefined : guest };
    const tokens = newTokens(merged, kept);
    if (tokens.length > 0) this.#pulledTokens = tokens;
    this.#onChange(before, (origin) => newsOf(cloudOf(before, origin), cloudOf(this.record, origin)));
  }

  async #read(): Promise<AccountRecord | null> {
    const stored = await this.#store.load();
    return stored === null ? null : completeRecord(stored);
  }

  async #save(record: AccountRecord, options: ChangeOptions, changer?: Changer): Promise<void> {
    if (this.#isDeleted) throw hasEnded();
    try {
      // What lies in a store that was just chosen has to be known before it is overwritten.
      if (!this.#isRead) throw storeError("The store that was chosen can't be read");
      await this.#store.save(record, options.isFinal === true ? { isFinal: true } : {});
      if (options.isStrict === true && changer?.isAnswered === true) throw hasEnded();
      this.#isSaved = true;
      this.#base = record;
    } catch (error) {
      this.#isSaved = false;
      if (options.isStrict !== true) return;
      // It may lie in the store all the same, now or later.
      this.#undone = [...this.#undone, record].slice(-MOST_UNDONE);
      this.#onChange(this.record, nothing);
      throw error;
    }
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#underWay += 1;
    const begin = (): Promise<void> => {
      if (this.#isDeleted) throw hasEnded();
      return work();
    };
    const mine = this.#turn.then(begin).finally(() => (this.#underWay -= 1));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}

/** What was still to be done when whoever was to do it had ended. */
export function hasEnded(): CozifyError {
  return new CozifyError('COZIFY_CLOSED', 'The account was closed before this step began: nothing has changed.');
}

/** The tokens that one record has and another has not. */
function newTokens({ clouds }: AccountRecord, before: AccountRecord): string[] {
  return clouds.flatMap(({ origin, login }) =>
    login === null || login.token === cloudOf(before, origin).login?.token ? [] : login.token,
  );
}

/** What another process has saved of a cloud is to those who follow that: what it would be if it were done here. */
function newsOf(before: CloudRecord, after: CloudRecord): readonly AccountTopic[] {
  const isDecided = after.generation >= before.generation && after.decidedAt !== before.decidedAt;
  if (after.login === null) return isDecided ? ['reset'] : [];
  const isNew = after.login.token !== before.login?.token;
  // One that was set by hand is no login.
  if (isNew && isDecided) return after.login.lastRefresh === null ? [] : ['authenticated'];
  const isAccepted = before.login?.isRejected === true && !after.login.isRejected;
  return [...(isAccepted ? (['authenticated'] as const) : []), ...(isNew ? (['refreshed'] as const) : [])];
}
