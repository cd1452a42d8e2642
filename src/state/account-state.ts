import type { AccountTopic } from './account-topics.js';
import { type AccountRecord, type CloudRecord, cloudOf, emptyAccount, withCloud } from './account-record.js';
import type { SaveOptions, Store } from '../store/store.js';

/** Computes the next record from the one in force; `undefined` when nothing is to change. May be called twice. */
export type Update = (record: AccountRecord) => AccountRecord | undefined;

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

/** Those of this process that are in force, so that a late answer to a closed one reaches its successor. */
const inForce = new Map<string, Set<AccountState>>();

/**
 * The state of an account: in memory, and on its way to the store. Changes are made one after another; each is in
 * force only after it was saved or the saving has failed, so that nothing is reported which a power cut could undo.
 */
export class AccountState {
  readonly origin: string;
  readonly #store: Store<AccountRecord>;
  readonly #onChange: ChangeListener;
  #record: AccountRecord = emptyAccount;
  #isSaved = true;
  #turn: Promise<unknown> = Promise.resolve();
  #isDetached = false;
  #adopted: string | undefined;
  /** The record whose login is the one in the store, while that in memory is uncommitted. */
  #committed: AccountRecord | undefined;

  constructor(store: Store<AccountRecord>, origin: string, onChange: ChangeListener) {
    this.#store = store;
    this.origin = origin;
    this.#onChange = onChange;
  }

  get record(): AccountRecord {
    return this.#record;
  }

  /** What this and its successors after a Deploy have in common: the place where the login of this cloud is kept. */
  get place(): string {
    return `${this.#store.identity} ${this.origin}`;
  }

