import type { Node, NodeAPI } from 'node-red';
import type { AccountRecord, Clock, Log, Store } from '../../src/index.js';
import {
  accountShape,
  Alarm,
  type BackOff,
  backOffMs,
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

/** The name of the store that is files under the user directory. */
const FILES = '';
const LEDGER_NAME = 'stores';
/** Scattered, none is longer than an hour. */
const RETRY: BackOff = { firstMs: 30_000, longestMs: 0.8 * 3_600_000 };
const DELETION_PATIENCE_MS = 3_000;

/** A store that an account may have had before. */
interface EarlierStore extends PreviousStore<AccountRecord> {
  name: string;
}

/** Where the stores of a Node-RED are, and how what is elsewhere is forgotten. */
export interface AccountStoresOptions {
  red: NodeAPI;
  /** Where files lie; `undefined` without a user directory. */
  directory: StateDirectory | undefined;
  clock: Clock;
  log: Log;
  /** Forgets what is kept elsewhere of an account that a deploy has taken out of the flows. */
  forget: (id: string) => Promise<void>;
  /** Takes over who had the accounts of instances in an earlier process. */
  remember: FlowAccounts['remember'];
}

/**
 * Where the accounts of a Node-RED are kept: opens their stores, carries their state over when a Deploy chooses
 * another, and deletes what is kept of those that a Deploy takes out of the flows. What can't be deleted is tried
 * again, also after a restart.
 */
export class AccountStores {
  readonly #options: AccountStoresOptions;
  readonly #ledger: StoreLedger;
  readonly #nextTry: Alarm;
  /** Reading and deleting what is kept of one account never meet. */
  readonly #mutex = new KeyedMutex();
  #inFlows: AccountsInFlows = new Map();
  /** The accounts whose stores were opened and that were not removed since. */
  readonly #opened = new Set<string>();
  /** The first tries to delete what is kept of removed accounts: nobody reads it before. */
  readonly #firstTries = new Map<string, Promise<unknown>>();
  readonly #said = new Set<string>();
  #deleting: Promise<void> = Promise.resolve();
  #failures = 0;
  #isClosed = false;
  #global: GlobalContext | undefined;

  constructor(options: AccountStoresOptions) {
    this.#options = options;
    this.#nextTry = new Alarm(options.clock);
    this.#ledger = new StoreLedger(openFile(options.directory, LEDGER_NAME, ledgerShape), (earlier) => {
      if (!this.#isClosed) options.remember(earlier);
    });
  }

  /** Takes note of the context that is the global one now. */
  noteContext(global: GlobalContext): void {
    this.#global = global;
  }

  /** The store of an account, which takes over what lies in those that it had before. `template` as in {@link Claims}. */
  open(id: string, storeName: string, template?: string): Store<AccountRecord> {
    const name = this.#nameOf(storeName);
    const before = this.#inFlows.get(template ?? id)?.store;
    const store = this.#storeFor(id, name);
    const deleted = this.#firstTries.get(id);
    this.#opened.add(id);
    // What lies there is of this account, and was to be deleted because it had been carried over to another store.
    let isLeftover = false;
    return new MigratingStore<AccountRecord, EarlierStore>({
      store,
      inTurn: async (work) => {
        await deleted;
        return this.#mutex.runExclusive(id, work);
      },
      merge: (own, theirs) => {
        const [here, there] = [completeRecord(own), completeRecord(theirs)];
        // Somebody who shares the store has put it there, and it is theirs.
        const isForeign = store.isShared === true && !isLeftover && !isSamePerson(here, there);
        return isForeign ? own : mergeCopies(here, there);
      },
      previous: async () => {
        isLeftover = (await this.#ledger.entry(id)).owed.includes(name);
        return this.#before(id, name, before);
      },
      letGo: (found) => this.#letGo(id, name, found),
    });
  }

  /**
   * Takes note of the accounts that are in the flows now, and deletes what is kept of those `removed` by a Deploy, once
   * they have `ended` and save nothing any more.
   */
  noteFlows(present: AccountsInFlows, removed: readonly string[], ended: Promise<unknown>): Promise<void> {
    const before = this.#inFlows;
    this.#inFlows = present;
    this.#deleting = Promise.all([this.#deleting, this.#remove(removed, before, ended)]).then(() => undefined);
    return this.#deleting;
  }

  /** Resolves once what Deploys have removed is deleted, or can't be for now; after a few seconds in any case. */
  async settled(): Promise<void> {
    await settlesWithin(this.#options.clock, this.#deleting, DELETION_PATIENCE_MS);
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
    this.#nextTry.clear();
  }

  /** The stores to look into before the one of that name is relied on. */
  async #before(id: string, name: string, before: string | undefined): Promise<EarlierStore[]> {
    // A name that settings.js does not know was mistyped, unless something is remembered of it.
    const real = [name, ...(before === undefined ? [] : [this.#nameOf(before)])].filter(
      (one) => one === FILES || hasContextStore(this.#options.red, one),
    );
    // Noted before anything is kept there, so that it is known whatever happens.
    await this.#ledger.change([id], (entry) => {
      const kept = keptAfterAll(entry);
      return { ...kept, stores: union(kept.stores, named(real)) };
    });
    const certain = new Set([...real, ...(await this.#ledger.entry(id)).stores]);
    const all = union([...certain], [FILES]).filter((one) => one !== name);
    return all.map((one) => ({ name: one, store: this.#storeFor(id, one), isDoubtful: !certain.has(one) }));
  }

  /** The state is in the store of that name: what was `found` in others, or may come to lie there, is to be deleted. */
  async #letGo(id: string, name: string, found: readonly EarlierStore[]): Promise<void> {
    const stores = named([name]);
    const others = found.map((one) => one.name);
    await this.#ledger.change([id], (entry) => {
      // Where nothing was found, what was given to a slow store may still come to lie.
      const owed = union(entry.owed, [...others, ...entry.stores]);
      // Of one that was deleted while this went on, nothing is to stay here either.
      return { ...entry, stores, owed: entry.isDeleted ? union(owed, [name]) : owed.filter((one) => one !== name) };
    });
    await this.#deleteOwed(id);
    await this.#plan();
  }

  async #deleteAllOwed(): Promise<void> {
    for (const { id } of await this.#ledger.owing()) await this.#mutex.runExclusive(id, () => this.#deleteOwed(id));
    await this.#plan();
  }

  /**
   * Deletes what is to be deleted of one account, as far as that is possible now. What could not be deleted with an
   * account at first is kept where that is in the flows again.
   */
  async #deleteOwed(id: string, { isFirst = false } = {}): Promise<void> {
    // What is being deleted for the first time waits until nothing is saved there any more.
    if (!isFirst && this.#firstTries.has(id)) return;
    const { owed, isDeleted } = await this.#ledger.entry(id);
    const isBack = this.#inFlows.has(id) || this.#opened.has(id);
    if (isDeleted && isBack && !isFirst) return this.#ledger.change([id], keptAfterAll);
    // Where it lies instead is to be known after a power cut, too: while that can't be noted, nothing goes.
    if (owed.length > 0 && !this.#ledger.isSaved) await this.#ledger.change([id], (entry) => entry);
    if (!isDeleted && !this.#ledger.isSaved) return;
    const deleted = new Set<string>();
    for (const name of owed) if (await this.#delete(id, name, isDeleted)) deleted.add(name);
    // More may be owed by now.
    await this.#ledger.change([id], (entry) => ({ ...entry, owed: entry.owed.filter((name) => !deleted.has(name)) }));
  }

  /** Deletes what one store keeps of an account, and gives whether that succeeded; what did not is said in the log. */
  async #delete(id: string, name: string, isDeleted: boolean): Promise<boolean> {
    const key = JSON.stringify([id, name]);
    try {
      await this.#storeFor(id, name).remove();
      if (isDeleted && name === FILES) await this.#options.forget(id);
      this.#said.delete(key);
      return true;
    } catch (error) {
      const whose = isDeleted ? 'a deleted account' : 'an account in the store that it had before';
      const line = `The data of ${whose} is still there. Node-RED tries again to delete it: ${toCozifyError(error).message}`;
      if (!this.#said.has(key)) this.#options.log.error(line);
      this.#said.add(key);
      return false;
    }
  }

  /** Tries again later, less and less often, while anything is left to delete, or may be. */
  async #plan(): Promise<void> {
    const mayOwe = await this.#ledger.mayOwe();
    this.#nextTry.clear();
    if (!mayOwe || this.#isClosed) return;
    this.#failures += 1;
    this.#nextTry.set(backOffMs(this.#options.clock, this.#failures, RETRY), () => void this.#deleteAllOwed());
  }

  #nameOf(store: string): string {
    return storeNameOf(this.#options.red, store);
  }

  #storeFor(id: string, name: string): Store<AccountRecord> {
    const { red, directory, clock } = this.#options;
    if (name !== FILES) return new ContextStore(red, name, id, () => this.#global ?? this.#globalContext(), clock);
    return openFile(directory, `${fileStemOf(id)}.json`, accountShape);
  }

  /** The global context, of which any node of the flows is as good as another. */
  #globalContext(): GlobalContext | undefined {
    const { nodes } = this.#options.red;
    nodes.eachNode(({ id }) => {
      const node = nodes.getNode(id) as Node | null | undefined;
      this.#global ??= (node?.context() as { global?: GlobalContext } | undefined)?.global;
    });
    return this.#global;
  }
}

/** What was to be deleted with an account and is not yet, once the account is in the flows again: it is kept. */
function keptAfterAll(entry: LedgerEntry): LedgerEntry {
  if (!entry.isDeleted) return entry;
  return { ...entry, stores: union(entry.stores, named(entry.owed)), owed: [], isDeleted: false };
}

/** Files need not be remembered: they are always looked for. */
function named(stores: readonly string[]): string[] {
  return stores.filter((name) => name !== FILES);
}
