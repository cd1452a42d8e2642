// An account with its simulated surroundings, for the property tests of one account.
import type { Account } from '../../../src/account/account.js';
import { ManagedAccount } from '../../../src/account/managed-account.js';
import type { AccountOptions } from '../../../src/account/account-options.js';
import type { StepResult } from '../../../src/account/account-operations.js';
import type { Clock } from '../../../src/async/clock.js';
import { OtpLimiter, otpLimiterShape } from '../../../src/login/otp-limiter.js';
import { FileStore, StateDirectory } from '../../../src/store/file-store.js';
import type { HttpResponse, HttpRequest } from '../../../src/http/http-client.js';
import { RateLimiter } from '../../../src/async/rate-limiter.js';
import type { Snapshot } from '../../../src/account/snapshot.js';
import {
  type AccountRecord,
  accountShape,
  type CloudRecord,
  cloudOf,
  emptyAccount,
} from '../../../src/state/account-record.js';
import { DAY, FakeClock, settle } from '../../src/support/fake-clock.js';
import { FakeCloud } from '../../src/support/fake-cloud.js';
import { EMAIL, FAKE_URL, Lines } from '../../src/support/stage.js';
import { CloudModel } from './cloud-model.js';
import { MemoryDisk } from './memory-fs.js';
import { ownProcess } from '../../src/support/own-process.js';

const PATH = '/state/cozify';
const NAME = 'a1.json';
const ORIGIN = new URL(FAKE_URL).origin;

export type StepName =
  'logIn' | 'requestOtp' | 'authenticate' | 'wrongCode' | 'refresh' | 'ping' | 'reset' | 'setToken' | 'setEmail';

/** The steps that may send an e-mail. */
const MAILING: readonly StepName[] = ['logIn', 'requestOtp', 'authenticate'];
/** The steps that may renew the token. */
const RENEWING: readonly StepName[] = ['refresh', 'ping', 'authenticate'];

/** A process. Its memory is lost when the process dies. */
class Process {
  isDead = false;
  /** Number of disk operations until the process dies. */
  stepsLeft = Infinity;
  readonly timers = new Set<number>();
  /** Number of token requests in flight, including requests of closed accounts. */
  asking = 0;
  readonly clock: Clock;
  readonly directory: StateDirectory;
  readonly otpLimiter: OtpLimiter;

  constructor(clock: FakeClock, disk: MemoryDisk, log: Lines) {
    this.clock = {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      random: () => clock.random(),
      setTimeout: (callback, delayMs) => this.#set(clock, callback, delayMs),
      clearTimeout: (timer) => {
        this.timers.delete(timer as number);
        clock.clearTimeout(timer);
      },
    };
    const fs = disk.mount(() => {
      if (this.stepsLeft-- <= 0) this.isDead = true;
      if (this.isDead) throw Object.assign(new Error('the process is dead'), { code: 'EDEAD' });
    });
    this.directory = new StateDirectory(PATH, log, fs, ownProcess());
    this.otpLimiter = new OtpLimiter(new FileStore(this.directory, 'codes', otpLimiterShape), this.clock);
  }

  #set(clock: FakeClock, callback: () => void, delayMs: number): number {
    const timer: number = clock.setTimeout(() => {
      this.timers.delete(timer);
      if (!this.isDead) callback();
    }, delayMs);
    this.timers.add(timer);
    return timer;
  }
}

/** An account with its clock, disk, cloud and consecutive processes. Records violations of the rules. */
export class Machine {
  readonly clock = new FakeClock();
  readonly disk = new MemoryDisk();
  readonly log = new Lines();
  readonly fake = new FakeCloud(this.clock);
  readonly cloud = new CloudModel(this.clock, this.fake);
  /** Violations seen so far. */
  readonly violations: string[] = [];
  /** The events since the last check. */
  events: { topic: string; snapshot: Snapshot }[] = [];
  readonly errors: unknown[] = [];
  readonly pending = new Set<{ step: StepName }>();
  readonly setByHand = new Set<string>();
  /** Whether the clock was set. The age of a code, and so the state, may then change without an event. */
  hasJumped = false;
  /** Whether a reset of the current account has succeeded. */
  hasReset = false;
  managed!: ManagedAccount;
  #process = new Process(this.clock, this.disk, this.log);
  #options!: AccountOptions;
  #deploys = 0;
  readonly #closing: Promise<void>[] = [];

  static async start(): Promise<Machine> {
    const machine = new Machine();
    await machine.#open();
    return machine;
  }

  get account(): Account {
    return this.managed.account;
  }

  get login(): CloudRecord['login'] {
    return cloudOf(this.managed.record, ORIGIN).login;
  }

  get timers(): number {
    return this.#process.timers.size;
  }

  /** Whether the current token, or the token it was renewed from, was set to be kept in memory only. */
  get isInMemoryOnly(): boolean {
    return this.managed.run.parts.accountState.record !== this.managed.run.parts.accountState.saved;
  }

  /** Whether a change of the account or of the code limits is not saved. */
  get isSaveDue(): boolean {
    return !this.account.snapshot().saved || this.#process.otpLimiter.needsSave;
  }

  /** Whether a token request is in flight. */
  get isAsking(): boolean {
    return this.#process.asking > 0;
  }

