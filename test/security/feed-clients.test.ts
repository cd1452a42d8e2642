import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { FeedAnswer } from '../../src/homes-api';
import { request, Stage } from '../live/harness';
import { sleep, until } from '../support/wait';

const CLIENTS = 100;
/** Number of feed requests (long polls for changes of the home) that the server holds open at the same time. */
const HELD = 20;
/** Duration of each measurement, in seconds. */
const WATCHED_S = 20;
/** The share of a core that the clients may add to an idle Node-RED, with room for a slow machine. */
const MAX_CPU = 0.2;
/** Clock ticks in a second, the unit of /proc on Linux. */
const TICKS_A_SECOND = 100;

/** Returns the CPU time of a process so far, in seconds. */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // Reads only the fields after the program's name, because the name may contain spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

describe('100 clients of the feed', () => {
  const stage = Stage.forSuite();
  let isOver = false;
  let requests = 0;
  let refusals = 0;

  before(() => stage.newLogin());

  /** Returns the share of a core that Node-RED uses. */
  async function measure(): Promise<number> {
    const pid = stage.nodeRed.pid ?? assert.fail();
    const [cpu, startedAt] = [cpuSeconds(pid), performance.now()];
    await sleep(WATCHED_S * 1000);
    return (cpuSeconds(pid) - cpu) / ((performance.now() - startedAt) / 1000);
  }

  async function ask(query: Record<string, string>): Promise<{ body: Partial<FeedAnswer>; waitS: number }> {
    requests += 1;
    const url = `${stage.nodeRed.url}/cozify/accounts/${stage.accountId}/feed?${new URLSearchParams(query)}`;
    const reply = await request('GET', url, undefined, { 'X-Requested-With': 'XMLHttpRequest' });
    if (reply.status === 429) refusals += 1;
    return { body: reply.body as Partial<FeedAnswer>, waitS: Number(reply.headers['retry-after'] ?? 0) };
  }

  async function follow(after: string): Promise<void> {
    for (let index = after; !isOver;) {
      const { body, waitS } = await ask({ after: index, wait: '20' });
      index = body.last ?? index;
      for (let waited = 0; waited < waitS && !isOver; waited += 1) await sleep(1000);
    }
  }

  const itOnLinux = process.platform === 'linux' ? it : it.skip;

  itOnLinux('add less than 20 % of a core, and ask again when Retry-After says so', async () => {
    await sleep(10_000);
    const idle = await measure();
    const { last = '' } = (await ask({})).body;
    const clients = Array.from({ length: CLIENTS }, () => follow(last));
    // After this, each client has sent one request, and the refused clients wait before their next one.
    await until('the refusals', () => requests > CLIENTS && refusals >= CLIENTS - HELD);
    await sleep(5_000);
    requests = 0;
    const busy = await measure();
    isOver = true;
    await Promise.all(clients);
    // Each refused client sends at most two more requests, and each held request ends at most twice.
    assert.ok(requests <= CLIENTS * 2, `${requests} requests in ${WATCHED_S} s`);
    assert.ok(busy - idle < MAX_CPU, `${(busy * 100).toFixed(2)} % of a core, and ${(idle * 100).toFixed(2)} % idle`);
  });
});
