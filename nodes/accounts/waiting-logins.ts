import type { Account, AccountRecord, Clock, Store } from '../../src/index.js';
import {
  accountShape,
  Alarm,
  Elapsed,
  KeyedMutex,
  listOf,
  type LivingAccount,
  objectOf,
  openFile,
  schemas,
  Saved,
  shape,
  type Shape,
  type StateDirectory,
  type WaitingOffer,
} from '../../src/nodes-api.js';

/** A login made in the dialog of an account that is not deployed so. */
interface StoredLogin {
  id: string;
  cloudUrl: string;
  /** When it was begun, in milliseconds since the epoch. */
  since: number;
  account: AccountRecord;
}

/** What lies in the file: the login used last comes first. */
interface WaitingRecord {
  logins: StoredLogin[];
}

const { text, number } = schemas;
const loginSchema = objectOf({ id: text, cloudUrl: text, since: number, account: objectOf({}) });
const outerShape = shape<WaitingRecord>(objectOf({ logins: listOf(loginSchema) }));
const waitingShape: Shape<WaitingRecord> = {
  fits: (value): value is WaitingRecord =>
    outerShape.fits(value) && value.logins.every(({ account }) => accountShape.fits(account)),
  why: () => outerShape.why(),
};

/** The `+` is in no name that an account's file may have. */
const FILE_NAME = '+waiting.json';
const KEPT_MS = 24 * 3_600_000;
const TIDY_MS = 600_000;
const AT_MOST = 20;
/** A clock runs a little wrong; one that is further off was set. */
const CLOCK_TOLERANCE_MS = 300_000;

/** Where logins wait, and with what accounts are made of them. */
export interface WaitingLoginsOptions {
  /** Where their file lies; `undefined` without a user directory. */
  directory: StateDirectory | undefined;
  clock: Clock;
  /** Makes an account that does nothing by itself. */
  create: (id: string, cloudUrl: string, store: Store<AccountRecord>) => LivingAccount;
}

/** A login that waits, as others may use it. */
export interface WaitingLogin {
  readonly cloudUrl: string;
  readonly account: Account;
}

/** The account of a login in waiting, while this process has it open. */
interface Open extends WaitingLogin {
  readonly id: string;
  readonly living: LivingAccount;
  /** Requests that work on it now. */
  users: number;
  /** Nothing has succeeded with it yet: it takes no place before. */
  isBegun: boolean;
  /** The token that a deployed account has taken up while a request worked on it, `null` for a code only. */
  taken?: string | null;
}

/**
 * Logins made in the dialog before a Deploy: accounts that no node claims, at most one for each id and cloud, in one file
 * for all that wait. Kept for 24 hours, also over a restart; 20 at most.
 */
export class WaitingLogins {
  readonly #clock: Clock;
  readonly #create: WaitingLoginsOptions['create'];
  readonly #saved: Saved<WaitingRecord>;
  readonly #open = new Map<string, Open>();
  /** How long those have waited that were seen, although the wall clock may be set meanwhile. */
  readonly #ages = new Map<string, Elapsed>();
  readonly #mutex = new KeyedMutex();
  readonly #nextTidying: Alarm;

