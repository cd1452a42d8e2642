import { Agent, get } from 'node:http';
import type { Account } from '../../src/account/account.js';
import { ManagedAccount } from '../../src/account/managed-account.js';
import { systemClock } from '../../src/async/clock.js';
import { RateLimiter } from '../../src/async/rate-limiter.js';
import { createHttp } from '../../src/http/http-client.js';
import { DEFAULT_EXPIRY_MS } from '../../src/input.js';
import { OtpLimiter } from '../../src/login/otp-limiter.js';
import type { AccountRecord } from '../../src/state/account-record.js';
import { createNoStore } from '../../src/store/store.js';
import { runInChildProcess } from './child-process';
import type { BenchCloud } from './cloud';
import { countRow, micros, ratioRow, type Row, type Section } from './report';
import { costOf, interleave, type Rounds } from './rounds';

const WIDTH = 16;
const CALLS = 640;
const WAITERS = 1000;

interface Options {
  url: string;
  rounds: number;
  atOnce: number;
}

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * Opens accounts, logs them in and waits until they have discovered their hubs. They share the HTTP client and the
 * limiters, as the accounts of one Node-RED process do.
 */
export async function openAccounts(url: string, count: number): Promise<Account[]> {
  const http = createHttp();
  const clock = systemClock;
  const rateLimiter = new RateLimiter(clock);
  const otpLimiter = new OtpLimiter(createNoStore('codes'), clock);
  const create = (index: number): ManagedAccount =>
    new ManagedAccount({
      id: `a${index}`,
      name: '',
      cloudUrl: url,
      email: `owner${index}@example.fi`,
      isAutorefresh: true,
      expiryMs: DEFAULT_EXPIRY_MS,
      store: createNoStore<AccountRecord>('account'),
      otpLimiter,
      http,
      clock,
      rateLimiter,
      log: silent,
    });
  const accounts = Array.from({ length: count }, (_, index) => create(index));
  for (const managed of accounts) managed.start();
  for (const { account } of accounts) await account.authenticate({ otp: 'ABC123' });
  return accounts.map(({ account }) => account);
}

/** Runs `count` calls in `atOnce` concurrent workers. */
async function spread(count: number, atOnce: number, call: (worker: number) => Promise<unknown>): Promise<void> {
  const work = async (index: number): Promise<void> => {
    for (let made = 0; made < count / atOnce; made++) await call(index);
  };
  await Promise.all(Array.from({ length: atOnce }, (_, index) => work(index)));
}

/**
 * Runs in its own process: measures the cost of pings, and of the same requests made with axios and with `node:http`.
 */
export async function callRounds({ url, rounds, atOnce }: Options): Promise<Rounds<'ping' | 'axios' | 'bare'>> {
  const accounts = await openAccounts(url, atOnce);
  const hubKeys = `${url}/user/hubkeys`;
  const headers = { Authorization: (await accounts[0]?.token())?.value ?? '' };
  const agent = new Agent({ keepAlive: true });
  const bare = (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      get(hubKeys, { agent, headers }, (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (body += chunk));
        response.on('end', () => resolve(JSON.parse(body)));
      }).on('error', reject);
    });
  const { default: axios } = await import('axios');
  const costs = (call: (worker: number) => Promise<unknown>) => () => costOf(CALLS, () => spread(CALLS, atOnce, call));
  return interleave(rounds, {
    ping: costs((worker) => accounts[worker]?.ping() ?? Promise.reject(new Error('no account'))),
    axios: costs(() => axios.get(hubKeys, { headers })),
    bare: costs(bare),
  });
}

/** Runs in its own process: measures the cost of a thousand concurrent pings of one account. */
export async function waiters({ url }: Options): Promise<{ cpuUs: number }> {
  const [account] = await openAccounts(url, 1);
  if (account === undefined) throw new Error('no account');
  const wait = () => costOf(WAITERS, () => Promise.all(Array.from({ length: WAITERS }, () => account.ping())));
  await wait();
  return wait();
}

/**
 * Compares the cost of the library's ping with the same request made with axios and with `node:http`. Also counts the
 * calls to the cloud that a thousand concurrent pings cause.
 */
export async function measureCalls(cloud: BenchCloud, rounds: number): Promise<Section> {
  const rows: Row[] = [];
  for (const atOnce of [1, WIDTH]) {
    const costs = await runInChildProcess<Rounds<'ping' | 'axios' | 'bare'>>('calls', 'callRounds', {
      url: cloud.url,
      rounds,
      atOnce,
    });
    const what = atOnce === 1 ? '`account.ping()`' : `\`account.ping()\` of ${atOnce} accounts at once`;
    rows.push(
      ratioRow(`${what} to a bare client`, undefined, costs.ping, costs.bare),
      ratioRow(`${what} to plain axios`, undefined, costs.ping, costs.axios),
    );
  }
  let cost = { cpuUs: 0 };
  const seen = await cloud.during(async () => (cost = await runInChildProcess('calls', 'waiters', { url: cloud.url })));
  // Count only the calls that the pings cause: subtract the call that discovers the hubs after the login.
  const asked = (seen.calls['hubkeys'] ?? 0) - 1;
  rows.push(countRow(`calls for twice ${WAITERS} pings at the same time`, 2, asked, `${micros(cost.cpuUs)} a ping`));
  return {
    title: 'The library',
    measured: 'library',
    about: `${CALLS} calls a round without Node-RED, in a process of their own.`,
    rows,
  };
}
