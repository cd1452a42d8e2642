import assert from 'node:assert/strict';
import type { HubClient, HubRequest } from '../../../src/hub/hub-client.js';
import { MINUTE, SECOND } from '../support/fake-clock.js';
import { settle } from '../support/stage.js';
import { HOST, HubStage } from './support/hub-stage.js';

const READ: HubRequest = { method: 'GET', path: '/devices' };

describe('hub client: whether a hub can be reached', () => {
  let stage: HubStage;
  let hub: HubClient;

  beforeEach(() => {
    stage = new HubStage();
  });
  afterEach(() => stage.end());

  const snapshot = () => stage.player?.account.snapshot().hubs[0];
  const told = () => stage.log.all.filter((line) => line.includes('The hub'));

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

  it('is not known until it was asked something', async () => {
    await open();
    assert.equal(snapshot()?.reachable, null);
    await ask();
    assert.equal(snapshot()?.reachable, true);
    assert.deepEqual(stage.player?.topics, ['hubs'], 'a change of the snapshot, which flows hear of');
    await ask(5);
    assert.deepEqual([told(), stage.player?.topics], [[], ['hubs']], 'once, and nothing for the log');
  });

  it('is denied after three failures in a row, with one event and one line', async () => {
    await open();
    await ask();
    stage.player?.topics.splice(0);
    stage.lan.set(HOST, 'refused');
    await ask(2);
    assert.deepEqual([snapshot()?.reachable, told()], [true, []]);
    await ask(1);
    assert.equal(snapshot()?.reachable, false);
    assert.deepEqual([told(), stage.player?.topics], [["warn The hub Koti can't be reached."], ['hubs']]);
    await ask(100);
    assert.deepEqual([told().length, stage.player?.topics], [1, ['hubs']]);
  });

  it('is true again with the next answer, with one line and one event, however short it was', async () => {
    await open();
    await ask();
    stage.player?.topics.splice(0);
    stage.lan.set(HOST, 'refused');
    await ask(4);
    stage.lan.set(HOST, stage.hub);
    await ask(3);
    assert.equal(snapshot()?.reachable, true);
    await stage.clock.advance(10 * MINUTE);
    assert.deepEqual(told(), ["warn The hub Koti can't be reached.", 'info The hub Koti can be reached again.']);
    assert.deepEqual(stage.player?.topics, ['hubs', 'hubs']);
  });

  it('is a line when a hub is found that was never reached before', async () => {
    await open();
    stage.lan.set(HOST, 'refused');
    await ask(61);
    stage.lan.set(HOST, stage.hub);
    await ask(3);
    assert.deepEqual(told(), ["warn The hub Koti can't be reached.", 'info The hub Koti can be reached again.']);
    assert.deepEqual(stage.player?.topics, ['hubs', 'hubs']);
  });

  it('stays true through two failures between good answers', async () => {
    await open();
    for (let round = 0; round < 5; round++) {
      await ask();
      stage.lan.set(HOST, 'refused');
      await ask(2);
      stage.lan.set(HOST, stage.hub);
    }
    assert.deepEqual(told(), []);
  });

  it('is denied after two failures and 15 s without an answer', async () => {
    await open();
    await ask();
    stage.lan.set(HOST, 'refused');
    await ask(2);
    await stage.clock.advance(12 * SECOND);
    assert.equal(snapshot()?.reachable, true);
    await stage.clock.advance(SECOND);
    assert.equal(snapshot()?.reachable, false);
  });

  it('is not denied because of one answer that was lost, however long somebody waited for it', async () => {
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

  it('is not denied because of calls that are not answered while others are, and is where none is', async () => {
    await open();
    await ask();
    stage.player?.topics.splice(0);
    stage.hub.replies.set('/rooms', 'hang');
    const hang = (): Promise<unknown> => hub.request({ ...READ, path: '/rooms' }).catch(() => undefined);
    for (let round = 0; round < 4; round++) {
      const work = [hang(), hang(), hang()];
      await ask();
      await stage.clock.advance(20 * SECOND);
      await Promise.all(work);
    }
    assert.deepEqual([snapshot()?.reachable, stage.player?.topics, told()], [true, [], []]);
    const work = [hang(), hang(), hang()];
    await stage.clock.advance(20 * SECOND);
    await Promise.all(work);
    assert.equal(snapshot()?.reachable, false);
  });

  it('is denied when the cloud fails three times, and says nothing of its own', async () => {
    await open({ isLanExcluded: true });
    stage.gateway = { status: 502 };
    await ask(3);
    assert.equal(snapshot()?.reachable, false);
  });

  for (const [what, status] of [
    ['a refusal', 403],
    ['an unknown path', 404],
    ['trouble of its own', 500],
  ] as const) {
    it(`is true for a hub that answers with ${what}`, async () => {
      await open();
      stage.hub.replies.set('/devices', { status });
      await ask(4);
      assert.equal(snapshot()?.reachable, true);
    });
  }

  it('is denied after three steps whose time was over before the hub was found', async () => {
    await open();
    stage.lan.set(HOST, 'hang');
    for (let asked = 0; asked < 3; asked++) {
      const work = hub.request({ ...READ, deadlineMs: 3 * SECOND }).catch(() => undefined);
      await stage.clock.advance(3 * SECOND);
      await work;
    }
    assert.equal(snapshot()?.reachable, false);
  });

  it('is not denied because the hub asks to wait', async () => {
    await open();
    await ask();
    stage.hub.replies.set('/devices', { status: 429 });
    await ask(4);
    assert.equal(snapshot()?.reachable, true);
  });

  it('is not denied because the cloud gives no new key', async () => {
    await open();
    await ask();
    stage.hub.killKeys();
    stage.cloud.reply('hubkeys', 'refused');
    await ask(4);
    assert.equal(snapshot()?.reachable, true);
  });

  it('is told to those who watch the account', async () => {
    await open();
    let told = 0;
    stage.player?.account.onChange(() => (told += 1));
    await ask();
    assert.ok(told > 0);
  });

  it('is told without what the name of a hub may do to a log', async () => {
    stage.hub.name = 'Koti\nwarn forged';
    await open();
    stage.lan.set(HOST, 'refused');
    await ask(61);
    assert.deepEqual(told(), ["warn The hub Koti\\u000awarn forged can't be reached."]);
  });
});