  constructor({ directory, clock, create }: WaitingLoginsOptions) {
    this.#clock = clock;
    this.#nextTidying = new Alarm(clock);
    this.#create = create;
    this.#saved = new Saved({
      store: openFile(directory, FILE_NAME, waitingShape),
      empty: { logins: [] },
      isEmpty: ({ logins }) => logins.length === 0,
      merge: (stored, own) => ({
        logins: [...own.logins, ...stored.logins.filter((one) => !own.logins.some(is(one)))],
      }),
    });
    this.#plan();
  }

  /** The login that waits for an account at a cloud, or anywhere, if there is one; of several the one used last. */
  async get(id: string, cloudUrl?: string): Promise<WaitingLogin | undefined> {
    const all = await this.all(id);
    return cloudUrl === undefined ? all[0] : all.find((one) => one.cloudUrl === cloudUrl);
  }

  /** All that wait under an id, the one used last first. Throws `COZIFY_STORE` when they can't be read. */
  async all(id: string): Promise<readonly WaitingLogin[]> {
    await this.#sweep();
    const isInUse = [...this.#open.values()].some((open) => open.id === id && !open.isBegun);
    if (!isInUse) await this.#saved.read();
    const logins = (await this.#waiting()).filter((login) => login.id === id);
    return logins.map((login) => this.#openOf(login));
  }

  /**
   * Does `work` on the login that waits for an account at a cloud, begun if there is none. A login begun waits only once
   * the work has succeeded, or the cloud has asked to wait; then the oldest of too many goes. One that a deployed account takes up meanwhile goes when the
   * work is done, unless that has brought a login which is still to be taken up.
   */
  async use<T>(id: string, cloudUrl: string, work: (account: Account) => Promise<T>): Promise<T> {
    await this.#sweep();
    const open = await this.#mutex.runExclusive(id, () => this.#begin(id, cloudUrl));
    open.users += 1;
    try {
      const result = await work(open.account);
      if (open.isBegun) await this.#keep(open);
      return result;
    } catch (error) {
      // What the cloud has asked to wait with is not asked for by the next try either.
      if (open.isBegun && open.living.record.holds.length > 0) await this.#keep(open);
      throw error;
    } finally {
      open.users -= 1;
      const isOver = open.isBegun || (open.taken !== undefined && open.taken === tokenOf(open));
      if (open.users === 0 && isOver && this.#isOpen(open)) await this.drop(id, cloudUrl).catch(() => undefined);
    }
  }

  /** What an account takes up when it is deployed with this cloud and one of these addresses. */
  async find(id: string, cloudUrl: string, addresses: readonly string[]): Promise<WaitingOffer | undefined> {
    const waiting = await this.get(id, cloudUrl);
    const open = waiting === undefined ? undefined : this.#open.get(keyOf({ id, cloudUrl }));
    if (open === undefined) return undefined;
    await open.account.readSnapshot();
    const { record } = open.living;
    const token = tokenOf(open);
    const address = token === null ? record.clouds[0]?.otp?.email : record.email;
    if (typeof address !== 'string' || !addresses.includes(address)) return undefined;
    return { record, letGo: () => this.#letGo(open, token) };
  }

  /**
   * Ends the waiting of the login at a cloud, or of all under an id, with the requests that work on it: what is kept
   * of it is deleted.
   */
  drop(id: string, cloudUrl?: string): Promise<void> {
    return this.#mutex.runExclusive(id, async () => {
      const isMeant = is({ id, cloudUrl });
      const open = [...this.#open.values()].filter(isMeant);
      for (const one of open) this.#open.delete(keyOf(one));
      await Promise.all(open.map(({ living }) => living.delete()));
      await this.#remove(isMeant);
    });
  }

  /** Works with them no more: another process, or what follows this in the same, may do so from now on. */
  close(): void {
    this.#nextTidying.clear();
    for (const { living } of this.#open.values()) void living.close();
  }

  /** The login to work on. Throws `COZIFY_STORE` while what waits can't be read: it may be there already. */
  async #begin(id: string, cloudUrl: string): Promise<Open> {
    const known = this.#open.get(keyOf({ id, cloudUrl }));
    if (known !== undefined) return known;
    const { logins } = await this.#saved.read();
    const stored = logins.find(is({ id, cloudUrl }));
    return this.#openOf(stored ?? { id, cloudUrl, since: this.#clock.now() }, stored === undefined);
  }

  /** Lets a login that was begun wait from here on, and the oldest of too many go. */
  async #keep(open: Open): Promise<void> {
    open.isBegun = false;
    const others = (await this.#waiting()).filter((one) => !is(open)(one)).reverse();
    others.sort((one, other) => this.#ageMs(other) - this.#ageMs(one));
    for (const { id, cloudUrl } of others.slice(0, Math.max(0, others.length - AT_MOST + 1))) {
      await this.drop(id, cloudUrl).catch(() => undefined);
    }
  }

  async #letGo(open: Open, token: string | null): Promise<void> {
    if (!this.#isOpen(open)) return;
    if (open.users > 0) open.taken = token;
    else if (tokenOf(open) === token) await this.drop(open.id, open.cloudUrl);
  }

  /** All that wait, the one used last first. */
  async #waiting(): Promise<StoredLogin[]> {
    const { logins } = await this.#saved.known();
    return logins.filter((login) => this.#open.get(keyOf(login))?.isBegun !== true);
  }

  /** Ends the waiting of what is older than 24 hours. */
  async #sweep(): Promise<void> {
    const { logins } = await this.#saved.known();
    for (const login of logins) {
      const isInUse = (this.#open.get(keyOf(login))?.users ?? 0) > 0;
      if (this.#ageMs(login) <= KEPT_MS || isInUse) continue;
      await this.drop(login.id, login.cloudUrl).catch(() => undefined);
    }
  }

  /**
   * Sweeps without anybody asking, and writes down since when the others wait where the clock was set meanwhile: not
   * at once, for it may be about to be set when a process starts.
   */
  async #tidy(): Promise<void> {
    await this.#sweep();
    await this.#saved.change((record) => {
      const logins = record.logins.map((login) => {
        const since = Math.round(this.#clock.now() - this.#ageMs(login));
        if (Math.abs(since - login.since) <= CLOCK_TOLERANCE_MS) return login;
        this.#ages.set(keyOf(login), new Elapsed(this.#clock, since));
        return { ...login, since };
      });
      return logins.every((login, index) => login === record.logins[index]) ? record : { logins };
    });
  }

  #plan(): void {
    this.#nextTidying.set(TIDY_MS, () => {
      this.#plan();
      void this.#tidy().catch(() => undefined);
    });
  }

  #openOf({ id, cloudUrl, since }: Omit<StoredLogin, 'account'>, isBegun = false): Open {
    const known = this.#open.get(keyOf({ id, cloudUrl }));
    if (known !== undefined) return known;
    const living = this.#create(id, cloudUrl, this.#storeFor(id, cloudUrl, since));
    const open = { id, cloudUrl, living, account: living.account, users: 0, isBegun };
    this.#open.set(keyOf(open), open);
    // From here on the wall clock may be set.
    this.#ageMs(open, since);
    living.start();
    return open;
  }

  /** An account's view of the file: its own record, with what belongs to the waiting added and taken away. */
  #storeFor(id: string, cloudUrl: string, begunAt: number): Store<AccountRecord> {
    const isMine = is({ id, cloudUrl });
    return {
      identity: `${FILE_NAME} ${keyOf({ id, cloudUrl })}`,
      load: async () => (await this.#saved.known()).logins.find(isMine)?.account ?? null,
      save: (account, options) =>
        this.#saved.change(
          ({ logins }) => {
            const since = logins.find(isMine)?.since ?? begunAt;
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
        for (const login of record.logins) if (isMeant(login)) this.#ages.delete(keyOf(login));
        return record.logins.some(isMeant) ? { logins: record.logins.filter((one) => !isMeant(one)) } : record;
      },
      { isFinal: true, isStrict: true },
    );
  }

  #isOpen(open: Open): boolean {
    return this.#open.get(keyOf(open)) === open;
  }

  /** How long a login has waited, in milliseconds, counted by the wall clock only for the time before it was first seen. */
  #ageMs(login: { id: string; cloudUrl: string; since?: number }, since = login.since): number {
    const elapsed = this.#ages.get(keyOf(login)) ?? new Elapsed(this.#clock, since);
    this.#ages.set(keyOf(login), elapsed);
    return elapsed.steadyMs;
  }
}

function keyOf({ id, cloudUrl }: { id: string; cloudUrl: string }): string {
  return JSON.stringify([id, cloudUrl]);
}

/** Whether a login is that of this id and cloud, or any of this id. */
function is(meant: { id: string; cloudUrl: string | undefined }): (login: { id: string; cloudUrl: string }) => boolean {
  return ({ id, cloudUrl }) => id === meant.id && cloudUrl === (meant.cloudUrl ?? cloudUrl);
}

/** The token of a login in waiting, `null` while a code is all there is. */
function tokenOf({ living }: Open): string | null {
  return living.record.clouds[0]?.login?.token ?? null;
}
