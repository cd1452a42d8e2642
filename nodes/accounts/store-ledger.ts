import type { Store } from '../../src/index.js';
import type { Claims } from './flow-accounts.js';
import { listOf, objectOf, schemas, Saved, shape, type Shape } from '../../src/nodes-api.js';

/** The stores that an account has used, and the nodes that claim the account. */
export interface LedgerEntry extends Partial<Claims> {
  id: string;
  /** The context stores that may hold the state. */
  stores: string[];
  /** The stores from which the state has to be deleted; `''` means files. */
  owed: string[];
  /** Whether a Deploy has removed the account, so that all its state has to be deleted. */
  isDeleted: boolean;
}

/** The content of the ledger's file. */
export interface LedgerRecord {
  accounts: LedgerEntry[];
}

const { text, flag } = schemas;
const entrySchema = objectOf(
  { id: text, stores: listOf(text), owed: listOf(text), isDeleted: flag },
  { template: text, nodes: listOf(text) },
);

/** Validates a saved {@link LedgerRecord}. */
export const ledgerShape: Shape<LedgerRecord> = shape<LedgerRecord>(objectOf({ accounts: listOf(entrySchema) }));

/**
 * Records, across restarts, which stores each account has used and which deletions are pending. While the file can't be
 * read or saved, the ledger contains only the entries that were added since Node-RED started.
 */
export class StoreLedger {
  readonly #saved: Saved<LedgerRecord>;

  /** `restoreClaims` receives the saved claims of subflow instances after the file has been read. */
  constructor(store: Store<LedgerRecord>, restoreClaims: (earlier: (LedgerEntry & Claims)[]) => void) {
    this.#saved = new Saved({
      store,
      empty: { accounts: [] },
      isEmpty: ({ accounts }) => accounts.length === 0,
      merge: (stored, own) => {
        restoreClaims(stored.accounts.filter(isClaimed));
        return { accounts: own.accounts.reduce(withMerged, stored.accounts) };
      },
    });
  }

  /** Whether all entries are saved. */
  get isSaved(): boolean {
    return !this.#saved.needsSave;
  }

  async entry(id: string): Promise<LedgerEntry> {
    return entryOf(await this.#saved.tryRead(), id);
  }

  /** Returns the entries with pending deletions. */
  async pendingDeletions(): Promise<LedgerEntry[]> {
    return (await this.#saved.tryRead()).accounts.filter(({ owed }) => owed.length > 0);
  }

  /** Resolves to whether any deletion is pending; `true` while the file can't be read. */
  async mayHavePendingDeletions(): Promise<boolean> {
    const stored = await this.#saved.read().catch(() => undefined);
    return stored?.accounts.every(({ owed }) => owed.length === 0) !== true;
  }

  /**
   * Returns the ids of the accounts that belong to instances of subflows. `templates`: the ids of the account nodes in
   * the templates of the subflows.
   */
  async instancesOf(templates: readonly string[]): Promise<string[]> {
    const { accounts } = await this.#saved.tryRead();
    return accounts.filter(({ template = '' }) => templates.includes(template)).map(({ id }) => id);
  }

  /** Replaces the entries of some accounts with the results of `step`, in one save. */
  change(ids: readonly string[], step: (entry: LedgerEntry) => LedgerEntry): Promise<void> {
    return this.#saved.change(
      (record) => {
        const accounts = ids.reduce((all, id) => withEntry(all, step(entryOf({ accounts: all }, id))), record.accounts);
        return JSON.stringify(accounts) === JSON.stringify(record.accounts) ? record : { accounts };
      },
      { isFinal: true },
    );
  }
}

/** Whether the entry has claims. Earlier versions did not save them. */
function isClaimed(entry: LedgerEntry): entry is LedgerEntry & Claims {
  return entry.template !== undefined && entry.nodes !== undefined;
}

function entryOf({ accounts }: LedgerRecord, id: string): LedgerEntry {
  return accounts.find((entry) => entry.id === id) ?? { id, stores: [], owed: [], isDeleted: false };
}

/** Adds or replaces an entry. If the new entry is empty, removes the old one instead. Returns the new list. */
function withEntry(accounts: LedgerEntry[], entry: LedgerEntry): LedgerEntry[] {
  const isKept = entry.stores.length + entry.owed.length > 0 || entry.template !== undefined;
  const isKnown = accounts.some(({ id }) => id === entry.id);
  if (!isKept) return accounts.filter(({ id }) => id !== entry.id);
  return isKnown ? accounts.map((one) => (one.id === entry.id ? entry : one)) : [...accounts, entry];
}

/** Merges an entry in memory into the entries read from the file. */
function withMerged(accounts: LedgerEntry[], own: LedgerEntry): LedgerEntry[] {
  const { stores, owed, ...known } = entryOf({ accounts }, own.id);
  if (!own.isDeleted) {
    return withEntry(accounts, { ...known, ...own, stores: union(stores, own.stores), owed: union(owed, own.owed) });
  }
  // The account was deleted before the file could be read, so its state is deleted from all stores listed there.
  return withEntry(accounts, { ...own, owed: union(union(owed, stores), own.owed) });
}

/** Returns the elements of both lists without duplicates. */
export function union(first: readonly string[], second: readonly string[]): string[] {
  return [...new Set([...first, ...second])];
}
