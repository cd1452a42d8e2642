import assert from 'node:assert/strict';
import type { Account } from '../../../src/account/account.js';
import { ManagedAccount } from '../../../src/account/managed-account.js';
import { OtpLimiter, type OtpLimiterRecord } from '../../../src/login/otp-limiter.js';
import { RateLimiter } from '../../../src/async/rate-limiter.js';
import {
  cloudOf,
  emptyAccount,
  type AccountRecord,
  withCloud,
  withLogin,
  newLogin,
} from '../../../src/state/account-record.js';
import { MemoryStore } from '../../src/support/memory-store.js';
import { type LongClock, ProcessClock } from './long-clock.js';
import type { Seeded } from './seeded.js';
import type { YearsCloud } from './years-cloud.js';

const CLOUD_URL = 'https://cloud.example/ui/0.2';
const ORIGIN = new URL(CLOUD_URL).origin;
const EMAIL = 'owner@example.fi';

/** A machine with a disk. Its processes run the accounts on the disk, and end by a stop or a power cut. */
export class YearsHost {
  /** Number of events by topic, of all accounts together. The topic `hubs` is not counted. */
  readonly topics: Record<string, number> = {};
  /** The largest number of timers that an account had while none of its requests was in flight. */
  mostTimers = 0;
  /** The longest delay of any timer, in milliseconds. */
  longestTimerMs = 0;
  accounts: Account[] = [];
  readonly #clock: LongClock;
  readonly #cloud: YearsCloud;
  readonly #random: Seeded;
  readonly #expiryMs: number;
  readonly #stores: MemoryStore<AccountRecord>[] = [];
  readonly #codes = new MemoryStore<OtpLimiterRecord>();
  #processes: { clock: ProcessClock; inFlight: () => number }[] = [];

  constructor(clock: LongClock, cloud: YearsCloud, random: Seeded, expiryMs: number) {
    this.#clock = clock;
    this.#cloud = cloud;
    this.#random = random;
    this.#expiryMs = expiryMs;
  }

  /** Saves an account on the disk, with a login of this age. */
  addLogin(ageMs: number, user = 'user-1'): void {
    const store = new MemoryStore<AccountRecord>();
    const login = newLogin(this.#cloud.issueToken(user), this.#clock.wall - ageMs, EMAIL);
    const record = { ...emptyAccount, email: EMAIL, configuredEmail: EMAIL };
    store.put(withCloud(record, withLogin(cloudOf(record, ORIGIN), login, this.#clock.wall - ageMs)));
    this.#stores.push(store);
  }

  /** Starts a process with all accounts on the disk. */
  start(): void {
    const shared = new ProcessClock(this.#clock, this.#random.next);
    const [otpLimiter, rateLimiter] = [new OtpLimiter(this.#codes, shared), new RateLimiter(shared)];
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    this.accounts = this.#stores.map((store, index) => {
      // Each account has its own clock, which counts its timers.
      const clock = new ProcessClock(this.#clock, this.#random.next);
      const http = this.#cloud.connect(clock);
      this.#processes.push({ clock, inFlight: http.inFlight });
      const managed = new ManagedAccount({
        ...{ id: `a${index}`, name: '', cloudUrl: CLOUD_URL, email: EMAIL, isAutorefresh: true },
        ...{ expiryMs: this.#expiryMs, store, otpLimiter, http, clock, rateLimiter, log },
      });
      const { account } = managed;
      account.onEvent((topic) => {
        if (topic !== 'hubs') this.topics[topic] = (this.topics[topic] ?? 0) + 1;
      });
      managed.start();
      return account;
    });
  }

  /** Ends all processes without clean-up, as a power cut does. */
  kill(): void {
    this.sampleTimers();
    for (const { clock } of this.#processes) clock.kill();
    for (const account of this.accounts) void account.close().catch(() => undefined);
    this.accounts = [];
    this.#processes = [];
  }

  /** Stops all processes within 5 s, as a service manager does. */
  async stop(): Promise<void> {
    this.sampleTimers();
    const closing = this.accounts.map((account) => account.close());
    await this.#clock.advance(5_000);
    await Promise.all(closing);
    for (const { clock } of this.#processes) {
      assert.equal(clock.timers, 0, 'a closed account has no timer');
      clock.kill();
    }
    this.accounts = [];
    this.#processes = [];
  }

  /** Updates {@link mostTimers} and {@link longestTimerMs}. */
  sampleTimers(): void {
    for (const { clock, inFlight } of this.#processes) {
      if (inFlight() === 0) this.mostTimers = Math.max(this.mostTimers, clock.timers);
      this.longestTimerMs = Math.max(this.longestTimerMs, clock.longestMs);
    }
  }

  /** Asserts that no login is lost: in memory, on the disk and at the cloud. */
  checkLogins(when: string): void {
    for (const [index, account] of this.accounts.entries()) {
      assert.equal(account.snapshot().state, 'authenticated', `${when}: the state of account ${index}`);
    }
    for (const [index, store] of this.#stores.entries()) {
      const { login } = cloudOf(store.content ?? emptyAccount, ORIGIN);
      assert.ok(login !== null && this.#cloud.isValid(login.token), `${when}: the token on disk ${index} is not valid`);
    }
  }
}
