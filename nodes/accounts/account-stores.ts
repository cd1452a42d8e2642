import type { Node, NodeAPI } from 'node-red';
import type { AccountRecord, Clock, Log, Store } from '../../src/index.js';
import {
  accountShape,
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
import { ContextStore, type GlobalContext, hasContextStore, storeNameOf } from './context-store.js';
import type { AccountsInFlows } from './flow-accounts.js';
import { type LedgerEntry, ledgerShape, StoreLedger, union } from './store-ledger.js';

/** The name of the store that is files under the user directory. */
const FILES = '';
const LEDGER_NAME = 'stores';
const FIRST_RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 3_600_000;
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
}

/**
 * Where the accounts of a Node-RED are kept: opens their stores, carries their state over when a Deploy chooses
 * another, and deletes what is kept of those that a Deploy takes out of the flows. What can't be deleted is tried
 * again, also after a restart.
 */
export class AccountStores {
  readonly #options: AccountStoresOptions;
  readonly #ledger: StoreLedger;
  /** Reading and deleting what is kept of one account never meet. */
  readonly #mutex = new KeyedMutex();
  #inFlows: AccountsInFlows = new Map();
  /** The store opened last for each account that was not removed since: no other takes anything over. */
  readonly #opened = new Map<string, Store<AccountRecord>>();
  readonly #said = new Set<string>();
  #deleting: Promise<void> = Promise.resolve();
  #failures = 0;
  #timer: ReturnType<Clock['setTimeout']> | undefined;
  #isClosed = false;
  #global: GlobalContext | undefined;

  constructor(options: AccountStoresOptions) {
    this.#options = options;
    this.#ledger = new StoreLedger(openFile(options.directory, LEDGER_NAME, ledgerShape));
  }

  /** The store of an account, which takes over what lies in those that it had before. */
  open(id: string, storeName: string, global: GlobalContext): Store<AccountRecord> {
    this.#global = global;
    const name = this.#nameOf(storeName);
    const before = this.#inFlows.get(id);
    const store = this.#storeFor(id, name);
    this.#opened.set(id, store);
    // A Deploy may close this account, or take it out of the flows, before it has read its state.
    const isCurrent = (): boolean => this.#opened.get(id) === store;
    // What lies there is of this account, and was to be deleted because it had been carried over to another store.
    let isLeftover = false;
    return new MigratingStore<AccountRecord, EarlierStore>({
      store,
      inTurn: (work) => this.#mutex.runExclusive(id, work),
      merge: (own, theirs) => {
        const [here, there] = [completeRecord(own), completeRecord(theirs)];
        // Somebody who shares the store has put it there, and it is theirs.
        const isForeign = store.isShared === true && !isLeftover && !isSamePerson(here, there);
        return isForeign ? own : mergeCopies(here, there);
      },
      previous: async () => {
        isLeftover = (await this.#ledger.entry(id)).owed.includes(name);
        return isCurrent() ? this.#before(id, name, before) : [];
      },
      letGo: async (found) => (isCurrent() ? this.#letGo(id, name, found) : undefined),
    });
  }

  /** Takes note of the accounts that are in the flows now, and deletes what is kept of those `removed` by a Deploy. */
  noteFlows(present: AccountsInFlows, removed: readonly string[]): Promise<void> {
    const work = Promise.all([this.#deleting, this.#noteFlows(present, removed)]).then(() => undefined);
    this.#deleting = work;
    return work;
  }

  /** Resolves once what Deploys have removed is deleted, or can't be for now; after a few seconds in any case. */
  async settled(): Promise<void> {
    await settlesWithin(this.#options.clock, this.#deleting, DELETION_PATIENCE_MS);
  }

  async #noteFlows(present: AccountsInFlows, removed: readonly string[]): Promise<void> {
    const before = this.#inFlows;
    this.#inFlows = present;
    for (const id of removed) this.#opened.delete(id);
    await this.#ledger.change(removed, (entry) => ({
      ...entry,
      stores: [],
      owed: union([FILES, this.#nameOf(before.get(entry.id) ?? FILES)], [...entry.stores, ...entry.owed]),
      isDeleted: true,
    }));
    this.#failures = 0;
    await this.#deleteAllOwed();
  }

  close(): void {
    this.#isClosed = true;
    this.#disarm();
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

  /** The state is in the store of that name: what was `found` in others is to be deleted. */
  async #letGo(id: string, name: string, found: readonly EarlierStore[]): Promise<void> {
    const stores = named([name]);
    const others = found.map((one) => one.name);
    await this.#ledger.change([id], (entry) => {
      const owed = union(entry.owed, others).filter((one) => one !== name);
      return { ...entry, stores, owed };
    });
    await this.#deleteOwed(id);
    await this.#plan();
  }

  async #deleteAllOwed(): Promise<void> {
    for (const { id } of await this.#ledger.owing()) await this.#mutex.runExclusive(id, () => this.#deleteOwed(id));
    await this.#plan();
  }

  /** Deletes what is to be deleted of one account, as far as that is possible now. */
  async #deleteOwed(id: string): Promise<void> {
    const { owed, isDeleted } = await this.#ledger.entry(id);
    if (isDeleted && (this.#inFlows.has(id) || this.#opened.has(id))) return this.#ledger.change([id], keptAfterAll);
    const left: string[] = [];
    for (const name of owed) if (!(await this.#delete(id, name, isDeleted))) left.push(name);
    await this.#ledger.change([id], (entry) => ({ ...entry, owed: left }));
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
      const line = `What was kept for ${whose} is still there, and is tried again: ${toCozifyError(error).message}`;
      if (!this.#said.has(key)) this.#options.log.error(line);
      this.#said.add(key);
      return false;
    }
  }

  /** Tries again later, less and less often, while anything is left to delete. */
  async #plan(): Promise<void> {
    const owing = await this.#ledger.owing();
    this.#disarm();
    if (owing.length === 0 || this.#isClosed) return;
    const delayMs = Math.min(FIRST_RETRY_MS * 2 ** this.#failures, LONGEST_RETRY_MS);
    this.#failures += 1;
    this.#timer = this.#options.clock.setTimeout(() => void this.#deleteAllOwed(), delayMs);
    // It keeps no process alive.
    if (typeof this.#timer === 'object') this.#timer.unref();
  }

  #disarm(): void {
    if (this.#timer !== undefined) this.#options.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #nameOf(store: string): string {
    return storeNameOf(this.#options.red, store);
  }

  #storeFor(id: string, name: string): Store<AccountRecord> {
    const { red, directory } = this.#options;
    if (name !== FILES) return new ContextStore(red, name, id, this.#global ?? this.#globalContext());
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
