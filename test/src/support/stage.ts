import assert from 'node:assert/strict';
import type { Account } from '../../../src/account/account.js';
import { ManagedAccount } from '../../../src/account/managed-account.js';
import type { AccountOptions } from '../../../src/account/account-options.js';
import { OtpLimiter, type OtpLimiterRecord } from '../../../src/login/otp-limiter.js';
import type { CozifyError, ErrorCode } from '../../../src/errors.js';
import { createHttp } from '../../../src/http/http-client.js';
import { RateLimiter } from '../../../src/async/rate-limiter.js';
import {
  type AccountRecord,
  type CloudRecord,
  cloudOf,
  emptyAccount,
  withCloud,
  newLogin,
} from '../../../src/state/account-record.js';
import type { Log } from '../../../src/store/store.js';
import { Simulator, type SimulatorOptions } from '../../simulator/index.js';
import { DAY, FakeClock, MINUTE, settle } from './fake-clock.js';
import { FakeCloud } from './fake-cloud.js';
import { MemoryStore } from './memory-store.js';
import { makeToken } from './tokens.js';

export const EMAIL = 'matti+koti@example.fi';
export const FAKE_URL = 'https://cloud.example/ui/0.2';

/** An account in the environment of {@link Stage}, with the topics of its events. */
export interface AccountFixture {
  account: Account;
  managed: ManagedAccount;
  options: AccountOptions;
  /** The topics of the account's events, in order. */
  topics: string[];
}

/** Collects the lines of the log. */
export class Lines implements Log {
  readonly all: string[] = [];
  info = (line: string): void => void this.all.push(`info ${line}`);
  warn = (line: string): void => void this.all.push(`warn ${line}`);
  error = (line: string): void => void this.all.push(`error ${line}`);
}

/** A stage with the simulated cloud. */
export type SimulatedStage = Stage & { simulator: Simulator };

/** The environment of an account: a fake clock, a store, a limiter for login codes, and a cloud. */
export class Stage {
  readonly clock = new FakeClock();
  readonly log = new Lines();
  readonly cloud = new FakeCloud(this.clock);
  readonly rateLimiter = new RateLimiter(this.clock);
  readonly codesStore = new MemoryStore<OtpLimiterRecord>();
  store = new MemoryStore<AccountRecord>();
  otpLimiter = new OtpLimiter(this.codesStore, this.clock);
  cloudUrl = FAKE_URL;
  simulator: Simulator | undefined;
  readonly #fixtures = new Set<AccountFixture>();

  /** Opens a stage with the simulated cloud over real sockets. */
  static async withSimulator(options: SimulatorOptions = {}): Promise<SimulatedStage> {
    const stage = new Stage();
    const simulator = await Simulator.start({ ...options, now: () => stage.clock.outside() });
    stage.cloudUrl = simulator.cloudUrl;
    return Object.assign(stage, { simulator });
  }

  /** Opens a stage with the fake cloud and an account that is logged in. */
  static async withLogin(): Promise<{ stage: Stage; fixture: AccountFixture; token: string }> {
    const stage = new Stage();
    const token = makeToken(stage.clock.now());
    stage.saveLogin(token);
    return { stage, fixture: await stage.open(), token };
  }

  /** Opens a stage with the simulated cloud and an account without a login. */
  static async withAccount(): Promise<{ stage: SimulatedStage; simulator: Simulator; fixture: AccountFixture }> {
    const stage = await Stage.withSimulator();
    return { stage, simulator: stage.simulator, fixture: await stage.open() };
  }

  /**
   * Opens a stage as {@link withAccount} does, and logs in with a code; clears the requests and events of the login.
   */
  static async withLoggedIn(): Promise<{
    stage: SimulatedStage;
    simulator: Simulator;
    fixture: AccountFixture;
    token: string;
  }> {
    const { stage, simulator, fixture } = await Stage.withAccount();
    const token = await stage.logIn(fixture);
    simulator.clearRequests();
    fixture.topics.length = 0;
    return { stage, simulator, fixture, token };
  }

