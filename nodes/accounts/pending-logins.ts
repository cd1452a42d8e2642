import type { Account, AccountRecord, Clock, Store } from '../../src/index.js';
import { KeyedMutex, type StateDirectory } from '../../src/nodes-api.js';
import { PendingLogin } from './pending-login.js';
import { PendingLoginAges, type PendingSince } from './pending-login-ages.js';
import { PendingLoginFiles } from './pending-login-files.js';

const KEPT_MS = 24 * 3_600_000;
const TIDY_MS = 600_000;
const AT_MOST = 20;

/** Where logins wait, and with what accounts are made of them. */
export interface PendingLoginsOptions {
  /** Where their files lie; `undefined` without a user directory. */
  directory: StateDirectory | undefined;
  clock: Clock;
  /** Makes an account that does nothing by itself. */
  create: (id: string, cloudUrl: string, store: Store<AccountRecord>) => Account;
}

/**
 * Logins made in the dialog before a Deploy, at most one for each id and cloud: kept for 24 hours, also over a
 * restart, in files of their own beside those of the accounts; 20 at most. Files that can't be read neither count nor
 * go: they may hold a login that is good.
 */
export class PendingLogins {
  readonly #files: PendingLoginFiles;
  readonly #clock: Clock;
  readonly #create: PendingLoginsOptions['create'];
  readonly #ages: PendingLoginAges;
  /** All that wait under an id, the one used last first. */
  readonly #open = new Map<string, PendingLogin[]>();
  /** Logins that nothing has succeeded with yet: they take no place before. */
  readonly #begun = new Set<PendingLogin>();
  readonly #mutex = new KeyedMutex();
  #timer: ReturnType<Clock['setTimeout']> | undefined;

  constructor({ directory, clock, create }: PendingLoginsOptions) {
    this.#files = new PendingLoginFiles(directory);
    this.#clock = clock;
    this.#create = create;
    this.#ages = new PendingLoginAges(clock);
    this.#plan();
  }

  /** The login that waits for an account at a cloud, or anywhere, if there is one; of several the one used last. */
  async get(id: string, cloudUrl?: string): Promise<PendingLogin | undefined> {
    const all = await this.all(id);
    return cloudUrl === undefined ? all[0] : all.find(isAt(cloudUrl));
  }

  /** All that wait under an id, the one used last first. Throws `COZIFY_STORE` when they can't be read. */
  async all(id: string): Promise<readonly PendingLogin[]> {
    await this.#sweep();
    return this.#mutex.runExclusive(id, () => this.#openAll(id));
  }

  /**
   * Does `work` on the login that waits for an account at a cloud, begun if there is none. A login begun waits only
   * once the work has succeeded; then the oldest of too many goes. One that a deployed account takes up meanwhile goes
   * when the work is done, unless that has brought a login which is still to be taken up.
   */
  async use<T>(id: string, cloudUrl: string, work: (account: Account) => Promise<T>): Promise<T> {
    const waiting = await this.#acquire(id, cloudUrl);
    try {
      const result = await work(waiting.account);
      if (this.#begun.delete(waiting)) await this.#keep(waiting);
      else if (this.#isOpen(waiting)) this.#wait(waiting);
      return result;
    } finally {
      waiting.users -= 1;
      if (waiting.users === 0) await this.#endUse(waiting).catch(() => undefined);
    }
  }

  /** What an account takes up when it is deployed with this cloud and one of these addresses, and has not taken up yet. */
  async find(id: string, cloudUrl: string, addresses: readonly string[]): Promise<AccountRecord | null> {
    const waiting = (await this.all(id)).find(isAt(cloudUrl));
    return waiting === undefined ? null : waiting.offer(addresses);
  }

  /** Ends the waiting of what was found and taken up, except for what comes of it while a request works on it. */
  letGo(id: string, cloudUrl: string): Promise<void> {
    return this.#mutex.runExclusive(id, async () => {
      const waiting = this.#open.get(id)?.find(isAt(cloudUrl));
      waiting?.noteTaken();
      if (waiting === undefined || (waiting.users === 0 && waiting.isTaken)) await this.#drop(id, cloudUrl);
    });
  }

  /**
   * Ends the waiting of the login at a cloud, or of all under an id, with the requests that work on it: what is kept
   * of it is deleted.
   */
  drop(id: string, cloudUrl?: string): Promise<void> {
    return this.#mutex.runExclusive(id, () => this.#drop(id, cloudUrl));
  }

