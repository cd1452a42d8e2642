import { type Account, type AccountRecord, type StateDirectory, type Store, KeyedMutex } from '../../src/index.js';
import { PendingLoginFiles, type PendingLogin } from './pending-login-files.js';

interface Waiting {
  cloudUrl: string;
  /** Milliseconds since the epoch. */
  since: number;
  account: Account;
  /** Requests that work on it now. */
  users: number;
}

/** One of all that wait. */
type Listed = Pick<PendingLogin, 'cloudUrl' | 'since'> & { id: string };

const KEPT_MS = 24 * 3_600_000;
const SWEEP_MS = 3_600_000;
const AT_MOST = 20;

type Create = (id: string, cloudUrl: string, store: Store<AccountRecord>) => Account;

/**
 * Logins made in the dialog before a Deploy, at most one for each id and cloud: kept for 24 hours, also over a
 * restart, in files of their own beside those of the accounts; 20 at most. Files that can't be read neither count nor
 * go: they may hold a login that is good.
 */
export class PendingLogins {
  readonly #files: PendingLoginFiles;
  readonly #create: Create;
  /** All that wait under an id, the one used last first. */
  readonly #open = new Map<string, Waiting[]>();
  /** Logins that nothing has succeeded with yet, by id and cloud: they take no place before. */
  readonly #begun = new Map<string, Waiting>();
  readonly #turns = new KeyedMutex();
  #sweeper: NodeJS.Timeout | undefined;

  constructor(directory: StateDirectory | undefined, create: Create) {
    this.#files = new PendingLoginFiles(directory);
    this.#create = create;
  }

  /** The login that waits for an account at a cloud, or anywhere, if there is one; of several the one used last. */
  async get(id: string, cloudUrl?: string): Promise<{ account: Account; cloudUrl: string } | undefined> {
    const all = await this.all(id);
    return cloudUrl === undefined ? all[0] : all.find(isAt(cloudUrl));
  }

  /** All that wait under an id, the one used last first. */
  async all(id: string): Promise<readonly { account: Account; cloudUrl: string }[]> {
    return this.#all(id);
  }

