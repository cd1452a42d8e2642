import assert from 'node:assert/strict';
import type { HubClient } from '../../../src/hub/hub-client.js';
import { MINUTE, SECOND } from '../support/fake-clock.js';
import { settle } from '../support/stage.js';
import { HOST, HubStage, READ } from './support/hub-stage.js';

describe('HubClient: reachable in the snapshot', () => {
  let stage: HubStage;
  let hub: HubClient;

  beforeEach(() => {
    stage = new HubStage();
  });
  afterEach(() => stage.end());

  const snapshot = () => stage.fixture?.account.snapshot().hubs[0];
  const logged = () => stage.log.all.filter((line) => line.includes('The hub'));

  async function open(known = {}): Promise<void> {
    hub = await stage.client({ isAutoremote: false, ...known });
  }

  async function ask(times = 1): Promise<void> {
    for (let asked = 0; asked < times; asked++) {
      const work = hub.request(READ).catch(() => undefined);
      await stage.clock.advance(SECOND);
      await work;
    }
    await settle();
  }

  it('is null before the first request, and true after it', async () => {
    await open();
    assert.equal(snapshot()?.reachable, null);
    await ask();
    assert.equal(snapshot()?.reachable, true);
    assert.deepEqual(stage.fixture?.topics, ['hubs'], 'an event for the change');
    await ask(5);
    assert.deepEqual([logged(), stage.fixture?.topics], [[], ['hubs']], 'one event and no line');
  });

  it('is false after three failures in a row, with one event and one line', async () => {
    await open();
    await ask();
    stage.fixture?.topics.splice(0);
    stage.lan.set(HOST, 'refused');
    await ask(2);
    assert.deepEqual([snapshot()?.reachable, logged()], [true, []]);
    await ask(1);
    assert.equal(snapshot()?.reachable, false);
    assert.deepEqual([logged(), stage.fixture?.topics], [["warn The hub Koti can't be reached."], ['hubs']]);
    await ask(100);
    assert.deepEqual([logged().length, stage.fixture?.topics], [1, ['hubs']]);
  });

  it('is true again after the next answer, with one event and one line', async () => {
    await open();
    await ask();
    stage.fixture?.topics.splice(0);
    stage.lan.set(HOST, 'refused');
    await ask(4);
    stage.lan.set(HOST, stage.hub);
    await ask(3);
    assert.equal(snapshot()?.reachable, true);
    await stage.clock.advance(10 * MINUTE);
    assert.deepEqual(logged(), ["warn The hub Koti can't be reached.", 'info The hub Koti can be reached again.']);
    assert.deepEqual(stage.fixture?.topics, ['hubs', 'hubs']);
  });

  it('is logged at the first answer from a hub that has failed since the start', async () => {
    await open();
    stage.lan.set(HOST, 'refused');
    await ask(61);
    stage.lan.set(HOST, stage.hub);
    await ask(3);
    assert.deepEqual(logged(), ["warn The hub Koti can't be reached.", 'info The hub Koti can be reached again.']);
    assert.deepEqual(stage.fixture?.topics, ['hubs', 'hubs']);
  });

  it('is false after two failures and 15 s without an answer', async () => {
    await open();
    await ask();
    stage.lan.set(HOST, 'refused');
    await ask(2);
    await stage.clock.advance(12 * SECOND);
    assert.equal(snapshot()?.reachable, true);
    await stage.clock.advance(SECOND);
    assert.equal(snapshot()?.reachable, false);
  });

  it('stays true after one lost answer of 20 s', async () => {
    await open();
    await ask();
    stage.hub.replies.set('/devices', 'hang');
    const work = hub.request({ ...READ, deadlineMs: 20 * SECOND }).catch(() => undefined);
    await stage.clock.advance(20 * SECOND);
    await work;
    assert.equal(snapshot()?.reachable, true);
    await stage.clock.advance(MINUTE);
    assert.equal(snapshot()?.reachable, true);
  });

  it('stays true while some requests are answered, and is false when none are', async () => {
    await open();
    await ask();
    stage.fixture?.topics.splice(0);
    stage.hub.replies.set('/rooms', 'hang');
    const hang = (): Promise<unknown> => hub.request({ ...READ, path: '/rooms' }).catch(() => undefined);
    for (let round = 0; round < 4; round++) {
      const work = [hang(), hang(), hang()];
      await ask();
      await stage.clock.advance(20 * SECOND);
      await Promise.all(work);
    }
    assert.deepEqual([snapshot()?.reachable, stage.fixture?.topics, logged()], [true, [], []]);
    const work = [hang(), hang(), hang()];
    await stage.clock.advance(20 * SECOND);
    await Promise.all(work);
    assert.equal(snapshot()?.reachable, false);
  });

  it('is null for 10 minutes after one failed poll if polling stops', async () => {
    await open();
    hub.notePoll(false, stage.clock.monotonic(), 'lan');
    hub.endPolls();
    await stage.clock.advance(10 * MINUTE);
    assert.equal(snapshot()?.reachable, null);
  });

  it('is false after three failures at the cloud', async () => {
    await open({ isLanExcluded: true });
    stage.gateway = { status: 502 };
    await ask(3);
    assert.equal(snapshot()?.reachable, false);
  });

  for (const [answer, status] of [
    ['a refusal', 403],
    ['an unknown path', 404],
    ['an internal error', 500],
  ] as const) {
    it(`is true for a hub that answers with ${answer}`, async () => {
      await open();
      stage.hub.replies.set('/devices', { status });
      await ask(4);
      assert.equal(snapshot()?.reachable, true);
    });
  }

  it('is false after three requests that timed out before the hub was found', async () => {
    await open();
    stage.lan.set(HOST, 'hang');
    for (let asked = 0; asked < 3; asked++) {
      const work = hub.request({ ...READ, deadlineMs: 3 * SECOND }).catch(() => undefined);
      await stage.clock.advance(3 * SECOND);
      await work;
    }
    assert.equal(snapshot()?.reachable, false);
  });

  it('stays true when the hub answers 429', async () => {
    await open();
    await ask();
    stage.hub.replies.set('/devices', { status: 429 });
    await ask(4);
    assert.equal(snapshot()?.reachable, true);
  });

  it('stays true when the cloud gives no new key', async () => {
    await open();
    await ask();
    stage.hub.killKeys();
    stage.cloud.reply('hubkeys', 'refused');
    await ask(4);
    assert.equal(snapshot()?.reachable, true);
  });

  it('notifies change subscribers of the account', async () => {
    await open();
    let changes = 0;
    stage.fixture?.account.onChange(() => (changes += 1));
    await ask();
    assert.ok(changes > 0);
  });

  it("is logged with control characters in the hub's name escaped", async () => {
    stage.hub.name = 'Koti\nwarn forged';
    await open();
    stage.lan.set(HOST, 'refused');
    await ask(61);
    assert.deepEqual(logged(), ["warn The hub Koti\\u000awarn forged can't be reached."]);
  });
});
