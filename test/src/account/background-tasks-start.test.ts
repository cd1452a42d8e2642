import assert from 'node:assert/strict';
import { DAY, HOUR, MINUTE, SECOND } from '../support/fake-clock.js';
import { MemoryStore } from '../support/memory-store.js';
import { Stage } from '../support/stage.js';
import { emptyAccount } from '../../../src/state/account-record.js';
import { makeToken } from '../support/tokens.js';

/** Returns a random number generator that gives the same numbers in each run. */
function dice(seed = 1): () => number {
  let state = seed;
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
}

/** Returns the largest number of times within a period. */
function mostWithin(ms: number, times: readonly number[]): number {
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + ms).length));
}

describe('Background: start', () => {
  let stage: Stage;

  beforeEach(() => {
    stage = new Stage();
  });

  afterEach(() => stage.end());

  for (const chance of [0, 0.5, 0.999]) {
    it(`renews a due token and discovers hubs within 3 s (chance ${chance})`, async () => {
      stage.clock.chance = () => chance;
      stage.saveLogin(makeToken(stage.clock.now() - 2 * DAY), { lastRefresh: stage.clock.now() - 2 * DAY });
      stage.cloud.reply('hubkeys', { body: '{"h1":"key-1"}' });
      const { account, topics } = await stage.open();
      assert.equal(account.snapshot().state, 'authenticated', 'before anything is asked');
      assert.equal(stage.cloud.requests.length, 0);
      await stage.clock.advance(3 * SECOND);
      assert.deepEqual(stage.cloud.requests.map(({ call }) => call).slice(0, 3), [
        'refreshsession',
        'hubkeys',
        'lan_ip',
      ]);
      assert.deepEqual(topics, ['refreshed', 'hubs']);
    });
  }

  it('spreads the key list requests of 60 accounts with known hubs over ten minutes', async () => {
    stage.clock.chance = dice(7);
    const asked = new Map<string, number>();
    stage.cloud.reply('hubkeys', ({ headers = {} }) => {
      const token = headers['Authorization'] ?? '';
      asked.set(token, asked.get(token) ?? stage.clock.monotonic() - startedAt);
      return { body: '{"h1":"key-1"}' };
    });
    const hub = { id: 'h1', name: 'Koti', host: null, version: null, key: 'key-1', isRemote: true };
    const known = [{ ...hub, isAutoremote: true, isLanExcluded: true, missedLists: 0 }];
    const startedAt = stage.clock.monotonic();
    for (let index = 0; index < 60; index++) {
      stage.store = new MemoryStore();
      stage.saveLogin(makeToken(stage.clock.now()));
      const record = stage.store.content ?? emptyAccount;
      stage.store.put({ ...record, clouds: record.clouds.map((cloud) => ({ ...cloud, hubs: known })) });
      await stage.open({ id: `a${index}` });
    }
    await stage.clock.advance(10 * MINUTE + 20 * SECOND);
    const firsts = [...asked.values()];
    assert.equal(firsts.length, 60);
    for (let minute = 0; minute < 10; minute++) {
      const inIt = firsts.filter((at) => Math.floor(at / MINUTE) === minute).length;
      assert.ok(inIt > 0 && inIt < 20, `${inIt} in minute ${minute + 1}`);
    }
  });

  it('spreads the renewals of 120 accounts that are due together, at a start, on the next day and after an outage', async () => {
    stage.clock.chance = dice(11);
    stage.clock.turns = 1;
    const at: number[] = [];
    let isAway = false;
    stage.cloud.reply('refreshsession', () => {
      if (!isAway) at.push(stage.clock.monotonic() - startedAt);
      return isAway ? 'refused' : { body: makeToken(stage.clock.now()) };
    });
    const startedAt = stage.clock.monotonic();
    const longAgo = stage.clock.now() - 2 * DAY;
    for (let index = 0; index < 120; index++) {
      stage.store = new MemoryStore();
      stage.saveLogin(makeToken(longAgo), { lastRefresh: longAgo });
      await stage.open({ id: `a${index}` });
    }
    await stage.clock.advance(2 * DAY + HOUR);
    const [first, next] = [at.slice(0, 120), at.slice(120, 240)];
    assert.ok(Math.max(...first) <= 10 * MINUTE && at.length >= 240, `${at.length} renewals`);
    assert.ok(Math.min(...next) >= DAY && Math.max(...next) <= 1.5 * DAY + 11 * MINUTE, 'in good time');
    assert.ok(mostWithin(HOUR, next) <= 25, `${mostWithin(HOUR, next)} within an hour`);
    isAway = true;
    await stage.clock.advance(30 * HOUR);
    const before = at.length;
    isAway = false;
    await stage.clock.advance(4 * HOUR);
    assert.ok(at.length - before >= 120, `${at.length - before} renewals after the outage`);
    assert.ok(mostWithin(SECOND, at) <= 5, `${mostWithin(SECOND, at)} within one second`);
  });

  it('sends no renewal with autorefresh off', async () => {
    stage.saveLogin(makeToken(stage.clock.now() - 27 * DAY), { lastRefresh: null });
    const { account } = await stage.open({ isAutorefresh: false });
    await stage.clock.advance(3 * DAY);
    assert.equal(account.snapshot().nextRefresh, null);
    assert.equal(stage.cloud.of('refreshsession').length, 0);
    assert.ok(stage.cloud.of('hubkeys').length > 0);
  });

  it('makes no call without a login', async () => {
    await stage.open();
    await stage.clock.advance(2 * DAY);
    assert.deepEqual(stage.cloud.requests, []);
  });

  it('starts without a network, and recovers when it is back', async () => {
    stage.saveLogin(makeToken(stage.clock.now() - 2 * DAY), { lastRefresh: stage.clock.now() - 2 * DAY });
    stage.cloud.reply('refreshsession', 'unreachable');
    stage.cloud.reply('hubkeys', 'unreachable');
    const { account, topics } = await stage.open();
    await stage.clock.advance(10 * SECOND);
    assert.deepEqual([account.snapshot().state, account.snapshot().reachable], ['authenticated', false]);
    stage.cloud.reply('refreshsession', () => ({ body: makeToken(stage.clock.now()) }));
    stage.cloud.reply('hubkeys', { body: '{}' });
    await stage.clock.advance(7 * MINUTE);
    assert.equal(account.snapshot().reachable, true);
    assert.deepEqual(topics, ['refresh-failed', 'recovered', 'refreshed']);
  });

  it('starts at most five of a hundred accounts in any second', async () => {
    stage.clock.chance = dice();
    const starts: number[] = [];
    stage.cloud.reply('hubkeys', () => {
      starts.push(stage.clock.monotonic());
      return { body: '{}' };
    });
    for (let index = 0; index < 100; index++) {
      stage.store = new MemoryStore();
      stage.saveLogin(makeToken(stage.clock.now()));
      await stage.open({ id: `a${index}` });
    }
    await stage.clock.advance(MINUTE);
    assert.equal(starts.length, 100);
    assert.ok(mostWithin(SECOND, starts) <= 5, `${mostWithin(SECOND, starts)} accounts within one second`);
    assert.ok(Math.max(...starts) <= 30 * SECOND);
  });
});
