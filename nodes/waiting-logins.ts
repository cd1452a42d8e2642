import {
  type Account,
  type AccountRecord,
  accountShape,
  createNoStore,
  FileStore,
  shape,
  type Shape,
  type StateDirectory,
  type Store,
} from '../src/index.js';

/** A login made in the dialog of an account that is not deployed so. */
interface WaitingRecord {
  cloudUrl: string;
  /** Milliseconds since the epoch. */
  since: number;
  account: AccountRecord;
}

interface Waiting {
  cloudUrl: string;
  since: number;
  account: Account;
  /** Requests that work on it now. */
  users: number;
}

const waitingShape: Shape<WaitingRecord> = withAccount(
  shape({
    type: 'object',
    required: ['cloudUrl', 'since', 'account'],
    properties: { cloudUrl: { type: 'string' }, since: { type: 'number' }, account: { type: 'object' } },
  }),
);

const SUFFIX = '+waiting.json';
const KEPT_MS = 24 * 3_600_000;
const SWEEP_MS = 3_600_000;
const AT_MOST = 20;

type Create = (id: string, cloudUrl: string, store: Store<AccountRecord>) => Account;

/**
 * Logins made in the dialog before a Deploy: kept for 24 hours, also over a restart, in files of their own beside
 * those of the accounts; 20 at most.
 */
export class WaitingLogins {
  readonly #directory: StateDirectory | undefined;
  readonly #create: Create;
  readonly #open = new Map<string, Waiting>();
  /** Logins that nothing has succeeded with yet, by id and cloud: they take no place before. */
  readonly #begun = new Map<string, Waiting>();
  #turn: Promise<unknown> = Promise.resolve();
  #sweeper: NodeJS.Timeout | undefined;

  constructor(directory: StateDirectory | undefined, create: Create) {
    this.#directory = directory;
    this.#create = create;
  }

  /** The login that waits for an account, if there is one. */
  async get(id: string): Promise<{ account: Account; cloudUrl: string } | undefined> {
    await this.#sweep();
    const open = this.#open.get(id);
    if (open !== undefined) return open;
    const record = await this.#store(id).load();
    if (record === null) return undefined;
    // Another request may have opened it meanwhile.
    return this.#open.get(id) ?? this.#wait(id, this.#start(id, record.cloudUrl, record.since));
  }

  /**
   * Does `work` on the login that waits for an account at a cloud, begun if there is none. A login begun waits only
   * once the work has succeeded; then it replaces one at another cloud, and the oldest of too many goes.
   */
  async use<T>(id: string, cloudUrl: string, work: (account: Account) => Promise<T>): Promise<T> {
    const key = `${id} ${cloudUrl}`;
    const waiting = await this.get(id);
    const begun =
      waiting?.cloudUrl === cloudUrl ? undefined : (this.#begun.get(key) ?? this.#start(id, cloudUrl, Date.now()));
    if (begun === undefined) return work((waiting as Waiting).account);
    this.#begun.set(key, begun);
    begun.users += 1;
    try {
      const result = await work(begun.account);
      await this.#inTurn(() => this.#keep(id, key, begun));
      return result;
    } finally {
      begun.users -= 1;
      if (begun.users === 0 && this.#begun.delete(key)) await this.#abandon(id, begun);
    }
  }

  /** The login that waits for an account at a cloud, begun if there is none. */
  begin(id: string, cloudUrl: string): Promise<Account> {
    return this.use(id, cloudUrl, (account) => Promise.resolve(account));
  }

  /** What an account takes up when it is deployed with the same address and cloud. */
  async find(id: string, cloudUrl: string, email: string | undefined): Promise<AccountRecord | null> {
    const waiting = await this.get(id);
    if (waiting?.cloudUrl !== cloudUrl || email === undefined) return null;
    await waiting.account.report();
    const { record } = waiting.account;
    const [cloud] = record.clouds;
    const hasLogin = (cloud?.login ?? null) !== null;
    const address = hasLogin ? record.email : cloud?.otp?.email;
    return address === email ? record : null;
  }

  /** Ends a login's waiting: its files are deleted. */
  async drop(id: string): Promise<void> {
    const open = this.#open.get(id);
    this.#open.delete(id);
    if (this.#open.size === 0) this.#rest();
    await open?.account.close();
    await this.#store(id).remove();
  }

  /** Ids of all that wait, the oldest first. */
  async #list(): Promise<{ id: string; since: number }[]> {
    const names = (await this.#directory?.files.list()) ?? [];
    const ids = new Set(
      names.filter((name) => name.endsWith(SUFFIX)).map((name) => decode(name.slice(0, -SUFFIX.length))),
    );
    for (const id of this.#open.keys()) ids.add(id);
    const all = [];
    for (const id of ids) {
      const since =
        this.#open.get(id)?.since ??
        (
          await this.#store(id)
            .load()
            .catch(() => null)
        )?.since;
      all.push({ id, since: since ?? 0 });
    }
    return all.sort((a, b) => a.since - b.since);
  }

  async #sweep(): Promise<void> {
    const now = Date.now();
    for (const { id, since } of await this.#list()) {
      if (now - since > KEPT_MS || since > now + KEPT_MS) await this.drop(id);
    }
  }

  /** Lets a login that was begun wait from here on. */
  async #keep(id: string, key: string, begun: Waiting): Promise<void> {
    if (!this.#begun.delete(key)) return;
    const others = (await this.#list()).filter((waiting) => waiting.id !== id);
    for (const { id: oldest } of others.slice(0, Math.max(0, others.length - AT_MOST + 1))) await this.drop(oldest);
    const replaced = this.#open.get(id);
    this.#wait(id, begun);
    await replaced?.account.close();
  }

  /** Nothing came of a login that was begun. */
  async #abandon(id: string, begun: Waiting): Promise<void> {
    await begun.account.close();
    if (!this.#open.has(id)) await this.#store(id).remove();
  }

  #start(id: string, cloudUrl: string, since: number): Waiting {
    const account = this.#create(id, cloudUrl, this.#accountStore(id, cloudUrl, since));
    account.start();
    return { cloudUrl, since, account, users: 0 };
  }

  #wait(id: string, waiting: Waiting): Waiting {
    this.#open.set(id, waiting);
    this.#sweeper ??= setInterval(() => void this.#sweep().catch(() => undefined), SWEEP_MS).unref();
    return waiting;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  #rest(): void {
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }

  #store(id: string): Store<WaitingRecord> {
    const name = `${encodeURIComponent(id)}${SUFFIX}`;
    return this.#directory === undefined ? createNoStore(name) : new FileStore(this.#directory, name, waitingShape);
  }

  /** The account's view of the file: its record, with what belongs to the waiting added and taken away. */
  #accountStore(id: string, cloudUrl: string, since: number): Store<AccountRecord> {
    const store = this.#store(id);
    return {
      identity: store.identity,
      load: async () => (await store.load())?.account ?? null,
      save: (account, options) => store.save({ cloudUrl, since, account }, options),
      remove: () => store.remove(),
    };
  }
}

function withAccount(outer: Shape<WaitingRecord>): Shape<WaitingRecord> {
  return {
    fits: (value): value is WaitingRecord => outer.fits(value) && accountShape.fits(value.account),
    why: () => outer.why(),
  };
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