  /** The record on the disk, read without changing anything there. */
  async stored(): Promise<AccountRecord> {
    const directory = new StateDirectory(PATH, new Lines(), this.disk.copy().mount(), ownProcess());
    return (await new FileStore(directory, NAME, accountShape).load()) ?? emptyAccount;
  }

  async storedLogin(): Promise<CloudRecord['login']> {
    return cloudOf(await this.stored(), ORIGIN).login;
  }

  /** Starts a step without waiting for its end. */
  begin(step: StepName, work: (account: Account) => Promise<StepResult<unknown>>): void {
    const entry = { step };
    this.pending.add(entry);
    work(this.account)
      .then(() => (this.hasReset ||= step === 'reset'))
      .catch((error: unknown) => this.errors.push(error))
      .finally(() => this.pending.delete(entry))
      .catch(() => undefined);
  }

  /** Deploys the account. Every second Deploy removes the account's node for two seconds. */
  async deploy(): Promise<void> {
    this.#deploys += 1;
    if (this.#deploys % 2 === 0) {
      void this.managed.stop();
      await this.clock.advance(2_000);
    }
    this.managed.configure(this.#options);
    this.managed.start();
    await settle();
  }

  /** Lets the process die after this number of disk operations. */
  dieAfter(steps: number): void {
    this.#process.stepsLeft = steps;
  }

  /** Ends the process without clean-up, and starts another. */
  async kill(): Promise<void> {
    this.#process.isDead = true;
    this.pending.clear();
    this.#process = new Process(this.clock, this.disk, this.log);
    await this.#open();
  }

  async end(): Promise<void> {
    this.#closing.push(this.account.close());
    await this.clock.advance(20_000);
    await Promise.all(this.#closing);
  }

  async #open(): Promise<void> {
    const process = this.#process;
    this.hasReset = false;
    const state = { refreshing: 0, lastInBackground: -Infinity };
    const options: AccountOptions = {
      ...{ id: 'a1', name: '', cloudUrl: FAKE_URL, email: EMAIL, isAutorefresh: true, expiryMs: DAY, log: this.log },
      ...{
        otpLimiter: process.otpLimiter,
        clock: process.clock,
        rateLimiter: new RateLimiter(process.clock),
      },
      store: new FileStore(process.directory, NAME, accountShape),
      http: { close: () => undefined, send: (request) => this.#send(process, state, request) },
    };
    const managed = new ManagedAccount(options);
    managed.account.onEvent((topic, snapshot) => {
      if (process === this.#process && managed === this.managed) this.events.push({ topic, snapshot });
    });
    this.managed = managed;
    this.#options = options;
    this.#watch(managed);
    managed.start();
    await settle();
    if (!managed.account.isReady) this.violations.push('the account is not ready after a start');
  }

  /**
   * Records a violation if a late renewal replaces a token other than the one that it was requested with, or undoes a
   * reset.
   */
  #watch(managed: ManagedAccount): void {
    const { account } = managed;
    const tokenOf = (): string | undefined => cloudOf(managed.record, ORIGIN).login?.token;
    let last: string | undefined;
    account.onChange(() => {
      const token = tokenOf();
      const parent = this.cloud.parents.get(token ?? '');
      // Two renewals of one token can be in flight around a Deploy. The newer one wins.
      const isSibling = parent === this.cloud.parents.get(last ?? '');
      const isLate = account.isReady && token !== last && parent !== undefined && parent !== last && !isSibling;
      if (isLate && last !== undefined) this.violations.push('a late renewal replaced another token');
      if (isLate && last === undefined && this.hasReset) this.violations.push('a late renewal undid a reset');
      last = token;
    });
  }

  async #send(
    process: Process,
    state: { refreshing: number; lastInBackground: number },
    request: HttpRequest,
  ): Promise<HttpResponse> {
    const never = new Promise<HttpResponse>(() => undefined);
    if (process.isDead) return never;
    // A request that was aborted before its start is never sent.
    if (request.signal?.aborted === true) return this.fake.http.send(request);
    const isFor = (names: readonly StepName[]): boolean => [...this.pending].some(({ step }) => names.includes(step));
    const isRefresh = request.url.endsWith('/refreshsession');
    if (request.url.includes('/requestlogin') && !isFor(MAILING)) this.violations.push('an e-mail without a request');
    if (isRefresh && ++state.refreshing > 1) this.violations.push('two refreshes at a time');
    if (isRefresh && !isFor(RENEWING)) {
      const gap = this.clock.monotonic() - state.lastInBackground;
      // The shortest interval is 30 s, for a login that ends within a day. The random part may shorten it by a quarter.
      if (gap < 22_500) this.violations.push(`the background renewed again after ${gap} ms`);
      state.lastInBackground = this.clock.monotonic();
    }
    const isForToken = isRefresh || request.url.endsWith('/emaillogin');
    if (isForToken) process.asking += 1;
    try {
      const answer = await this.fake.http.send(request);
      return process.isDead ? await never : answer;
    } catch (error) {
      if (process.isDead) return await never;
      throw error;
    } finally {
      if (isRefresh) state.refreshing -= 1;
      if (isForToken) process.asking -= 1;
    }
  }
}
