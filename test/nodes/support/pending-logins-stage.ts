import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PendingLogins } from '../../../nodes/accounts/pending-logins';
import type { Account, AccountRecord } from '../../../src/index.js';
import { createHttp } from '../../../src/http/http-client.js';
import { ManagedAccount } from '../../../src/account/managed-account.js';
import { OtpLimiter, RateLimiter } from '../../../src/nodes-api.js';
import type { Store } from '../../../src/index.js';
import { StateDirectory, systemClock } from '../../../src/nodes-api.js';
import { createNoStore } from '../../../src/store/store.js';
import { FakeClock } from '../../src/support/fake-clock';
import { Simulator } from '../../simulator';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Pending logins in a folder of their own, at a simulated cloud with two origins. */
export class PendingLoginsStage {
  /** The clock of the pending logins. */
  clock = new FakeClock();
  folder = '';
  logins = this.#create(undefined);
  accounts: ManagedAccount[] = [];
  #simulator: Simulator | undefined;
  #names = 0;

  /** Opens a stage for the calling suite. The stage is emptied before each test. */
  static forSuite(): PendingLoginsStage {
    const stage = new PendingLoginsStage();
    before(async () => {
      stage.#simulator = await Simulator.start({ hubs: [] });
    });
    after(() => stage.#simulator?.stop());
    beforeEach(() => stage.#enter());
    afterEach(() => stage.#leave());
    return stage;
  }

  get simulator(): Simulator {
    assert.ok(this.#simulator, 'the stage is not open');
    return this.#simulator;
  }

  get cloudUrl(): string {
    return this.simulator.cloudUrl;
  }

  get otherUrl(): string {
    return this.cloudUrl.replace('127.0.0.1', 'localhost');
  }

  /** Simulates a restart of the process. With `null`, the process has no user directory. */
  restart(directory: StateDirectory | null = new StateDirectory(this.folder, log)): void {
    this.logins.close();
    this.logins = this.#create(directory ?? undefined);
  }

  /** Returns the pending login of an account at a cloud, and starts it if necessary. */
  begin(id: string, cloudUrl = this.cloudUrl): Promise<Account> {
    return this.logins.use(id, cloudUrl, (account) => Promise.resolve(account));
  }

  /** Logs in with a new e-mail address, and returns the address. */
  async logIn(id: string, cloudUrl = this.cloudUrl): Promise<string> {
    const email = `owner${(this.#names += 1)}@example.fi`;
    const account = await this.begin(id, cloudUrl);
    await account.requestOtp(email);
    await account.authenticate({ email, otp: this.simulator.latestCode(email) });
    return email;
  }

  async found(id: string, email: string | undefined, cloudUrl = this.cloudUrl): Promise<AccountRecord | null> {
    return (await this.logins.find(id, cloudUrl, email === undefined ? [] : [email]))?.record ?? null;
  }

  /** Adopts a pending login as a deployed account does. */
  async take(id: string, email: string): Promise<AccountRecord | undefined> {
    const offer = await this.logins.find(id, this.cloudUrl, [email]);
    await offer?.remove();
    return offer?.record;
  }

  async isThere(id: string): Promise<boolean> {
    return (await this.logins.get(id)) !== undefined;
  }

  /** Files of pending logins. */
  files(): string[] {
    return readdirSync(this.folder).filter((name) => name.includes('pending'));
  }

  /** Lets time pass without firing timers. */
  passed(ms: number): Promise<void> {
    return this.clock.skip(ms);
  }

  #enter(): void {
    this.folder = mkdtempSync(join(tmpdir(), 'cozify-pending-'));
    this.accounts = [];
    this.clock = new FakeClock();
    this.restart();
  }

  async #leave(): Promise<void> {
    this.logins.close();
    for (const managed of this.accounts) await managed.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #create(directory: StateDirectory | undefined): PendingLogins {
    const otpLimiter = new OtpLimiter(createNoStore('codes'), systemClock);
    const create = (id: string, cloudUrl: string, store: Store<AccountRecord>): ManagedAccount => {
      const account = new ManagedAccount({
        ...{
          id,
          name: '',
          cloudUrl,
          store,
          otpLimiter,
          log,
          clock: systemClock,
          rateLimiter: new RateLimiter(systemClock),
        },
        ...{ http: createHttp(), isAutorefresh: false, expiryMs: DAY, isPassive: true },
      });
      this.accounts.push(account);
      return account;
    };
    return new PendingLogins({ directory, clock: this.clock, create });
  }
}
