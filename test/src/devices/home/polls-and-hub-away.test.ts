import assert from 'node:assert/strict';
import { parseChangeConfig } from '../../../../src/devices/steps/change-config.js';
import { ChangeFeed } from '../../../../src/devices/steps/change-feed.js';
import { SubscribedHome } from '../../hub/support/subscribed-home.js';
import type { HubStage } from '../../hub/support/hub-stage.js';
import { DAY, HOUR, MINUTE, SECOND } from '../../support/fake-clock.js';
import { IdleHome } from '../../support/idle-home.js';

describe('Polls and the reachability of the hub', () => {
  let home: SubscribedHome;
  let stage: HubStage;

  beforeEach(() => {
    home = new SubscribedHome();
    ({ stage } = home);
  });
  afterEach(() => home.end());

  const pass = (ms: number): Promise<void> => stage.clock.advance(ms);

  for (const [label, reply] of [
    ['hang', 'hang'],
    ['end without an answer', 'unreachable'],
  ] as const) {
    it(`keep the hub online if they ${label} on the LAN but succeed through the cloud`, async () => {
      stage.clock.chance = () => 0.9;
      await home.start();
      await pass(20 * SECOND);
      stage.hub.intercept = ({ transport, answer }) => (transport === 'lan' ? reply : answer());
      home.changes.splice(0);
      home.switch();
      await home.advanceUntil(() => home.changes.length > 0 || home.reachable !== true, MINUTE);
      await pass(10 * MINUTE);
      assert.equal(home.changes.length, 1);
      assert.ok(stage.log.all.every((line) => !line.includes('The hub')));
      // The hub is offline once polls through the cloud fail too.
      stage.hub.intercept = () => reply;
      await home.advanceUntil(() => home.reachable === false, MINUTE);
    });
  }

  for (const headers of [{}, { 'retry-after': '1' }]) {
    const asked = JSON.stringify(headers);
    it(`use the cloud while the hub answers 429 on the LAN, and keep it online: ${asked}`, async () => {
      await home.start();
      await pass(20 * SECOND);
      home.changes.splice(0);
      stage.hub.intercept = ({ transport, answer }) => (transport === 'lan' ? { status: 429, headers } : answer());
      home.switch();
      await home.advanceUntil(() => home.changes.length > 0, 12 * SECOND);
      for (let time = 0; time < 3; time++) {
        await pass(20 * SECOND);
        home.switch();
        await home.advanceUntil(() => home.changes.length > time + 1, 12 * SECOND);
      }
      assert.equal(home.reachable, true);
      assert.ok(stage.log.all.every((line) => !line.includes('The hub')));
      stage.take();
      await pass(3 * MINUTE);
      const polls = home.polls();
      const [lan, cloud] = ['lan', 'cloud'].map(
        (transport) => polls.filter((line) => line.startsWith(transport)).length,
      );
      // The limit follows the Retry-After of the hub.
      const most = 'retry-after' in headers ? 181 : 8;
      assert.ok((lan ?? 0) <= most && (cloud ?? 0) <= 20, `${lan} on the LAN, ${cloud} through the cloud`);
      stage.hub.intercept = ({ answer }) => answer();
      await pass(65 * SECOND);
      stage.take();
      await pass(10 * SECOND);
      assert.ok(home.polls('lan').length >= 9, 'it is asked there again');
    });
  }

  for (const isSpared of [false, true]) {
    const before = isSpared ? ' that answered 429 before' : '';
    for (const [label, reply] of [
      ['refuses', 'refused'],
      ['loses', 'unreachable'],
      ['hangs at', 'hang'],
      ['fails', { status: 500 }],
      ['is too busy for', { status: 429 }],
      ['does not know', { status: 404 }],
      ['answers nonsense to', { body: '"x"' }],
    ] as const) {
      it(`use the cloud without a flood of requests if a hub${before} ${label} the request for /hub`, async () => {
        await home.start();
        await pass(20 * SECOND);
        if (isSpared) {
          stage.hub.intercept = ({ transport, answer }) => (transport === 'lan' ? { status: 429 } : answer());
          await pass(20 * SECOND);
        }
        stage.hub.intercept = ({ transport, path, answer }) => {
          if (transport === 'lan') stage.hub.version = '1.15.0.0';
          return transport === 'lan' && path === '/hub' ? reply : answer();
        };
        await home.advanceUntil(() => stage.hub.version === '1.15.0.0', 40 * SECOND);
        stage.take();
        for (let time = 0; time < 3; time++) {
          home.changes.splice(0);
          home.switch();
          await home.advanceUntil(() => home.changes.length > 0, 50 * SECOND);
        }
        await pass(10 * MINUTE);
        const asked = stage.take();
        assert.ok(asked.length < 700, `${asked.length} requests`);
        stage.hub.intercept = ({ answer }) => answer();
        await pass(70 * SECOND);
        stage.take();
        await pass(10 * SECOND);
        assert.ok(home.polls('lan').length >= 9, 'it is asked there again');
      });
    }
  }

  for (const [label, reply] of [
    ['refuses', 'refused'],
    ['loses', 'unreachable'],
    ['fails', { status: 500 }],
    ['is too busy for', { status: 429 }],
  ] as const) {
    it(`do not flood a busy hub that ${label} the request for its version`, async () => {
      await home.start();
      await pass(20 * SECOND);
      stage.hub.intercept = ({ transport, answer }) => (transport === 'lan' ? { status: 429 } : answer());
      await pass(20 * SECOND);
      stage.hub.version = '1.15.0.0';
      let asked = 0;
      stage.hub.intercept = ({ path, answer }) => {
        asked += 1;
        if (asked > 1000) return 'hang';
        return path === '/hub' ? reply : answer();
      };
      await pass(10 * MINUTE);
      assert.ok(asked < 200, `${asked} requests in 10 minutes`);
      stage.hub.intercept = ({ answer }) => answer();
      await pass(70 * SECOND);
      stage.take();
      await pass(10 * SECOND);
      assert.ok(home.polls('lan').length >= 9, 'it is asked again');
    });
  }

  describe('with invalid answers', () => {
    for (const [label, reply] of [
      ['500', { status: 500, body: '{"code":1}' }],
      ['403', { status: 403 }],
      ['401 with the same key again', { status: 401 }],
      ['404', { status: 404 }],
      ['429', { status: 429 }],
      ['garbage', { body: '"x"' }],
      ['a web page', { body: '<html>' }],
      ['a web page with 401', { status: 401, body: '<html>' }],
    ] as const) {
      it(`make the hub offline: ${label}`, async () => {
        await home.start();
        stage.fixture?.topics.splice(0);
        const lines = (): string[] => stage.log.all.filter((line) => line.includes('The hub'));
        home.pollReply = reply;
        await home.advanceUntil(() => home.poller.error !== undefined, 3 * SECOND);
        await pass(25 * SECOND);
        assert.deepEqual([home.reachable, stage.fixture?.topics], [false, ['hubs']]);
        assert.notEqual(home.poller.error, undefined);
        await home.ask();
        await pass(500);
        assert.equal(home.reachable, false, 'despite other answers');
        await pass(5 * MINUTE);
        assert.deepEqual([lines().length, stage.fixture?.topics], [1, ['hubs']]);
        home.pollReply = undefined;
        // Waits 80 s. After a 401 or 403, waits 8 minutes, until the back-off of a key that was refused four times is
        // over.
        await pass(/^40[13]( |$)/.test(label) ? 8 * MINUTE : 80 * SECOND);
        assert.deepEqual([home.reachable, home.poller.error], [true, undefined]);
        assert.deepEqual([lines().length, stage.fixture?.topics], [2, ['hubs', 'hubs']]);
      });
    }

    it('make the hub offline if the login and the key are rejected', async () => {
      await home.start();
      stage.hub.killKeys();
      stage.cloud.reply('hubkeys', { status: 401 });
      await pass(26 * SECOND);
      assert.deepEqual([home.reachable, home.poller.error?.code], [false, 'COZIFY_OTP_REQUIRED']);
    });

    it('do not keep the hub offline after the last subscriber has left', async () => {
      await home.start();
      home.pollReply = { status: 500 };
      await pass(20 * SECOND);
      assert.equal(home.reachable, false);
      home.leave();
      await home.ask();
      assert.equal(home.reachable, true);
    });

    it('continue after a read that shows that the hub accepts the key again', async () => {
      await home.start();
      home.pollReply = { status: 403 };
      await pass(20 * MINUTE);
      home.pollReply = undefined;
      await Promise.all([home.account.read({ fresh: true }), pass(0)]);
      home.polls();
      await pass(5 * SECOND);
      assert.ok(home.polls().length >= 4);
      home.pollReply = { status: 403 };
      await pass(5 * SECOND);
      home.polls();
      await pass(MINUTE);
      assert.equal(home.polls().length, 1, 'with a new back-off');
    });

    it('request another key within 2 minutes once the cloud answers', async () => {
      await home.start();
      stage.hub.killKeys();
      stage.cloud.reply('hubkeys', 'refused');
      await pass(20 * MINUTE);
      stage.hub.newKey('key 2');
      stage.cloud.reply('hubkeys', () => ({ body: JSON.stringify({ [stage.hub.id]: stage.hub.listed }) }));
      await home.advanceUntil(() => home.reachable === true, 2 * MINUTE);
    });

    it('request another key with a back-off, which a read by a person skips', async () => {
      await home.start();
      stage.hub.killKeys();
      await pass(DAY);
      const { length } = stage.cloud.of('hubkeys');
      assert.ok(length >= 20 && length <= 40, `${length} times in a day`);
      stage.cloud.reply('hubkeys', { status: 401 });
      await pass(DAY);
      assert.ok(stage.cloud.of('hubkeys').length - length <= 40, 'nor more often with a login that is rejected');
      stage.cloud.reply('hubkeys', () => ({ body: JSON.stringify({ [stage.hub.id]: stage.hub.listed }) }));
      stage.hub.newKey('key 2');
      await home.ask();
      await pass(2 * SECOND);
      assert.equal(home.reachable, true);
    });
  });

  for (const [label, known] of [
    ['on the LAN', {}],
    ['through the cloud', { isLanExcluded: true, isRemote: true }],
  ] as const) {
    it(`keep the hub online while other lists hang: ${label}`, async () => {
      home = new SubscribedHome({ otherDeltas: 'absent' });
      ({ stage } = home);
      await home.start(known);
      stage.fixture?.topics.splice(0);
      const hub = await home.account.hub();
      const lists = ['/rooms', '/groups', '/scenes'];
      for (const list of lists) stage.hub.replies.set(list, 'hang');
      for (let time = 0; time < 3; time++) {
        const asked = lists.map((path) => hub.request({ method: 'GET', path }));
        const settled = Promise.allSettled(asked);
        await pass(5 * MINUTE + time * 2.5 * SECOND);
        await settled;
      }
      assert.deepEqual([home.reachable, stage.fixture?.topics], [true, []]);
      assert.ok(stage.log.all.every((line) => !line.includes('The hub')));
    });
  }

  it('keep the hub online after a single lost answer', async () => {
    await home.start({ isLanExcluded: true, isRemote: true });
    stage.fixture?.topics.splice(0);
    for (let time = 0; time < 3; time++) {
      home.pollReply = 'hang';
      await pass(15 * SECOND);
      home.pollReply = undefined;
      await pass(40 * SECOND);
    }
    assert.deepEqual(stage.fixture?.topics, []);
  });

  it('emit each press at the slow interval of a quiet home', async () => {
    stage.clock.chance = () => 0.9;
    await home.start({ isLanExcluded: true, isRemote: true });
    for (let time = 0; time < 8; time++) {
      await pass(12 * MINUTE + time * SECOND);
      home.house.press(home.remote, 1 + (time % 2));
      await pass(40 * SECOND);
      assert.equal(home.presses, time + 1, `after ${time} s`);
    }
  });

  it('emit presses after a Deploy, but not presses during the Deploy', async () => {
    await home.start({ isLanExcluded: true, isRemote: true });
    await pass(12 * MINUTE);
    const deploy = async ({ pressed }: { pressed: 'during' | 'after' }): Promise<void> => {
      home.leave();
      await pass(SECOND);
      if (pressed === 'during') home.house.press(home.remote, 1);
      await pass(SECOND);
      home.subscribe();
      await pass(SECOND);
      if (pressed === 'after') home.house.press(home.remote, 2);
      await pass(40 * SECOND);
    };
    await deploy({ pressed: 'during' });
    assert.equal(home.presses, 0);
    await deploy({ pressed: 'after' });
    assert.equal(home.presses, 1);
  });

  describe('of a hub that is offline for hours', () => {
    for (const gateway of ['unreachable', { status: 400 }] as const)
      it(`back off to 5 minutes, ± 25 %, if the cloud answers ${JSON.stringify(gateway)}`, async () => {
        let drawn = 0;
        stage.clock.chance = () => ((drawn += 1) % 10) / 10;
        await home.start({ isLanExcluded: true, isRemote: true });
        stage.gateway = gateway;
        await pass(3 * HOUR);
        const gaps = stage.cloud.gaps('remote').slice(-20);
        assert.ok(Math.min(...gaps) >= 225 * SECOND && Math.max(...gaps) <= 375 * SECOND);
        assert.ok(Math.max(...gaps) > 5 * MINUTE, 'the longest, too, varies');
      });
  });
});

describe('A home with subscribers and a hub that is off', () => {
  it('makes at most 450 requests a day to the cloud', async () => {
    const home = new IdleHome(1, true);
    home.answer = (path) => ({ body: path.includes('/hub/poll') ? '{"type":"POLL_DELTA","polls":[]}' : '{}' });
    await home.start();
    await home.clock.advance(MINUTE);
    const { homes } = home.account;
    const feed = new ChangeFeed({
      ...{ id: 'n1', homes, clock: home.clock },
      ...{ config: parseChangeConfig({}), send: () => undefined },
    });
    await home.clock.advance(MINUTE);
    home.cloud.reply('lan', 'nobody');
    home.cloud.reply('remote', { status: 400 });
    const before = home.calls.length;
    await home.clock.advance(DAY);
    const calls = home.calls.slice(before).filter(({ call }) => call !== 'lan');
    assert.ok(calls.length <= 450, home.inWords(before).replace('three days', 'a day'));
    assert.ok(home.calls.length - before - calls.length > 1300, 'the LAN is tried each minute');
    feed.stop();
    await home.end();
  });
});