  close(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #drop(id: string, cloudUrl: string | undefined): Promise<void> {
    const open = this.#open.get(id) ?? [];
    const isMeant = (one: PendingLogin): boolean => cloudUrl === undefined || one.cloudUrl === cloudUrl;
    const begun = this.#begunOf(id, cloudUrl);
    for (const one of begun) this.#begun.delete(one);
    this.#setOpen(
      id,
      open.filter((one) => !isMeant(one)),
    );
    await Promise.all([...begun, ...open.filter(isMeant)].map(({ account }) => account.close()));
    if (cloudUrl === undefined) await this.#files.remove(id);
    else await this.#files.storeFor(id, cloudUrl, 0).remove();
  }

  async #openAll(id: string): Promise<readonly PendingLogin[]> {
    const open = this.#open.get(id);
    if (open !== undefined) return open;
    const logins = (await this.#files.load(id)).map(({ cloudUrl, since }) => ({ id, cloudUrl, since }));
    // One that was begun may wait meanwhile.
    const known = this.#open.get(id) ?? [];
    const others = logins.filter(
      (login) => !this.#isOver(login) && !this.#isBegun(login) && !known.some(isAt(login.cloudUrl)),
    );
    const opened = [...known, ...others.map((login) => this.#start(login))];
    this.#setOpen(id, opened);
    return opened;
  }

  /** The login to work on, which from now on is in use: nobody lets go of it in between. */
  async #acquire(id: string, cloudUrl: string): Promise<PendingLogin> {
    await this.#sweep();
    return this.#mutex.runExclusive(id, async () => {
      const known = (await this.#openAll(id)).find(isAt(cloudUrl)) ?? this.#begunOf(id, cloudUrl)[0];
      const login = known ?? this.#start({ id, cloudUrl, since: this.#clock.now() });
      if (known === undefined) this.#begun.add(login);
      login.users += 1;
      return login;
    });
  }

  /** All that wait and can be read, the oldest first. */
  async #list(): Promise<PendingSince[]> {
    const ids = await this.#files.ids().catch(() => []);
    const all: PendingSince[] = [];
    for (const id of new Set([...ids, ...this.#open.keys()])) {
      const logins = this.#open.get(id) ?? (await this.#files.load(id).catch(() => []));
      all.push(...logins.map(({ cloudUrl, since }) => ({ id, cloudUrl, since })));
    }
    return all.filter((one) => !this.#isBegun(one)).sort((a, b) => this.#ages.ageMs(b) - this.#ages.ageMs(a));
  }

  /** Ends the waiting of what is older than 24 hours. What can't be deleted now is tried again the next time. */
  async #sweep(): Promise<void> {
    for (const one of await this.#list()) {
      const isInUse = this.#open.get(one.id)?.some(({ cloudUrl, users }) => cloudUrl === one.cloudUrl && users > 0);
      if (this.#isOver(one) && isInUse !== true) await this.drop(one.id, one.cloudUrl).catch(() => undefined);
    }
  }

  /**
   * Sweeps without anybody asking, and writes down since when the others wait where the clock was set meanwhile: not
   * at once, for it may be about to be set when a process starts.
   */
  async #tidy(): Promise<void> {
    await this.#sweep();
    const logins = await this.#list();
    this.#ages.retain([...logins, ...this.#begun]);
    for (const login of logins) {
      const since = this.#ages.corrected(login);
      if (since !== undefined) await this.#redate(login, since).catch(() => undefined);
    }
  }

  async #redate({ id, cloudUrl }: PendingSince, since: number): Promise<void> {
    for (const one of this.#open.get(id) ?? []) if (one.cloudUrl === cloudUrl) one.since = since;
    await this.#files.change(id, (logins) =>
      logins.map((one) => (one.cloudUrl === cloudUrl ? { ...one, since } : one)),
    );
  }

  #plan(): void {
    this.#timer = this.#clock.setTimeout(() => {
      this.#plan();
      void this.#tidy();
    }, TIDY_MS);
    // It keeps no process alive.
    if (typeof this.#timer === 'object') this.#timer.unref();
  }

  /** Lets a login that was begun wait from here on, and the oldest of too many go. */
  async #keep(begun: PendingLogin): Promise<void> {
    this.#wait(begun);
    const others = (await this.#list()).filter(({ id, cloudUrl }) => id !== begun.id || cloudUrl !== begun.cloudUrl);
    for (const { id, cloudUrl } of others.slice(0, Math.max(0, others.length - AT_MOST + 1))) {
      await this.drop(id, cloudUrl).catch(() => undefined);
    }
  }

  /** No request works on it any more: what nothing has come of goes, and what was taken up meanwhile. */
  async #endUse(waiting: PendingLogin): Promise<void> {
    const { id, cloudUrl } = waiting;
    if (this.#begun.delete(waiting)) await this.#abandon(waiting);
    else if (this.#isOpen(waiting) && waiting.isTaken) await this.letGo(id, cloudUrl);
  }

  /** Nothing came of a login that was begun. */
  #abandon({ id, cloudUrl, account }: PendingLogin): Promise<void> {
    return this.#mutex.runExclusive(id, async () => {
      await account.close();
      const isThereAgain = this.#begunOf(id, cloudUrl).length > 0 || this.#open.get(id)?.some(isAt(cloudUrl)) === true;
      if (isThereAgain) return;
      // What can't be read can't hold anything of it.
      const store = this.#files.storeFor(id, cloudUrl, 0);
      await store.remove().catch(() => undefined);
    });
  }

  #start(login: PendingSince): PendingLogin {
    const { id, cloudUrl, since } = login;
    // From here on the wall clock may be set.
    this.#ages.ageMs(login);
    const account = this.#create(id, cloudUrl, this.#files.storeFor(id, cloudUrl, since));
    account.start();
    return new PendingLogin(login, account);
  }

  /** Puts a login first among those that wait under an id. */
  #wait(waiting: PendingLogin): void {
    const others = (this.#open.get(waiting.id) ?? []).filter((one) => one !== waiting);
    this.#setOpen(waiting.id, [waiting, ...others]);
  }

  #setOpen(id: string, waiting: PendingLogin[]): void {
    if (waiting.length > 0) this.#open.set(id, waiting);
    else this.#open.delete(id);
  }

  #isOpen(waiting: PendingLogin): boolean {
    return this.#open.get(waiting.id)?.includes(waiting) === true;
  }

  #isBegun({ id, cloudUrl }: PendingSince): boolean {
    return this.#begunOf(id, cloudUrl).length > 0;
  }

  #begunOf(id: string, cloudUrl: string | undefined): PendingLogin[] {
    return [...this.#begun].filter((one) => one.id === id && (cloudUrl === undefined || one.cloudUrl === cloudUrl));
  }

  #isOver(login: PendingSince): boolean {
    return this.#ages.ageMs(login) > KEPT_MS;
  }
}

function isAt(cloudUrl: string): (login: { cloudUrl: string }) => boolean {
  return (login) => login.cloudUrl === cloudUrl;
}
