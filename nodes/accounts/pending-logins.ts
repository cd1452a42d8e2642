import type { Account, AccountRecord, Clock, Store } from '../../src/index.js';
import {
  accountShape,
  Timer,
  Elapsed,
  KeyedMutex,
  listOf,
  type ManagedAccount,
  objectOf,
  openFile,
  schemas,
  Saved,
  shape,
  type Shape,
  type StateDirectory,
  type AdoptableLogin,
} from '../../src/nodes-api.js';

/** A login made in the dialog of an account that is not yet deployed with this cloud or address. */
interface StoredLogin {
  id: string;
  cloudUrl: string;
  /** The start of the login, in milliseconds since the epoch. */
  since: number;
  account: AccountRecord;
}

/** The content of the file of pending logins. The most recently used login comes first. */
interface PendingRecord {
  logins: StoredLogin[];
}

const { text, number } = schemas;
const loginSchema = objectOf({ id: text, cloudUrl: text, since: number, account: objectOf({}) });
const outerShape = shape<PendingRecord>(objectOf({ logins: listOf(loginSchema) }));
const pendingShape: Shape<PendingRecord> = {
  fits: (value): value is PendingRecord =>
    outerShape.fits(value) && value.logins.every(({ account }) => accountShape.fits(account)),
  why: () => outerShape.why(),
};

/** The name of the file of pending logins. Its `+` never occurs in the file name of an account. */
const FILE_NAME = '+pending.json';
const KEPT_MS = 24 * 3_600_000;
const TIDY_MS = 600_000;
const MAX_LOGINS = 20;
/** Tolerance for clock drift. A larger difference means that the clock was set. */
const CLOCK_TOLERANCE_MS = 300_000;

/** Dependencies of {@link PendingLogins}. */
export interface PendingLoginsOptions {
  /** The directory for the file; `undefined` if Node-RED has no user directory. */
  directory: StateDirectory | undefined;
  clock: Clock;
  /** Creates an account without background tasks. */
  create: (id: string, cloudUrl: string, store: Store<AccountRecord>) => ManagedAccount;
}

/** A pending login. */
export interface PendingLogin {
  readonly cloudUrl: string;
  readonly account: Account;
}

/** A pending login that this process has open. */
interface OpenPendingLogin extends PendingLogin {
  readonly id: string;
  readonly managed: ManagedAccount;
  /** The number of requests that use the login now. */
  users: number;
  /** Whether no request has succeeded yet. A new login does not count towards the limit for pending logins. */
  isNew: boolean;
  /**
   * The token that a deployed account has adopted during a request; `null` if the adopted login had no token yet, only
   * a requested code.
   */
  adoptedToken?: string | null;
}

/**
 * The pending logins: logins made in the dialog before a Deploy. Each is an account that no node claims. There is at
 * most one for each id and cloud, and 20 in total. Pending logins are saved in one file for 24 hours, so they survive a
 * restart.
 */
export class PendingLogins {
  readonly #clock: Clock;
  readonly #create: PendingLoginsOptions['create'];
  readonly #saved: Saved<PendingRecord>;
  readonly #open = new Map<string, OpenPendingLogin>();
  /** The ages of the logins, measured independently of changes to the wall clock. */
  readonly #ages = new Map<string, Elapsed>();
  readonly #mutex = new KeyedMutex();
  readonly #tidyTimer: Timer;

