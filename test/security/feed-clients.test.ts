import assert from 'node:assert/strict';
import helper from 'node-red-node-test-helper';
import type { FeedAnswer } from '../../src/homes-api';
import { EDITOR } from '../nodes/support/admin-client';
import { ACCOUNT, accountNode, testFlow } from '../nodes/support/flow';
import { Stage } from '../nodes/support/stage';
import { sleep } from '../support/wait';

const CLIENTS = 100;
/** The requests that the server holds at once. */
const HELD = 20;
/** The time that clients are watched, in seconds. */
const WATCHED_S = 30;
/** The share of a core that the clients, the server and the simulated hub of this process may use together. */
const MAX_CPU = 0.04;

describe('100 clients of the feed', () => {
  let stage: Stage;
  let isOver = false;

  before(async () => {
    stage = await Stage.open({ hubs: [{ name: 'Koti' }] });
    await stage.load(testFlow(accountNode()));
    await stage.logIn();
  });
  after(() => stage?.close());

  it('are answered as often as the feed names with Retry-After', async () => {
    let requests = 0;
    let refusals = 0;
    const ask = async (query: Record<string, string>): Promise<{ body: Partial<FeedAnswer>; waitS: number }> => {
      requests += 1;
      const reply = await helper
        .request()
        .get(`/cozify/accounts/${ACCOUNT}/feed?${new URLSearchParams(query)}`)
        .set(EDITOR);
      if (reply.status === 429) refusals += 1;
      return { body: JSON.parse(reply.text) as Partial<FeedAnswer>, waitS: Number(reply.headers['retry-after'] ?? 0) };
    };
    const { last: after = '' } = (await ask({})).body;
    const follow = async (): Promise<void> => {
      for (let index = after; !isOver;) {
        const { body, waitS } = await ask({ after: index, wait: '20' });
        index = body.last ?? index;
        for (let waited = 0; waited < waitS && !isOver; waited += 1) await sleep(1000);
      }
    };
    const clients = Array.from({ length: CLIENTS }, follow);
    // Each client has sent one request after this time; the refused clients wait.
    await sleep(5_000);
    requests = 0;
    const before = process.cpuUsage();
    await sleep(WATCHED_S * 1000);
    const { user, system } = process.cpuUsage(before);
    isOver = true;
    await Promise.all(clients);
    // Each of the refused clients asks again twice, and each held request ends twice at most.
    const most = CLIENTS * 2;
    assert.ok(requests <= most, `${requests} requests in ${WATCHED_S} s`);
    assert.ok(refusals >= CLIENTS - HELD, `${refusals} refusals`);
    const share = (user + system) / 1e6 / WATCHED_S;
    assert.ok(share < MAX_CPU, `${share * 100} % of a core`);
  });
});
