import { Agent, get } from 'node:http';
import { heapInUse } from '../../test/endurance/support/heap';
import { DAY } from '../../test/src/support/fake-clock';
import { runInChildProcess } from './child-process';
import { openAccounts } from './calls';
import type { BenchCloud } from './cloud';
import { IdleHome } from '../../test/src/support/idle-home';
import { countRow, inWords, type Row, type Section } from './report';
import { costOf, spread } from './rounds';

const PARTS = 'An account has some twenty parts with maps, sets and subscribers of their own.';

const SIZES = [10, 100, 1000];

interface Grown {
  /** Bytes of heap per account. */
  bytes: number;
  /** Processor time per ping, in microseconds. */
  cpuUs: number;
}

/** Number of accounts that are opened and closed first, so that loading and compiling code is not counted. */
const WARM_UP = 60;

/**
 * Runs in its own process: opens `count` accounts, and measures the heap per account and the processor time per ping.
 */
export async function grow({ url, count }: { url: string; count: number }): Promise<Grown> {
  for (const account of await openAccounts(url, WARM_UP)) {
    await account.ping();
    await account.close();
  }
  const before = await heapInUse();
  const accounts = await openAccounts(url, count);
  const bytes = ((await heapInUse()) - before) / count;
  const calls = 2000;
  const ping = () =>
    costOf(calls, async () => {
      for (let call = 0; call < calls; call++) await accounts[call % count]?.ping();
    });
  await ping();
  return { bytes, cpuUs: (await ping()).cpuUs };
}

/**
 * Runs in its own process: measures the memory of `count` minimal clients, each with a token and a timer, for
 * comparison with accounts.
 */
export async function bare({ url, count }: { url: string; count: number }): Promise<{ bytes: number }> {
  const agent = new Agent({ keepAlive: true });
  const client = (token: string) => () =>
    new Promise<void>((resolve, reject) => {
      get(`${url}/user/hubkeys`, { agent, headers: { Authorization: token } }, (response) =>
        response.resume().on('end', resolve),
      ).on('error', reject);
    });
  const open = async (): Promise<unknown> => {
    const ask = client(`a-token-${Math.random()}`.repeat(10));
    await ask();
    return { ask, timer: setTimeout(() => void ask(), DAY) };
  };
  await open();
  const before = await heapInUse();
  const all: unknown[] = [];
  for (let made = 0; made < count; made++) all.push(await open());
  return { bytes: ((await heapInUse()) - before) / all.length };
}

/** Runs in its own process: returns how much an account's heap grows per simulated month, in bytes. */
export async function month(): Promise<{ growth: number }> {
  const home = new IdleHome(1, true);
  await home.start();
  /**
   * Returns the lowest of three heap sizes, measured within ten simulated days. The higher ones may include temporary
   * memory, such as compiled code, which is not growth.
   */
  const leastIn10Days = async (): Promise<number> => {
    const all: number[] = [];
    for (let look = 0; look < 3; look++) {
      await home.clock.advance((10 * DAY) / 3);
      // Clear the log of requests, which belongs to the benchmark and not to the account.
      home.calls.length = 0;
      all.push(await heapInUse());
    }
    return Math.min(...all);
  };
  // Skip the first months as warm-up, because most code runs only a few times an hour and is still being compiled.
  await home.clock.advance(200 * DAY);
  const early = await leastIn10Days();
  await home.clock.advance(80 * DAY);
  const growth = ((await leastIn10Days()) - early) / 3;
  await home.end();
  return { growth };
}

/** Measures how much memory an account needs, and whether this grows with the number of accounts. */
export async function measureMemory(cloud: BenchCloud, repeats: number): Promise<Section> {
  const rows: Row[] = [];
  for (const count of SIZES) {
    const all: Grown[] = [];
    for (let round = 0; round < repeats; round++)
      all.push(await runInChildProcess('memory', 'grow', { url: cloud.url, count }));
    const bytes = spread(all.map((one) => one.bytes / 1024));
    const cpu = spread(all.map(({ cpuUs }) => cpuUs));
    const isAimed = count === 1000;
    rows.push({
      figure: `heap an idle account, of ${count} (KB)`,
      aim: isAimed ? '≤ 10' : '',
      came: inWords(bytes, 1),
      isMet: isAimed ? bytes.median <= 10 : undefined,
      reason: PARTS,
      behind: `a ping of each in turn ${inWords(cpu, 0)} µs of processor time`,
    });
  }
  const other = await runInChildProcess<{ bytes: number }>('memory', 'bare', { url: cloud.url, count: 100 });
  rows.push({
    figure: 'heap of a bare client with a token and a timer (KB)',
    aim: '',
    came: (other.bytes / 1024).toFixed(1),
    behind: 'of 100',
  });
  const { growth } = await runInChildProcess<{ growth: number }>('memory', 'month', {});
  rows.push(
    countRow('growth of the heap over a simulated month (KB)', 100, Math.round(growth / 1024), 'by three months'),
  );
  return {
    title: 'Memory',
    measured: 'library',
    about: 'After a garbage collection.',
    rows,
  };
}