  /** What belongs to the cloud in use. */
  get cloud(): CloudRecord {
    return cloudOf(this.#record, this.origin);
  }

  get isSaved(): boolean {
    return this.#isSaved && this.#committed === undefined;
  }

  /** Whether the login in force was taken over from the store, where another process had put it. */
  get isPulled(): boolean {
    return this.#adopted !== undefined && this.#adopted === this.cloud.login?.token;
  }

  /** Whether something waits to be saved. */
  get needsSave(): boolean {
    return !this.#isSaved;
  }

  /** Reads the store for the first time. Throws `COZIFY_STORE`. */
  async load(): Promise<void> {
    this.#record = (await this.#store.load()) ?? emptyAccount;
    if (this.#isDetached) return;
    const peers = inForce.get(this.#store.identity) ?? new Set();
    inForce.set(this.#store.identity, peers.add(this));
  }

  /** Makes a change and saves it, in turn. Throws only when the change is strict. */
  change(step: Update, options: ChangeOptions = {}): Promise<void> {
    return this.#inTurn(() => (this.#isDetached ? this.#changeStore(step) : this.#apply(step, options)));
  }

  /** As {@link change}, for the record of the cloud in use. */
  changeCloud(step: (cloud: CloudRecord) => CloudRecord | undefined, options?: ChangeOptions): Promise<void> {
    return this.change((record) => {
      const cloud = step(cloudOf(record, this.origin));
      return cloud === undefined ? undefined : withCloud(record, cloud);
    }, options);
  }

  /** Resolves when all changes so far are made and saved, or could not be. */
  async settled(): Promise<void> {
    await this.#turn;
  }

  /** Tries again to save what could not be. */
  retrySave(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#isSaved) return;
      await this.#takeNewer().catch(() => undefined);
      await this.#save(this.#record, this.#committed, {});
      this.#onChange(this.#record, []);
    });
  }

  /**
   * Takes over a newer login that somebody else has put into the store: an answer that came late, another process.
   * Throws `COZIFY_STORE` when it can't be read.
   */
  pull(): Promise<void> {
    return this.#inTurn(async () => {
      const isBehind = await this.#takeNewer();
      if (!isBehind || this.#isDetached) return;
      await this.#save(this.#record, this.#committed, {});
      this.#onChange(this.#record, []);
    });
  }

  /**
   * From here on a change goes to the store alone, and only if something is there: the account is closed, and an
   * answer that comes late must neither be lost nor bring a deleted account back.
   */
  detach(): void {
    this.#isDetached = true;
    const peers = inForce.get(this.#store.identity);
    peers?.delete(this);
    if (peers?.size === 0) inForce.delete(this.#store.identity);
  }

  async #apply(step: Update, options: ChangeOptions): Promise<void> {
    const isUncommitted = options.isUncommitted === true;
    // What is newer in the store wins over what this change was to replace.
    if (!isUncommitted && step(this.#record) !== undefined) await this.#takeNewer().catch(() => undefined);
    const before = this.#record;
    const next = step(before);
    if (next === undefined) return;
    if (isUncommitted) {
      this.#committed ??= before;
    } else {
      // The same token set again, to be kept this time, is another login.
      const isSameLogin = cloudOf(next, this.origin).revision === this.cloud.revision;
      const committed = isSameLogin ? this.#committed : undefined;
      await this.#save(next, committed, options);
      this.#committed = committed;
    }
    this.#record = next;
    this.#onChange(before, options.announce?.(before) ?? []);
  }

  /** Gives whether the store is behind: emptied, restored, or overwritten by one that had read it before our save. */
  async #takeNewer(): Promise<boolean> {
    if (this.#isDetached) return false;
    const stored = await this.#store.load();
    const theirs = cloudOf(stored ?? emptyAccount, this.origin);
    const before = this.#record;
    if (this.#committed !== undefined && this.cloud.login?.isRejected === false) {
      // The one in memory was put there on purpose, and stays; the other is what a restart would find.
      const committed = cloudOf(this.#committed, this.origin);
      if (!isNewer(theirs, committed)) return isNewer(committed, theirs);
      this.#committed = withCloud(this.#committed, theirs);
      return false;
    }
    if (!isNewer(theirs, this.cloud)) return isNewer(cloudOf(this.#committed ?? before, this.origin), theirs);
    if (stored === null) return false;
    const isNewLogin = this.cloud.login === null;
    const { email, configuredEmail } = stored;
    this.#committed = undefined;
    this.#adopted = theirs.login?.token;
    this.#record = { ...withCloud(before, theirs), email, configuredEmail };
    this.#onChange(before, theirs.login === null ? [] : [isNewLogin ? 'authenticated' : 'refreshed']);
    return false;
  }

  async #save(record: AccountRecord, committed: AccountRecord | undefined, options: ChangeOptions): Promise<void> {
    const cloud = cloudOf(record, this.origin);
    const { login, revision } = committed === undefined ? cloud : cloudOf(committed, this.origin);
    const isFinal = options.isFinal === true;
    try {
      await this.#store.save(withCloud(record, { ...cloud, login, revision }), isFinal ? { isFinal } : {});
      this.#isSaved = true;
    } catch (error) {
      this.#isSaved = false;
      if (options.isStrict !== true) return;
      // It may lie in the store all the same: what stays in force must count as the newer.
      const { revision: refused } = cloud;
      this.#record = withCloud(this.#record, { ...this.cloud, revision: refused + 1 });
      this.#onChange(this.#record, []);
      throw error;
    }
  }

  async #changeStore(step: Update): Promise<void> {
    const stored = await this.#store.load().catch(() => null);
    const next = stored === null ? undefined : step(stored);
    if (next === undefined) return;
    await this.#store.save(next).catch(() => undefined);
    for (const peer of inForce.get(this.#store.identity) ?? []) void peer.pull().catch(() => undefined);
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}

/** Of two records of a cloud, whether the first holds the newer login: by count, and where two counted alike, by time. */
function isNewer(theirs: CloudRecord, ours: CloudRecord): boolean {
  if (theirs.revision !== ours.revision) return theirs.revision > ours.revision;
  const isOther = theirs.login?.token !== ours.login?.token;
  return isOther && (theirs.login?.lastRefresh ?? 0) > (ours.login?.lastRefresh ?? 0);
}
