import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Account } from '../../../src/account/account.js';
import { ManagedAccount } from '../../../src/account/managed-account.js';
import type { AccountOptions } from '../../../src/account/account-options.js';
import { OtpLimiter, otpLimiterShape } from '../../../src/login/otp-limiter.js';
import { FileStore, StateDirectory } from '../../../src/store/file-store.js';
import { createHttp, type HttpRequest } from '../../../src/http/http-client.js';
import { RateLimiter } from '../../../src/async/rate-limiter.js';
import {
  type AccountRecord,
  accountShape,
  cloudOf,
  emptyAccount,
  withCloud,
  newLogin,
} from '../../../src/state/account-record.js';
import { Simulator, type SimulatorOptions } from '../../simulator/index.js';
import { DAY, FakeClock, HOUR } from '../../src/support/fake-clock.js';
import { FaultyFs } from '../../src/support/faulty-fs.js';
import { makeFolder, removeFolders } from '../../src/support/folder.js';
import { EMAIL, Lines } from '../../src/support/stage.js';
import { assertKept, type Kept } from './kept.js';
import type { World } from './table.js';
import { ownProcess } from '../../src/support/own-process.js';

export const FILE = 'a1.json';

/** A logged-in account with real files, real sockets and a simulated clock. */
export class Home implements Kept, World {
  readonly simulator: Simulator;
  readonly clock: FakeClock;
  readonly log = new Lines();
  readonly disk = new FaultyFs();
  /** The directory of the state. */
  readonly path: string;
  /** The topics of all events. */
  readonly topics: string[] = [];
  /** The requests of the account, before {@link detour} and {@link patience} change them. */
  readonly sent: HttpRequest[] = [];
  /** Factor for the deadline of each request to the cloud, so that no test waits for a whole deadline. */
  patience = 1;
  /** Factor for the deadline of each request to a hub on the LAN. */
  lanPatience = 1;
  /** Returns the URL to use in place of the URL of a request to the cloud, if set. */
  detour: ((url: URL) => URL) | undefined;
  token = '';
  readonly #rateLimiter: RateLimiter;
  readonly #open = new Set<Account>();
  readonly #cleanUps: (() => unknown)[] = [];
  #account: Account | undefined;

  private constructor(simulator: Simulator, clock: FakeClock, folder: string) {
    this.simulator = simulator;
    this.clock = clock;
    this.path = join(folder, 'cozify');
    this.#rateLimiter = new RateLimiter(clock);
  }

  /** Opens a home with a logged-in account; by default without hubs. */
  static async open(options: SimulatorOptions = {}): Promise<Home> {
    const clock = new FakeClock();
    const simulator = await Simulator.start({ hubs: [], ...options, now: () => clock.outside() });
    const home = new Home(simulator, clock, await makeFolder());
    await home.saveLogin(simulator.issueToken(EMAIL));
    await home.start();
    return home;
  }

  get account(): Account {
    assert.ok(this.#account, 'there should be an account');
    return this.#account;
  }

  /** The store of the account's state, as another process sees it. */
  store(disk = new FaultyFs()): FileStore<AccountRecord> {
    return new FileStore(new StateDirectory(this.path, this.log, disk.fs, ownProcess()), FILE, accountShape);
  }

  /** Saves a login in the state file and in its last good copy, as an earlier process would have left it. */
  async saveLogin(token: string): Promise<void> {
    const record = { ...emptyAccount, email: EMAIL, configuredEmail: EMAIL };
    const { origin } = new URL(this.simulator.cloudUrl);
    const login = newLogin(token, this.clock.now(), EMAIL);
    const content = withCloud(record, { ...cloudOf(record, origin), login, revision: 1 });
    for (let copy = 0; copy < 2; copy++) await this.store().save(content);
    this.token = token;
  }

  /** Opens an account on the files, as at a start of Node-RED, without waiting until the files are read. */
  begin(options: Partial<AccountOptions> = {}): Account {
    const http = createHttp();
    const directory = new StateDirectory(this.path, this.log, this.disk.fs, ownProcess());
    const managed = new ManagedAccount({
      ...{ id: 'a1', name: '', cloudUrl: this.simulator.cloudUrl, email: EMAIL, isAutorefresh: true, expiryMs: DAY },
      ...{ clock: this.clock, rateLimiter: this.#rateLimiter, log: this.log },
      store: new FileStore(directory, FILE, accountShape),
      otpLimiter: new OtpLimiter(new FileStore(directory, 'codes', otpLimiterShape), this.clock),
      http: { close: http.close, send: (request) => http.send(this.#altered(request)) },
      ...options,
    });
    const { account } = managed;
    account.onEvent((topic) => this.topics.push(topic));
    this.#open.add(account);
    this.#account = account;
    managed.start();
    return account;
  }

  async start(options: Partial<AccountOptions> = {}): Promise<Account> {
    const account = this.begin(options);
    await account.ready;
    return account;
  }

  async close(account = this.account): Promise<void> {
    this.#open.delete(account);
    await account.close();
  }

  async reopen(): Promise<Account> {
    await this.close();
    return this.start();
  }

  async stored(): Promise<string | undefined> {
    return (await this.storedRecord())?.clouds[0]?.login?.token;
  }

  storedRecord(): Promise<AccountRecord | null> {
    return this.store().load();
  }

  async heal(): Promise<void> {
    this.simulator.clearFaults();
    this.disk.heal();
    this.detour = undefined;
    this.patience = 1;
    this.lanPatience = 1;
    if (!this.#isOnline) await this.simulator.goOnline();
    // Longer than the account waits for any Retry-After.
    this.clock.sleep(7 * HOUR);
  }

  assertKept(): Promise<void> {
    return assertKept(this);
  }

  /** Makes the cloud unreachable until {@link heal}. */
  async goOffline(): Promise<void> {
    this.#isOnline = false;
    await this.simulator.goOffline();
  }
  #isOnline = true;

  /** Registers clean-up work for the end of the row. */
  onEnd(work: () => unknown): void {
    this.#cleanUps.push(work);
  }

  async end(): Promise<void> {
    await Promise.all([...this.#open].map((account) => this.close(account)));
    await this.simulator.stop();
    for (const work of this.#cleanUps) await work();
    await removeFolders();
  }

  #altered(request: HttpRequest): HttpRequest {
    this.sent.push(request);
    if (request.isLan) return { ...request, deadlineMs: request.deadlineMs * this.lanPatience };
    const url = this.detour?.(new URL(request.url));
    return { ...request, url: url?.href ?? request.url, deadlineMs: request.deadlineMs * this.patience };
  }
}
