import type { Node, NodeAPI } from 'node-red';
import type { AccountRecord, Clock, Log, Store } from '../../src/index.js';
import {
  accountShape,
  Timer,
  type BackoffRange,
  backoffMs,
  completeRecord,
  fileStemOf,
  isSamePerson,
  KeyedMutex,
  mergeCopies,
  MigratingStore,
  openFile,
  type PreviousStore,
  settlesWithin,
  type StateDirectory,
  toCozifyError,
} from '../../src/nodes-api.js';
import { ContextStore, type GlobalContext, hasContextStore, storeNameOf } from '../store/context-store.js';
import type { AccountsInFlows, FlowAccounts } from './flow-accounts.js';
import { type LedgerEntry, ledgerShape, StoreLedger, union } from './store-ledger.js';

/** The store name that means files under the user directory. */
const FILES = '';
const LEDGER_NAME = 'stores';
/** Delays between attempts to delete a state: at most an hour, including jitter. */
const RETRY: BackoffRange = { firstMs: 30_000, longestMs: 0.8 * 3_600_000 };
const DELETION_TIMEOUT_MS = 3_000;

/** A store that an account may have used before. */
interface EarlierStore extends PreviousStore<AccountRecord> {
  name: string;
}

/** Dependencies of {@link AccountStores}. */
export interface AccountStoresOptions {
  red: NodeAPI;
  /** The directory for state files; `undefined` if Node-RED has no user directory. */
  directory: StateDirectory | undefined;
  clock: Clock;
  log: Log;
  /** Deletes the pending logins of an account that a Deploy has removed from the flows. */
  forget: (id: string) => Promise<void>;
  /** Restores saved claims: which account each node in a subflow instance claimed in an earlier process. */
  restoreClaims: FlowAccounts['restoreClaims'];
}

/**
 * The stores of all accounts of a Node-RED process. Opens a store, moves the state when a Deploy chooses another store,
 * and deletes the state of accounts that a Deploy removes from the flows. A failed deletion is retried, even after a
 * restart.
 */
export class AccountStores {
  readonly #options: AccountStoresOptions;
  readonly #ledger: StoreLedger;
  readonly #retryTimer: Timer;
  /** Prevents concurrent reads and deletions of one account's state. */
  readonly #mutex = new KeyedMutex();
  #inFlows: AccountsInFlows = new Map();
  /** Ids of the accounts whose store was opened. An id is removed when a Deploy removes the account. */
  readonly #opened = new Set<string>();
  /** The first attempt to delete each removed account, by account id. Reads of the same account's state wait for it. */
  readonly #firstTries = new Map<string, Promise<unknown>>();
  readonly #loggedFailures = new Set<string>();
  #deleting: Promise<void> = Promise.resolve();
  #failures = 0;
  #isClosed = false;
  #global: GlobalContext | undefined;

