import assert from 'node:assert/strict';
import type { HubExchange } from '../../hub/support/hub-stage.js';
import { SubscribedHome } from '../../hub/support/subscribed-home.js';
import { HOST, type HubStage } from '../../hub/support/hub-stage.js';
import type { Reply } from '../../support/fake-cloud.js';
import { HOUR, MINUTE, SECOND } from '../../support/fake-clock.js';

const CLOUD_ONLY = { isLanExcluded: true, isRemote: true };
const LAN_ONLY = { isAutoremote: false };
const NEW_HOST = '192.168.1.77';

describe('Polls on a LAN that does not work', () => {
  let home: SubscribedHome;
  let stage: HubStage;

  beforeEach(() => {
    home = new SubscribedHome();
    ({ stage } = home);
  });
  afterEach(() => home.end());

  const pass = (ms: number): Promise<void> => stage.clock.advance(ms);

  /** Answers polls through one transport with `reply`, and everything else as the hub does. */
  const breakPolls =
    (broken: 'lan' | 'cloud', reply: Reply) =>
    ({ transport, path, answer }: HubExchange): Reply | Promise<Reply> =>
      transport === broken && path.includes('/hub/poll') ? reply : answer();

  for (const [label, reply] of [
    ['resets', 'unreachable'],
    ['does not answer', 'hang'],
    ['answers with 500 to', { status: 500 }],
    ['answers with a web page to', { body: '<html>' }],
  ] as const) {
    it(`report changes through the cloud if the hub answers /hub on the LAN but ${label} the polls there`, async () => {
      stage.clock.chance = () => 0.5;
      await home.start();
      await pass(20 * SECOND);
      stage.hub.intercept = breakPolls('lan', reply);
      home.changes.splice(0);
      home.switch();
      await home.advanceUntil(() => home.changes.length > 0, 25 * SECOND);
      for (let time = 0; time < 10; time++) {
        await pass(30 * SECOND);
        home.changes.splice(0);
        home.switch();
        // A LAN poll without an answer is given up only after 20 s, because a hub may hold a poll until something
        // changes.
        await home.advanceUntil(() => home.changes.length > 0, 35 * SECOND);
      }
      assert.equal(home.reachable, true);
      assert.ok(stage.log.all.every((line) => !line.includes('The hub')));
      stage.hub.intercept = ({ answer }) => answer();
      await pass(70 * SECOND);
      stage.take();
      await pass(10 * SECOND);
      assert.equal(home.polls('lan').length, 10, 'the polls are back on the LAN');
    });
  }

  it('keep using the cloud after reads that a slow cloud has answered', async () => {
    stage.clock.chance = () => 0.5;
    await home.start();
    await pass(20 * SECOND);
    let tries = 0;
    stage.hub.intercept = async ({ transport, path, answer }) => {
      if (!path.includes('/hub/poll')) return answer();
      if (transport === 'lan') {
        // Does not count full polls (`ts=0`): each read sends one, and may send it on both transports.
        if (!path.endsWith('ts=0')) tries += 1;
        return 'unreachable';
      }
      const reply = await answer();
      return typeof reply === 'object' ? { ...reply, delayMs: 1.5 * SECOND } : reply;
    };
    await pass(2 * MINUTE);
    tries = 0;
    for (let time = 0; time < 10; time++) {
      await Promise.all([home.account.read({ fresh: true }), pass(12 * SECOND)]);
    }
    assert.ok(tries <= 2, `expected a try of the LAN each minute, but got ${tries} in 2 minutes`);
  });

  describe('of a hub that hangs', () => {
    const hang = (): Reply => 'hang';
    const hangPolls = ({ path, answer }: HubExchange): Reply | Promise<Reply> =>
      path.includes('/hub/poll') ? 'hang' : answer();

    for (const [transport, known, limitMs] of [
      ['on the LAN alone', LAN_ONLY, 25 * SECOND],
      ['by both transports', {}, 25 * SECOND],
      ['through the cloud alone', CLOUD_ONLY, 45 * SECOND],
    ] as const) {
      for (const [label, intercept] of [
        ['nothing', hang],
        ['everything but polls', hangPolls],
      ] as const) {
        it(`make the hub offline in time, if it answers ${label} ${transport}`, async () => {
          stage.clock.chance = () => 0.99;
          await home.start(known);
          await pass(MINUTE);
          stage.hub.intercept = intercept;
          stage.take();
          await home.advanceUntil(() => stage.asked.some((line) => line.includes('/hub/poll')), 12 * SECOND);
          await home.advanceUntil(() => home.reachable === false, limitMs);
        });
      }
    }

    it('request /hub if the first byte is late, and wait up to 20 s if that succeeds', async () => {
      await home.start(LAN_ONLY);
      await pass(10 * SECOND);
      const heldMs = 12 * SECOND;
      stage.hub.intercept = async ({ path, answer }) => {
        const reply = await answer();
        return path.includes('/hub/poll') && typeof reply === 'object' ? { ...reply, delayMs: heldMs } : reply;
      };
      stage.take();
      await pass(5 * MINUTE);
      const asked = stage.take();
      assert.equal(asked.filter((line) => line === 'lan GET /hub').length, 1, 'it is asked once: it holds polls');
      assert.ok(asked.filter((line) => line.includes('/hub/poll')).length >= 25);
      assert.deepEqual([home.reachable, home.poller.error], [true, undefined]);
    });

    it('fail after 5 s and a request for /hub if the hub does not answer that request either', async () => {
      await home.start(LAN_ONLY);
      await pass(10 * SECOND);
      stage.hub.intercept = hang;
      const from = stage.clock.monotonic();
      await home.advanceUntil(() => home.poller.error !== undefined, 11.1 * SECOND);
      assert.ok(stage.clock.monotonic() - from >= 5 * SECOND);
    });
  });

  describe('of a hub that names a Retry-After', () => {
    for (const status of [429, 503]) {
      it(`return to the LAN after the 2 s that the hub names with a ${status}`, async () => {
        await home.start();
        await pass(20 * SECOND);
        let isBusy = true;
        const busy = { status, headers: { 'retry-after': '2' } };
        stage.hub.intercept = ({ transport, answer }) => (transport === 'lan' && isBusy ? busy : answer());
        await home.advanceUntil(() => home.poller.error !== undefined || stage.asked.length === 0, 2 * SECOND);
        isBusy = false;
        await pass(3 * SECOND);
        stage.take();
        await pass(5 * SECOND);
        assert.equal(home.polls('lan').length, 5);
        assert.equal(home.reachable, true);
      });
    }

    it('wait for the time that the hub names, and no longer, if only the LAN is allowed', async () => {
      await home.start(LAN_ONLY);
      await pass(20 * SECOND);
      let isBusy = true;
      stage.hub.intercept = ({ answer }) => (isBusy ? { status: 429, headers: { 'retry-after': '8' } } : answer());
      await pass(1.1 * SECOND);
      isBusy = false;
      stage.take();
      await pass(6.5 * SECOND);
      assert.deepEqual(stage.take(), []);
      await pass(3 * SECOND);
      assert.ok(home.polls('lan').length >= 1);
      assert.equal(home.reachable, true);
    });
  });

  for (const lanIp of ['answers', 'hangs'] as const) {
    it(`leave no gap between cloud polls while lan_ip ${lanIp}`, async () => {
      let drawn = 0;
      stage.clock.chance = () => ((drawn += 1) % 10) / 10;
      await home.start();
      if (lanIp === 'hangs') stage.cloud.reply('lan_ip', 'hang');
      stage.lan.set(HOST, 'refused');
      await home.advanceUntil(() => stage.cloud.of('remote').length > 0, MINUTE);
      for (let minute = 0; minute < 135; minute++) {
        home.switch();
        await pass(MINUTE);
      }
      const gaps = stage.cloud.gaps('remote');
      // An attempt on the LAN that has just begun may delay a poll through the cloud.
      assert.ok(Math.max(...gaps) <= 12 * SECOND, `${Math.max(...gaps)} ms`);
      const [first = 0, ...later] = stage.cloud.of('lan_ip').map(({ at }) => at);
      const minutes = later.map((at) => (at - first) / MINUTE);
      assert.equal(minutes.length, 3);
      // Each request for the LAN address is sent with the first attempt on the LAN after it is due.
      for (const [index, dueAt] of [5, 65, 125].entries()) {
        const at = minutes[index] ?? Infinity;
        assert.ok(at >= dueAt && at <= dueAt + 4, `${minutes.join()} minutes`);
      }
    });
  }

  it('are on the LAN again as soon as the cloud names the new address of a hub that has moved', async () => {
    stage.clock.chance = () => 0.5;
    await home.start();
    stage.lan.set(HOST, 'refused');
    stage.lan.set(NEW_HOST, stage.hub);
    stage.cloud.reply('lan_ip', { body: JSON.stringify([NEW_HOST]), delayMs: 50 });
    await home.advanceUntil(() => stage.cloud.of('lan_ip').length > 0, MINUTE);
    stage.take();
    await pass(5 * SECOND);
    assert.ok(home.polls('lan').length >= 4, 'expected a poll over the LAN each second');
  });

  describe('with a key that the hub refuses', () => {
    it('come after 1, 2, 4 and then up to 60 minutes, and immediately with another key', async () => {
      stage.clock.chance = () => 0.5;
      await home.start(LAN_ONLY);
      stage.hub.killKeys();
      await pass(SECOND);
      const times: number[] = [];
      stage.hub.intercept = ({ path, answer }) => {
        if (path.includes('/hub/poll')) times.push(Math.round(stage.clock.monotonic() / SECOND));
        return answer();
      };
      await pass(8 * HOUR);
      const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
      assert.deepEqual(gaps.slice(0, 7), [120, 240, 480, 960, 1920, 3600, 3600]);
      stage.hub.newKey('key 2');
      await home.ask();
      await home.advanceUntil(() => home.reachable === true, 2 * SECOND);
    });
  });

  it('follow a successful request within a second, but a failed poll no sooner than after 1 s', async () => {
    stage.clock.chance = () => 0;
    await home.start(LAN_ONLY);
    const times: number[] = [];
    stage.hub.intercept = ({ path, answer }) => {
      if (!path.includes('/hub/poll')) return answer();
      times.push(stage.clock.monotonic());
      return { status: 500 };
    };
    for (let tenth = 0; tenth < 300; tenth++) {
      void home.ask().catch(() => undefined);
      await pass(100);
    }
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    assert.ok(Math.min(...gaps) >= SECOND && Math.max(...gaps) <= 1.1 * SECOND, gaps.join());
  });
});