  constructor({ directory, clock, create }: PendingLoginsOptions) {
    this.#clock = clock;
    this.#tidyTimer = new Timer(clock);
    this.#create = create;
    this.#saved = new Saved({
      store: openFile(directory, FILE_NAME, pendingShape),
      empty: { logins: [] },
      isEmpty: ({ logins }) => logins.length === 0,
      merge: (stored, own) => ({
        logins: [...own.logins, ...stored.logins.filter((one) => !own.logins.some(matches(one)))],
      }),
    });
    this.#scheduleTidying();
  }

  /**
   * Returns the pending login of an account at a cloud. Without `cloudUrl`, returns the most recently used login at any
   * cloud.
   */
  async get(id: string, cloudUrl?: string): Promise<PendingLogin | undefined> {
    const all = await this.all(id);
    return cloudUrl === undefined ? all[0] : all.find((one) => one.cloudUrl === cloudUrl);
  }

  /** Returns the pending logins of an id, most recently used first. Throws `COZIFY_STORE` if the file can't be read. */
  async all(id: string): Promise<readonly PendingLogin[]> {
    await this.#sweep();
    const isInUse = [...this.#open.values()].some((open) => open.id === id && !open.isNew);
    if (!isInUse) await this.#saved.read();
    const logins = (await this.#pending()).filter((login) => login.id === id);
    return logins.map((login) => this.#openOf(login));
  }

  /**
   * Runs `work` on the pending login of an account at a cloud, or on a new login. A new login is kept if the work
   * succeeds or the cloud has asked to wait. Keeping it deletes the oldest logins over the limit. If a deployed account
   * adopts the login during the work, the pending login is deleted afterwards, unless the work has obtained another
   * token.
   */
  async use<T>(id: string, cloudUrl: string, work: (account: Account) => Promise<T>): Promise<T> {
    await this.#sweep();
    const open = await this.#mutex.runExclusive(id, () => this.#openOrCreate(id, cloudUrl));
    open.users += 1;
    try {
      const result = await work(open.account);
      if (open.isNew) await this.#keep(open);
      return result;
    } catch (error) {
      // Keep the login, so that the next attempt observes the delay that the cloud has asked for.
      if (open.isNew && open.managed.record.holds.length > 0) await this.#keep(open);
      throw error;
    } finally {
      open.users -= 1;
      const isOver = open.isNew || (open.adoptedToken !== undefined && open.adoptedToken === tokenOf(open));
      if (open.users === 0 && isOver && this.#isOpen(open)) await this.drop(id, cloudUrl).catch(() => undefined);
    }
  }

  /** Finds the pending login of an account at a cloud. The login must be for one of these e-mail addresses. */
  async find(id: string, cloudUrl: string, addresses: readonly string[]): Promise<AdoptableLogin | undefined> {
    const pending = await this.get(id, cloudUrl);
    const open = pending === undefined ? undefined : this.#open.get(loginKey({ id, cloudUrl }));
    if (open === undefined) return undefined;
    await open.account.readSnapshot();
    const { record } = open.managed;
    const token = tokenOf(open);
    const address = token === null ? record.clouds[0]?.otp?.email : record.email;
    if (typeof address !== 'string' || !addresses.includes(address)) return undefined;
    return { record, remove: () => this.#finishAdoption(open, token) };
  }

  /** Deletes the pending login of an id at a cloud, or at every cloud, and aborts its requests. */
  drop(id: string, cloudUrl?: string): Promise<void> {
    return this.#mutex.runExclusive(id, async () => {
      const isMeant = matches({ id, cloudUrl });
      const open = [...this.#open.values()].filter(isMeant);
      for (const one of open) this.#open.delete(loginKey(one));
      await Promise.all(open.map(({ managed }) => managed.delete()));
      await this.#remove(isMeant);
    });
  }

  /** Closes the open logins, so that another process or a new instance can use their files. */
  close(): void {
    this.#tidyTimer.clear();
    for (const { managed } of this.#open.values()) void managed.close();
  }

  /**
   * Returns the open login, or opens a stored or new login. Throws `COZIFY_STORE` while the file can't be read, because
   * it may contain the login.
   */
  async #openOrCreate(id: string, cloudUrl: string): Promise<OpenPendingLogin> {
    const known = this.#open.get(loginKey({ id, cloudUrl }));
    if (known !== undefined) return known;
    const { logins } = await this.#saved.read();
    const stored = logins.find(matches({ id, cloudUrl }));
    return this.#openOf(stored ?? { id, cloudUrl, since: this.#clock.now() }, stored === undefined);
  }

  /** Keeps a new login, and deletes the oldest logins over the limit. */
  async #keep(open: OpenPendingLogin): Promise<void> {
    open.isNew = false;
    const others = (await this.#pending()).filter((one) => !matches(open)(one)).reverse();
    others.sort((one, other) => this.#ageMs(other) - this.#ageMs(one));
    for (const { id, cloudUrl } of others.slice(0, Math.max(0, others.length - MAX_LOGINS + 1))) {
      await this.drop(id, cloudUrl).catch(() => undefined);
    }
  }

  async #finishAdoption(open: OpenPendingLogin, token: string | null): Promise<void> {
    if (!this.#isOpen(open)) return;
    if (open.users > 0) open.adoptedToken = token;
    else if (tokenOf(open) === token) await this.drop(open.id, open.cloudUrl);
  }

  /** Returns the saved logins, most recently used first, without new ones in which no request has succeeded yet. */
  async #pending(): Promise<StoredLogin[]> {
    const { logins } = await this.#saved.tryRead();
    return logins.filter((login) => this.#open.get(loginKey(login))?.isNew !== true);
  }

  /** Deletes logins that are older than 24 hours and not in use. */
  async #sweep(): Promise<void> {
    const { logins } = await this.#saved.tryRead();
    for (const login of logins) {
      const isInUse = (this.#open.get(loginKey(login))?.users ?? 0) > 0;
      if (this.#ageMs(login) <= KEPT_MS || isInUse) continue;
      await this.drop(login.id, login.cloudUrl).catch(() => undefined);
    }
  }

  /**
   * Deletes expired logins, and corrects the saved start of the other logins after the clock was set. Runs every ten
   * minutes but not at the start, because a clock is often set soon after a process starts.
   */
  async #tidy(): Promise<void> {
    await this.#sweep();
    await this.#saved.change((record) => {
      const logins = record.logins.map((login) => {
        const since = Math.round(this.#clock.now() - this.#ageMs(login));
        if (Math.abs(since - login.since) <= CLOCK_TOLERANCE_MS) return login;
        this.#ages.set(loginKey(login), new Elapsed(this.#clock, since));
        return { ...login, since };
      });
      return logins.every((login, index) => login === record.logins[index]) ? record : { logins };
    });
  }

  #scheduleTidying(): void {
    this.#tidyTimer.set(TIDY_MS, () => {
      this.#scheduleTidying();
      void this.#tidy().catch(() => undefined);
    });
  }

  #openOf({ id, cloudUrl, since }: Omit<StoredLogin, 'account'>, isNew = false): OpenPendingLogin {
    const known = this.#open.get(loginKey({ id, cloudUrl }));
    if (known !== undefined) return known;
    const managed = this.#create(id, cloudUrl, this.#storeFor(id, cloudUrl, since));
    const open = { id, cloudUrl, managed, account: managed.account, users: 0, isNew };
    this.#open.set(loginKey(open), open);
    // Start measuring the age of the login now. After the wall clock has been set, the saved start would give a wrong
    // age.
    this.#ageMs(open, since);
    managed.start();
    return open;
  }

  /** Returns a store for one account's record in the file. */
  #storeFor(id: string, cloudUrl: string, startedAt: number): Store<AccountRecord> {
    const isMine = matches({ id, cloudUrl });
    return {
      identity: `${FILE_NAME} ${loginKey({ id, cloudUrl })}`,
      load: async () => (await this.#saved.tryRead()).logins.find(isMine)?.account ?? null,
      save: (account, options) =>
        this.#saved.change(
          ({ logins }) => {
            const since = logins.find(isMine)?.since ?? startedAt;
            return { logins: [{ id, cloudUrl, since, account }, ...logins.filter((one) => !isMine(one))] };
          },
          { ...options, isStrict: true },
        ),
      remove: () => this.#remove(isMine),
    };
  }

  #remove(isMeant: (login: StoredLogin) => boolean): Promise<void> {
    return this.#saved.change(
      (record) => {
        for (const login of record.logins) if (isMeant(login)) this.#ages.delete(loginKey(login));
        return record.logins.some(isMeant) ? { logins: record.logins.filter((one) => !isMeant(one)) } : record;
      },
      { isFinal: true, isStrict: true },
    );
  }

  #isOpen(open: OpenPendingLogin): boolean {
    return this.#open.get(loginKey(open)) === open;
  }

  /**
   * Returns the age of a login, in milliseconds. The wall clock is used only for the time before this process first
   * read the login.
   */
  #ageMs(login: { id: string; cloudUrl: string; since?: number }, since = login.since): number {
    const elapsed = this.#ages.get(loginKey(login)) ?? new Elapsed(this.#clock, since);
    this.#ages.set(loginKey(login), elapsed);
    return elapsed.steadyMs;
  }
}

function loginKey({ id, cloudUrl }: { id: string; cloudUrl: string }): string {
  return JSON.stringify([id, cloudUrl]);
}

/** Returns a function that checks whether a login has this id and cloud. If no cloud is given, any cloud matches. */
function matches(query: {
  id: string;
  cloudUrl: string | undefined;
}): (login: { id: string; cloudUrl: string }) => boolean {
  return ({ id, cloudUrl }) => id === query.id && cloudUrl === (query.cloudUrl ?? cloudUrl);
}

/** Returns the token of a pending login; `null` if the login has no token yet, only a requested code. */
function tokenOf({ managed }: OpenPendingLogin): string | null {
  return managed.record.clouds[0]?.login?.token ?? null;
}
