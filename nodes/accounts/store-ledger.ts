import type { Store } from '../../src/index.js';
import type { Claims } from './flow-accounts.js';
import { listOf, objectOf, schemas, Saved, shape, type Shape } from '../../src/nodes-api.js';

/** What is remembered of where an account is kept, beyond the store that its node names, and of who has it. */
export interface LedgerEntry extends Partial<Claims> {
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

const { text, flag } = schemas;
const entrySchema = objectOf(
  { id: text, stores: listOf(text), owed: listOf(text), isDeleted: flag },
  { template: text, nodes: listOf(text) },
);

/** The check of {@link LedgerRecord}. */
export const ledgerShape: Shape<LedgerRecord> = shape<LedgerRecord>(objectOf({ accounts: listOf(entrySchema) }));

/**
 * Remembers, over restarts too, which stores an account has had and what is still to be deleted. While it can't be
 * read or saved it goes by what this process knows; no account is the worse for that.
 */
export class StoreLedger {
  readonly #saved: Saved<LedgerRecord>;

  /** `remember` is told, once that is read, who had the accounts of instances. */
  constructor(store: Store<LedgerRecord>, remember: (earlier: (LedgerEntry & Claims)[]) => void) {
    this.#saved = new Saved({
      store,
      empty: { accounts: [] },
      isEmpty: ({ accounts }) => accounts.length === 0,
      merge: (stored, own) => {
        remember(stored.accounts.filter(isClaimed));
        return { accounts: own.accounts.reduce(withMerged, stored.accounts) };
      },
    });
  }

  /** Whether what is known outlives this process. */
  get isSaved(): boolean {
    return !this.#saved.needsSave;
  }

  async entry(id: string): Promise<LedgerEntry> {
    return entryOf(await this.#saved.known(), id);
  }

  /** The accounts of which something is to be deleted. */
  async owing(): Promise<LedgerEntry[]> {
    return (await this.#saved.known()).accounts.filter(({ owed }) => owed.length > 0);
  }

  /** Whether something is to be deleted; while it can't be read, something may be. */
  async mayOwe(): Promise<boolean> {
    const stored = await this.#saved.read().catch(() => undefined);
    return stored?.accounts.every(({ owed }) => owed.length === 0) !== true;
  }

  /** The ids of the accounts of instances of these templates. */
  async instancesOf(templates: readonly string[]): Promise<string[]> {
    const { accounts } = await this.#saved.known();
    return accounts.filter(({ template = '' }) => templates.includes(template)).map(({ id }) => id);
  }

  /** Replaces what is remembered of some accounts by what `step` makes of it, in one go. */
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

/** Versions before did not know who has it. */
function isClaimed(entry: LedgerEntry): entry is LedgerEntry & Claims {
  return entry.template !== undefined && entry.nodes !== undefined;
}

function entryOf({ accounts }: LedgerRecord, id: string): LedgerEntry {
  return accounts.find((entry) => entry.id === id) ?? { id, stores: [], owed: [], isDeleted: false };
}

/** With an entry in its place, or without it where it says nothing. */
function withEntry(accounts: LedgerEntry[], entry: LedgerEntry): LedgerEntry[] {
  const isKept = entry.stores.length + entry.owed.length > 0 || entry.template !== undefined;
  const isKnown = accounts.some(({ id }) => id === entry.id);
  if (!isKept) return accounts.filter(({ id }) => id !== entry.id);
  return isKnown ? accounts.map((one) => (one.id === entry.id ? entry : one)) : [...accounts, entry];
}

/** What an earlier process has noted of an account, and this one before it could read that. */
function withMerged(accounts: LedgerEntry[], own: LedgerEntry): LedgerEntry[] {
  const { stores, owed, ...known } = entryOf({ accounts }, own.id);
  if (!own.isDeleted) {
    return withEntry(accounts, { ...known, ...own, stores: union(stores, own.stores), owed: union(owed, own.owed) });
  }
  // It was deleted before it was known where it lies.
  return withEntry(accounts, { ...own, owed: union(union(owed, stores), own.owed) });
}

/** All of both, each once. */
export function union(first: readonly string[], second: readonly string[]): string[] {
  return [...new Set([...first, ...second])];
}