  /**
   * Does `work` on the login that waits for an account at a cloud, begun if there is none. A login begun waits only
   * once the work has succeeded; then the oldest of too many goes.
   */
  async use<T>(id: string, cloudUrl: string, work: (account: Account) => Promise<T>): Promise<T> {
    const key = keyOf(id, cloudUrl);
    const waiting = (await this.#all(id)).find(isAt(cloudUrl));
    if (waiting !== undefined) {
      const result = await work(waiting.account);
      if (this.#open.get(id)?.includes(waiting) === true) this.#wait(id, waiting);
      return result;
    }
    const begun = this.#begun.get(key) ?? this.#start(id, cloudUrl, Date.now());
    this.#begun.set(key, begun);
    begun.users += 1;
    try {
      const result = await work(begun.account);
      if (this.#begun.delete(key)) await this.#keep(id, begun);
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

  /** What an account takes up when it is deployed with this cloud and one of these addresses. */
  async find(id: string, cloudUrl: string, addresses: readonly string[]): Promise<AccountRecord | null> {
    const waiting = (await this.#all(id)).find(isAt(cloudUrl));
    if (waiting === undefined) return null;
    await waiting.account.report();
    const { record } = waiting.account;
    const [cloud] = record.clouds;
    const hasLogin = (cloud?.login ?? null) !== null;
    const address = hasLogin ? record.email : cloud?.otp?.email;
    return typeof address === 'string' && addresses.includes(address) ? record : null;
  }

  /** Ends the waiting of the login at a cloud, or of all under an id: what is kept of it is deleted. */
  drop(id: string, cloudUrl?: string): Promise<void> {
    return this.#turns.runExclusive(id, async () => {
      const open = this.#open.get(id) ?? [];
      const dropped = open.filter((one) => cloudUrl === undefined || one.cloudUrl === cloudUrl);
      this.#setOpen(
        id,
        open.filter((one) => !dropped.includes(one)),
      );
      await Promise.all(dropped.map(({ account }) => account.close()));
      if (cloudUrl === undefined) await this.#files.remove(id);
      else await this.#files.storeFor(id, cloudUrl, 0).remove();
    });
  }

  async #all(id: string): Promise<readonly Waiting[]> {
    await this.#sweep();
    return this.#turns.runExclusive(id, async () => {
      const open = this.#open.get(id);
      if (open !== undefined) return open;
      const logins = (await this.#files.load(id)).filter(
        ({ cloudUrl, since }) => !isOver(since) && !this.#begun.has(keyOf(id, cloudUrl)),
      );
      // One that was begun may wait meanwhile.
      const known = this.#open.get(id) ?? [];
      const others = logins.filter(({ cloudUrl }) => !known.some(isAt(cloudUrl)));
      const opened = [...known, ...others.map(({ cloudUrl, since }) => this.#start(id, cloudUrl, since))];
      this.#setOpen(id, opened);
      return opened;
    });
  }

  /** All that wait and can be read, the oldest first. */
  async #list(): Promise<Listed[]> {
    const ids = await this.#files.ids().catch(() => []);
    const all: Listed[] = [];
    for (const id of new Set([...ids, ...this.#open.keys()])) {
      const logins = this.#open.get(id) ?? (await this.#files.load(id).catch(() => []));
      for (const { cloudUrl, since } of logins) {
        if (!this.#begun.has(keyOf(id, cloudUrl))) all.push({ id, cloudUrl, since });
      }
    }
    return all.sort((a, b) => a.since - b.since);
  }

  /** Ends the waiting of what is older than 24 hours. What can't be deleted now is tried again the next time. */
  async #sweep(): Promise<void> {
    for (const { id, cloudUrl, since } of await this.#list()) {
      if (isOver(since)) await this.drop(id, cloudUrl).catch(() => undefined);
      else if (since > Date.now() + KEPT_MS) await this.#redate(id, cloudUrl).catch(() => undefined);
    }
  }

  /** The clock was far ahead when the login was begun: its 24 hours begin now. */
  async #redate(id: string, cloudUrl: string): Promise<void> {
    const since = Date.now();
    for (const one of this.#open.get(id) ?? []) if (one.cloudUrl === cloudUrl) one.since = since;
    await this.#files.change(id, (logins) =>
      logins.map((one) => (one.cloudUrl === cloudUrl && one.since > since ? { ...one, since } : one)),
    );
  }

  /** Lets a login that was begun wait from here on, and the oldest of too many go. */
  async #keep(id: string, begun: Waiting): Promise<void> {
    this.#wait(id, begun);
    const others = (await this.#list()).filter((one) => one.id !== id || one.cloudUrl !== begun.cloudUrl);
    for (const { id: oldest, cloudUrl } of others.slice(0, Math.max(0, others.length - AT_MOST + 1))) {
      await this.drop(oldest, cloudUrl).catch(() => undefined);
    }
  }

  /** Nothing came of a login that was begun. */
  #abandon(id: string, { account, cloudUrl }: Waiting): Promise<void> {
    return this.#turns.runExclusive(id, async () => {
      await account.close();
      const isThereAgain = this.#begun.has(keyOf(id, cloudUrl)) || this.#open.get(id)?.some(isAt(cloudUrl)) === true;
      if (isThereAgain) return;
      // What can't be read can't hold anything of it.
      const store = this.#files.storeFor(id, cloudUrl, 0);
      await store.remove().catch(() => undefined);
    });
  }

  #start(id: string, cloudUrl: string, since: number): Waiting {
    const account = this.#create(id, cloudUrl, this.#files.storeFor(id, cloudUrl, since));
    account.start();
    return { cloudUrl, since, account, users: 0 };
  }

  /** Puts a login first among those that wait under an id. */
  #wait(id: string, waiting: Waiting): void {
    this.#setOpen(id, [waiting, ...(this.#open.get(id) ?? []).filter((one) => one !== waiting)]);
  }

  #setOpen(id: string, waiting: Waiting[]): void {
    if (waiting.length > 0) this.#open.set(id, waiting);
    else this.#open.delete(id);
    if (this.#open.size > 0) {
      this.#sweeper ??= setInterval(() => void this.#sweep(), SWEEP_MS).unref();
    } else {
      clearInterval(this.#sweeper);
      this.#sweeper = undefined;
    }
  }
}

function keyOf(id: string, cloudUrl: string): string {
  return `${id} ${cloudUrl}`;
}

function isAt(cloudUrl: string): (login: { cloudUrl: string }) => boolean {
  return (login) => login.cloudUrl === cloudUrl;
}

function isOver(since: number): boolean {
  return Date.now() - since > KEPT_MS;
}