  /** Opens an account, as a start of Node-RED does. */
  async open(options: Partial<AccountOptions> = {}): Promise<AccountFixture> {
    const fixture = this.prepare(options);
    fixture.managed.start();
    await fixture.account.ready;
    return fixture;
  }

  /** Makes an account without starting it. */
  prepare(options: Partial<AccountOptions> = {}): AccountFixture {
    const defaults = {
      ...{ id: 'a1', name: '', cloudUrl: this.cloudUrl, email: EMAIL, isAutorefresh: true, expiryMs: DAY },
      ...{
        store: this.store,
        otpLimiter: this.otpLimiter,
        clock: this.clock,
        rateLimiter: this.rateLimiter,
        log: this.log,
      },
      http: this.simulator === undefined ? this.cloud.http : createHttp(),
    };
    const managed = new ManagedAccount({ ...defaults, ...options });
    const topics: string[] = [];
    managed.account.onEvent((topic) => topics.push(topic));
    const fixture = { account: managed.account, managed, options: { ...defaults, ...options }, topics };
    this.#fixtures.add(fixture);
    return fixture;
  }

  /** Deploys changed settings of the account. */
  async deploy(fixture: AccountFixture, settings: Partial<AccountOptions> = {}): Promise<void> {
    Object.assign(fixture.options, settings);
    fixture.managed.configure(fixture.options);
    await fixture.account.ready;
    await settle();
  }

  /** Disables and enables the account. */
  async switchOffAndOn(fixture: AccountFixture): Promise<void> {
    void fixture.managed.stop();
    await this.clock.advance(0);
    fixture.managed.start();
  }

  /** Logs in with a code at the simulated cloud; returns the token. */
  async logIn({ account }: AccountFixture, email = EMAIL): Promise<string> {
    const { simulator } = this;
    assert.ok(simulator, 'logIn needs the simulated cloud');
    await account.requestOtp(email);
    await account.authenticate({ otp: simulator.latestCode(email), email });
    return (await account.token()).value;
  }

  /**
   * Lets time pass without firing timers. `ms` must be longer than 11 minutes, which exceeds the minimum time between
   * renewals.
   */
  async passWithoutTimers(ms: number): Promise<void> {
    const hold = 11 * MINUTE;
    await this.clock.skip(hold);
    this.clock.sleep(ms - hold);
  }

  /** Closes an account and lets the time for its last saves pass. */
  async close(fixture: AccountFixture): Promise<void> {
    const closing = fixture.account.close();
    if (this.simulator === undefined) await this.clock.advance(4_000);
    await closing;
    this.#fixtures.delete(fixture);
  }

  /** Closes an account and opens another with the same store and the saved state of the limiter for login codes. */
  async restart(fixture: AccountFixture, options: Partial<AccountOptions> = {}): Promise<AccountFixture> {
    await this.close(fixture);
    this.otpLimiter = new OtpLimiter(this.codesStore, this.clock);
    return this.open(options);
  }

  async end(): Promise<void> {
    await Promise.all([...this.#fixtures].map((fixture) => this.close(fixture)));
    await this.simulator?.stop();
  }

  /** The stored record of the current cloud. */
  get stored(): CloudRecord {
    return cloudOf(this.store.content ?? emptyAccount, new URL(this.cloudUrl).origin);
  }

  /** Saves a login, as an earlier process would. */
  saveLogin(token: string, options: { lastRefresh?: number | null } = {}): void {
    const { lastRefresh = this.clock.now() } = options;
    const record = { ...emptyAccount, email: EMAIL, configuredEmail: EMAIL };
    const { origin } = new URL(this.cloudUrl);
    this.store.put(
      withCloud(record, { ...cloudOf(record, origin), login: newLogin(token, lastRefresh, EMAIL), revision: 1 }),
    );
  }
}

/** Waits until a step fails, checks the error's code, and returns the error. */
export async function failure(work: Promise<unknown>, code: ErrorCode): Promise<CozifyError> {
  let thrown: unknown;
  await work.catch((error: unknown) => (thrown = error));
  assert.equal((thrown as { code?: string } | undefined)?.code, code, `${code} expected: ${String(thrown)}`);
  return thrown as CozifyError;
}

export { settle };