  constructor(options: AccountStoresOptions) {
    this.#options = options;
    this.#retryTimer = new Timer(options.clock);
    this.#ledger = new StoreLedger(openFile(options.directory, LEDGER_NAME, ledgerShape), (earlier) => {
      if (!this.#isClosed) options.restoreClaims(earlier);
    });
  }

  /** Sets the current global context. */
  noteContext(global: GlobalContext): void {
    this.#global = global;
  }

  /**
   * Opens the store of an account. The store first moves the state from the account's previous stores. `template`: the
   * id of the account's node in a subflow's template, if the account belongs to instances of the subflow.
   */
  open(id: string, storeName: string, template?: string): Store<AccountRecord> {
    const name = this.#nameOf(storeName);
    const before = this.#inFlows.get(template ?? id)?.store;
    const store = this.#storeFor(id, name);
    const deleted = this.#firstTries.get(id);
    this.#opened.add(id);
    // Whether this store holds an old state of this account, left over after the state was moved to another store.
    let isLeftover = false;
    return new MigratingStore<AccountRecord, EarlierStore>({
      store,
      runExclusive: async (work) => {
        await deleted;
        return this.#mutex.runExclusive(id, work);
      },
      merge: (own, theirs) => {
        const [here, there] = [completeRecord(own), completeRecord(theirs)];
        // If the two states belong to different people, the state in this shared store was saved by another Node-RED.
        const isForeign = store.isShared === true && !isLeftover && !isSamePerson(here, there);
        return isForeign ? own : mergeCopies(here, there);
      },
      previous: async () => {
        isLeftover = (await this.#ledger.entry(id)).owed.includes(name);
        return this.#before(id, name, before);
      },
      removePrevious: (found) => this.#finishMove(id, name, found),
    });
  }

  /**
   * Sets the accounts that are in the flows. When `ended` resolves (the removed accounts have stopped), deletes the
   * state of the accounts that a Deploy has `removed`.
   */
  noteFlows(present: AccountsInFlows, removed: readonly string[], ended: Promise<unknown>): Promise<void> {
    const before = this.#inFlows;
    this.#inFlows = present;
    this.#deleting = Promise.all([this.#deleting, this.#remove(removed, before, ended)]).then(() => undefined);
    return this.#deleting;
  }

  /**
   * Resolves when the deletions for removed accounts have succeeded or failed, but at the latest after a few seconds.
   */
  async settled(): Promise<void> {
    await settlesWithin(this.#options.clock, this.#deleting, DELETION_TIMEOUT_MS);
  }

  async #remove(removed: readonly string[], before: AccountsInFlows, ended: Promise<unknown>): Promise<void> {
    const deletion = this.#removeAll(removed, before, ended);
    for (const id of removed) {
      this.#opened.delete(id);
      this.#firstTries.set(id, deletion);
    }
    await deletion;
    for (const id of removed) if (this.#firstTries.get(id) === deletion) this.#firstTries.delete(id);
    this.#failures = 0;
    await this.#deleteAllOwed();
  }

  async #removeAll(removed: readonly string[], before: AccountsInFlows, ended: Promise<unknown>): Promise<void> {
    const present = this.#inFlows;
    const claimed = [...present.keys()].filter((id) => present.get(id)?.claims !== undefined);
    await this.#ledger.change(claimed, (entry) => ({ ...entry, ...present.get(entry.id)?.claims }));
    const ids = [...removed, ...(await this.#ledger.instancesOf(removed))];
    await this.#ledger.change(ids, ({ id, stores, owed }) => ({
      id,
      stores: [],
      owed: union([FILES, this.#nameOf(before.get(id)?.store ?? FILES)], [...stores, ...owed]),
      isDeleted: true,
    }));
    await ended;
    for (const id of ids) await this.#mutex.runExclusive(id, () => this.#deleteOwed(id, { isFirst: true }));
  }

  close(): void {
    this.#isClosed = true;
    this.#retryTimer.clear();
  }

  /** Returns the previous stores of an account, to be read before the store `name` is used. */
  async #before(id: string, name: string, before: string | undefined): Promise<EarlierStore[]> {
    // Leave out a store that settings.js does not list, because its name is probably mistyped. The stores in the ledger
    // are added below.
    const real = [name, ...(before === undefined ? [] : [this.#nameOf(before)])].filter(
      (one) => one === FILES || hasContextStore(this.#options.red, one),
    );
    // Add the store to the ledger before the first save, so that a crash can't leave a copy that the ledger does not
    // list.
    await this.#ledger.change([id], (entry) => {
      const kept = withoutDeletion(entry);
      return { ...kept, stores: union(kept.stores, contextStores(real)) };
    });
    const certain = new Set([...real, ...(await this.#ledger.entry(id)).stores]);
    const all = union([...certain], [FILES]).filter((one) => one !== name);
    return all.map((one) => ({ name: one, store: this.#storeFor(id, one), mayBeUnused: !certain.has(one) }));
  }

  /** Records that the state is in the store `name`, and deletes it from the other stores. */
  async #finishMove(id: string, name: string, found: readonly EarlierStore[]): Promise<void> {
    const stores = contextStores([name]);
    const others = found.map((one) => one.name);
    await this.#ledger.change([id], (entry) => {
      // Delete from all earlier stores, even where no state was found, because a slow store may still save one.
      const owed = union(entry.owed, [...others, ...entry.stores]);
      // If the account was deleted during the move, its state in this store is deleted too.
      return { ...entry, stores, owed: entry.isDeleted ? union(owed, [name]) : owed.filter((one) => one !== name) };
    });
    await this.#deleteOwed(id);
    await this.#plan();
  }

  async #deleteAllOwed(): Promise<void> {
    for (const { id } of await this.#ledger.pendingDeletions())
      await this.#mutex.runExclusive(id, () => this.#deleteOwed(id));
    await this.#plan();
  }

  /**
   * Deletes the state of one account from the stores that the ledger lists for deletion. Keeps the state of a removed
   * account that is in the flows again, unless this is the first attempt.
   */
  async #deleteOwed(id: string, { isFirst = false } = {}): Promise<void> {
    // Leave the deletion to the first attempt, which waits until the account has finished its saves.
    if (!isFirst && this.#firstTries.has(id)) return;
    const { owed, isDeleted } = await this.#ledger.entry(id);
    const isBack = this.#inFlows.has(id) || this.#opened.has(id);
    if (isDeleted && isBack && !isFirst) return this.#ledger.change([id], withoutDeletion);
    // Save the ledger first. Otherwise a power failure could lose the record of where the remaining copy is. If the
    // ledger can't be saved, delete nothing.
    if (owed.length > 0 && !this.#ledger.isSaved) await this.#ledger.change([id], (entry) => entry);
    if (!isDeleted && !this.#ledger.isSaved) return;
    const deleted = new Set<string>();
    for (const name of owed) if (await this.#delete(id, name, isDeleted)) deleted.add(name);
    // Start from the current entry, because the ledger may list more stores by now.
    await this.#ledger.change([id], (entry) => ({ ...entry, owed: entry.owed.filter((name) => !deleted.has(name)) }));
  }

  /**
   * Deletes the state of an account from one store. Logs a failure only once. Returns whether the deletion succeeded.
   */
  async #delete(id: string, name: string, isDeleted: boolean): Promise<boolean> {
    const key = JSON.stringify([id, name]);
    try {
      await this.#storeFor(id, name).remove();
      if (isDeleted && name === FILES) await this.#options.forget(id);
      this.#loggedFailures.delete(key);
      return true;
    } catch (error) {
      const whose = isDeleted ? 'a deleted account' : 'an account in the store that it had before';
      const line = `The data of ${whose} is still there. Node-RED tries again to delete it: ${toCozifyError(error).message}`;
      if (!this.#loggedFailures.has(key)) this.#options.log.error(line);
      this.#loggedFailures.add(key);
      return false;
    }
  }

  /** Schedules another attempt to delete, with back-off, if a deletion is pending or the ledger can't be read. */
  async #plan(): Promise<void> {
    const mayBePending = await this.#ledger.mayHavePendingDeletions();
    this.#retryTimer.clear();
    if (!mayBePending || this.#isClosed) return;
    this.#failures += 1;
    this.#retryTimer.set(backoffMs(this.#options.clock, this.#failures, RETRY), () => void this.#deleteAllOwed());
  }

  #nameOf(store: string): string {
    return storeNameOf(this.#options.red, store);
  }

  #storeFor(id: string, name: string): Store<AccountRecord> {
    const { red, directory, clock } = this.#options;
    if (name !== FILES) return new ContextStore(red, name, id, () => this.#global ?? this.#globalContext(), clock);
    return openFile(directory, `${fileStemOf(id)}.json`, accountShape);
  }

  /** Returns the global context, taken from any node of the flows. */
  #globalContext(): GlobalContext | undefined {
    const { nodes } = this.#options.red;
    nodes.eachNode(({ id }) => {
      const node = nodes.getNode(id) as Node | null | undefined;
      this.#global ??= (node?.context() as { global?: GlobalContext } | undefined)?.global;
    });
    return this.#global;
  }
}

/** Returns the entry with its pending deletions cancelled, because the account is in the flows again. */
function withoutDeletion(entry: LedgerEntry): LedgerEntry {
  if (!entry.isDeleted) return entry;
  return { ...entry, stores: union(entry.stores, contextStores(entry.owed)), owed: [], isDeleted: false };
}

/** Returns the names without `FILES`. The ledger lists only context stores, because the files are always read. */
function contextStores(stores: readonly string[]): string[] {
  return stores.filter((name) => name !== FILES);
}
