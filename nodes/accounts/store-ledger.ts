import type { Store } from '../../src/index.js';
import { KeyedMutex, shape, type Shape } from '../../src/nodes-api.js';

/** What is remembered of where an account is kept, beyond the store that its node names. */
export interface LedgerEntry {
  id: string;
  /** The context stores in which its state may lie. */
  stores: string[];
  /** The stores in which something of it is to be deleted; `''` stands for files. */
  owed: string[];
  /** A deploy has taken it out of the flows: nothing of it may stay. */
  isDeleted: boolean;
}

/** Which stores accounts were in, as it is kept. */
export interface LedgerRecord {
  accounts: LedgerEntry[];
}

const texts = { type: 'array', items: { type: 'string' } };

/** The check of {@link LedgerRecord}. */
export const ledgerShape: Shape<LedgerRecord> = shape<LedgerRecord>({
  type: 'object',
  required: ['accounts'],
  properties: {
    accounts: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'stores', 'owed', 'isDeleted'],
        properties: { id: { type: 'string' }, stores: texts, owed: texts, isDeleted: { type: 'boolean' } },
      },
    },
  },
});

/**
 * Remembers, over restarts too, which stores an account has had and what is still to be deleted. While it can't be
 * read or saved it goes by what this process knows; no account is the worse for that.
 */
export class StoreLedger {
  readonly #store: Store<LedgerRecord>;
  readonly #entries = new Map<string, LedgerEntry>();
  readonly #mutex = new KeyedMutex();
  #isRead = false;
  #isSaved = true;

  constructor(store: Store<LedgerRecord>) {
    this.#store = store;
  }

  entry(id: string): Promise<LedgerEntry> {
    return this.#inTurn(() => this.#entry(id));
  }

  /** The accounts of which something is to be deleted. */
  owing(): Promise<LedgerEntry[]> {
    return this.#inTurn(() => [...this.#entries.values()].filter(({ owed }) => owed.length > 0));
  }

  /** Replaces what is remembered of some accounts by what `step` makes of it, in one go. */
  change(ids: readonly string[], step: (entry: LedgerEntry) => LedgerEntry): Promise<void> {
    return this.#inTurn(() => {
      for (const id of ids) this.#put(step(this.#entry(id)));
    });
  }

  #entry(id: string): LedgerEntry {
    return this.#entries.get(id) ?? { id, stores: [], owed: [], isDeleted: false };
  }

  #put(entry: LedgerEntry): void {
    const before = this.#entries.get(entry.id);
    if (entry.stores.length + entry.owed.length > 0) this.#entries.set(entry.id, entry);
    else this.#entries.delete(entry.id);
    if (JSON.stringify(before) !== JSON.stringify(this.#entries.get(entry.id))) this.#isSaved = false;
  }

  /** Does `work` once the ledger has been read, as far as it can be, and saves what it has changed. */
  #inTurn<R>(work: () => R): Promise<R> {
    return this.#mutex.runExclusive('', async () => {
      if (!this.#isRead) await this.#read().catch(() => undefined);
      const result = work();
      if (!this.#isSaved && this.#isRead) await this.#save().catch(() => undefined);
      return result;
    });
  }

  async #read(): Promise<void> {
    const { accounts } = (await this.#store.load()) ?? { accounts: [] };
    this.#isRead = true;
    for (const { id, stores, owed, isDeleted } of accounts) {
      const known = this.#entries.get(id);
      this.#entries.set(id, {
        id,
        stores: union(stores, known?.stores ?? []),
        owed: union(owed, known?.owed ?? []),
        isDeleted: known?.isDeleted ?? isDeleted,
      });
    }
  }

  async #save(): Promise<void> {
    const accounts = [...this.#entries.values()];
    if (accounts.length > 0) await this.#store.save({ accounts }, { isFinal: true });
    else await this.#store.remove();
    this.#isSaved = true;
  }
}

/** All of both, each once. */
export function union(first: readonly string[], second: readonly string[]): string[] {
  return [...new Set([...first, ...second])];
}
