import assert from 'node:assert/strict';
import { parseChangeConfig } from '../../../../src/devices/steps/change-config.js';
import { ChangeFeed } from '../../../../src/devices/steps/change-feed.js';
import { SubscribedHome } from '../../hub/support/subscribed-home.js';
import { HOST, type HubStage } from '../../hub/support/hub-stage.js';
import { MINUTE, SECOND } from '../../support/fake-clock.js';

describe('Polls by both transports', () => {
  let home: SubscribedHome;
  let stage: HubStage;

  beforeEach(() => {
    home = new SubscribedHome();
    ({ stage } = home);
  });
  afterEach(() => home.end());

  const pass = (ms: number): Promise<void> => stage.clock.advance(ms);

  /** Refuses only the next connection on the LAN. */
  async function hiccup(): Promise<void> {
    stage.lan.set(HOST, 'refused');
    stage.take();
    await home.advanceUntil(() => stage.asked.some((line) => line.startsWith('cloud')), 3 * SECOND);
    stage.lan.set(HOST, stage.hub);
  }

  it('emit changes after a refused connection on the LAN of a quiet home', async () => {
    await home.start();
    await pass(10 * MINUTE);
    for (let time = 0; time < 4; time++) {
      await hiccup();
      await pass(SECOND);
      home.changes.splice(0);
      home.switch();
      await home.advanceUntil(() => home.changes.length > 0, 5 * SECOND);
      assert.equal(home.polls('cloud').length, 1, 'once, in the same step');
      await pass(20 * SECOND + time * 100);
      assert.ok(home.polls().every((line) => line.startsWith('lan')));
    }
  });

  describe('between a refused connection and the poll through the cloud', () => {
    beforeEach(async () => {
      stage.clock.chance = () => 0.99;
      await home.start();
      await pass(MINUTE);
    });

    /** Refuses all connections on the LAN, and waits for the first attempt. */
    async function lose(): Promise<void> {
      stage.lan.set(HOST, 'refused');
      stage.take();
      await home.advanceUntil(() => stage.asked.length > 0, 2 * SECOND);
    }

    it('are uncertain, so that no held change is sent', async () => {
      const sent: unknown[] = [];
      const condition = { field: 'on', op: 'is', value: false };
      const config = parseChangeConfig({ targets: [{ id: home.lamp, kind: 'device' }], condition, for: 60 });
      home.house.change(home.lamp, { isOn: true });
      await pass(2 * SECOND);
      const { homes } = home.account;
      const feed = new ChangeFeed({
        id: 'n2',
        homes,
        clock: stage.clock,
        config,
        send: (message) => sent.push(message),
      });
      await pass(2 * SECOND);
      home.house.change(home.lamp, { isOn: false });
      await pass(58 * SECOND);
      await lose();
      home.house.change(home.lamp, { isOn: true });
      assert.equal(home.poller.isUpToDate, false);
      await pass(15 * SECOND);
      feed.stop();
      assert.deepEqual(sent, []);
    });

    it('keep the hub online, until the cloud fails too', async () => {
      await lose();
      await pass(14 * SECOND);
      assert.equal(home.reachable, true);
      stage.lan.set(HOST, stage.hub);
      await pass(2 * MINUTE);
      stage.gateway = { status: 500 };
      await lose();
      await home.advanceUntil(() => home.reachable === false, 16 * SECOND);
    });
  });

  it('emit presses 2 to 3 s after a refused connection', async () => {
    await home.start();
    await pass(10 * MINUTE);
    for (let time = 0; time < 8; time++) {
      await hiccup();
      await pass(2 * SECOND + time * 125);
      home.house.press(home.remote, 1 + (time % 2));
      await pass(20 * SECOND);
      assert.equal(home.presses, time + 1);
    }
  });

  it('keep the cloud interval if the LAN refuses every third connection', async () => {
    await home.start();
    let asked = 0;
    const times: number[] = [];
    stage.cloud.reply('lan', (request) => {
      const isRefused = (asked += 1) % 3 === 0;
      return isRefused ? 'refused' : stage.hub.answer(request, pathOf(request.url), request.headers?.['Authorization']);
    });
    await pass(20 * MINUTE);
    for (const { call, at, request } of stage.cloud.requests) {
      if (call === 'remote' && request.url.includes('/hub/poll')) times.push(at);
    }
    assert.ok(times.length > 30, 'they do go there');
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    assert.ok(Math.min(...gaps) >= 10 * SECOND, `${Math.min(...gaps)} ms`);
  });

  it('try a lost LAN after 5, 20 and 80 s, and request lan_ip once', async () => {
    await home.start();
    stage.lan.set(HOST, 'refused');
    stage.take();
    await home.advanceUntil(() => stage.asked.length > 0, 2 * SECOND);
    const from = stage.clock.monotonic();
    const tries: number[] = [];
    for (let tenth = 0; tenth < 3000; tenth++) {
      if (stage.asked.splice(0).includes('lan GET /hub')) tries.push((stage.clock.monotonic() - from) / SECOND);
      await pass(100);
    }
    // Leaves out the attempts in the first second, in which the connection was lost.
    const again = tries.map(Math.round).filter((at) => at > 1);
    assert.deepEqual(again, [5, 20, 80, 140, 200, 260]);
    const asked = stage.cloud.of('remote').filter(({ request, at }) => request.url.includes('/hub/poll') && at >= from);
    const times = asked.map(({ at }) => at);
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    assert.ok(times.length <= 32, `${times.length} requests in 5 minutes`);
    assert.ok(Math.min(...gaps) >= 10 * SECOND, `${Math.min(...gaps)} ms`);
    assert.equal(stage.cloud.of('lan_ip').length, 1);
    stage.lan.set(HOST, stage.hub);
    await pass(MINUTE);
    stage.take();
    await pass(10 * SECOND);
    assert.equal(home.polls('lan').length, 10, 'and is back within a minute');
  });

  it('are delayed through the cloud by at most one LAN try', async () => {
    let drawn = 0;
    stage.clock.chance = () => ((drawn += 1) % 10) / 10;
    await home.start();
    stage.lan.set(HOST, 'nobody');
    await home.advanceUntil(() => stage.cloud.of('remote').length > 0, MINUTE);
    for (let minute = 0; minute < 30; minute++) {
      home.switch();
      await pass(MINUTE);
    }
    const gaps = stage.cloud.gaps('remote');
    assert.ok(Math.max(...gaps) <= 13 * SECOND, `${Math.max(...gaps)} ms`);
  });

  it('start through the cloud at random times after the LAN is lost', async () => {
    const firsts: number[] = [];
    for (let tenth = 0; tenth < 10; tenth++) {
      home = new SubscribedHome();
      ({ stage } = home);
      stage.clock.chance = () => tenth / 10;
      await home.start();
      stage.lan.set(HOST, 'refused');
      const lostAt = stage.clock.monotonic();
      await pass(40 * SECOND);
      const first = stage.cloud.of('remote').find(({ at }) => at >= lostAt)?.at ?? Infinity;
      firsts.push(Math.floor((first - lostAt) / SECOND));
      await home.end();
    }
    assert.ok(new Set(firsts).size >= 9, `first polls after ${firsts.join()} s`);
    assert.ok(Math.max(...firsts) <= 10, 'one interval at most');
  });

  it('return through the cloud within 2 minutes, despite errors from an earlier outage', async () => {
    await home.start();
    stage.gateway = { status: 408 };
    stage.lan.set(HOST, 'refused');
    await pass(20 * MINUTE);
    stage.lan.set(HOST, stage.hub);
    await pass(20 * MINUTE);
    stage.gateway = 'hang';
    stage.lan.set(HOST, 'refused');
    await pass(2 * MINUTE);
    assert.equal(home.reachable, false);
    stage.gateway = undefined;
    home.switch();
    await home.advanceUntil(() => home.changes.length > 0, 2 * MINUTE);
  });

  it('vary their cloud interval by 10 %', async () => {
    let drawn = 0;
    stage.clock.chance = () => ((drawn += 1) % 10) / 10;
    await home.start({ isLanExcluded: true, isRemote: true });
    await pass(9 * MINUTE);
    const gaps = stage.cloud.gaps('remote').slice(5);
    assert.ok(Math.min(...gaps) >= 10 * SECOND && Math.max(...gaps) <= 11 * SECOND);
    assert.ok(new Set(gaps).size > 3);
  });

  for (const emptyAs of ['empty', 'missing'] as const) {
    it(`emit changes within a minute of a restart with no devices (${emptyAs}) after a quiet hour`, async () => {
      await home.start({ isLanExcluded: true, isRemote: true });
      await pass(60 * MINUTE);
      home.switch();
      home.house.restart(2, emptyAs);
      home.changes.splice(0);
      await home.advanceUntil(() => home.changes.length > 0, 100 * SECOND);
      await pass(60 * MINUTE);
      home.polls();
      await pass(10 * MINUTE);
      assert.ok(home.polls().length <= 20, 'a quiet home is asked less often again');
    });
  }

  it('load lists that they do not include every 8 to 15 minutes', async () => {
    let drawn = 0;
    home = new SubscribedHome({ otherDeltas: 'absent' });
    ({ stage } = home);
    stage.clock.chance = () => ((drawn += 1) % 10) / 10;
    await home.start({ isLanExcluded: true, isRemote: true });
    const at: number[] = [];
    for (let minute = 0; minute < 2 * 60; minute++) {
      await pass(MINUTE);
      if (stage.take().some((line) => line.includes('/rooms '))) at.push(minute);
    }
    const gaps = at.slice(1).map((one, index) => one - (at[index] ?? 0));
    assert.ok(Math.min(...gaps) >= 8 && Math.max(...gaps) <= 15, gaps.join());
    assert.ok(new Set(gaps).size > 2);
  });

  it('load lists at random times after the LAN is lost', async () => {
    const firsts: number[] = [];
    for (const chance of [0, 0.3, 0.6, 0.9]) {
      home = new SubscribedHome({ otherDeltas: 'absent' });
      ({ stage } = home);
      stage.clock.chance = () => chance;
      await home.start();
      await pass(MINUTE);
      stage.lan.set(HOST, 'refused');
      stage.take();
      let minutes = 1;
      while (!stage.take().some((line) => line.includes('/rooms ')) && minutes < 20) {
        await pass(MINUTE);
        minutes += 1;
      }
      firsts.push(minutes);
      await home.end();
    }
    assert.equal(new Set(firsts).size, 4, `after ${firsts.join()} minutes`);
    assert.ok(Math.min(...firsts) >= 8 && Math.max(...firsts) <= 16, `after ${firsts.join()} minutes`);
  });

  for (const [label, known] of [
    ['on the LAN alone', { isAutoremote: false }],
    ['through the cloud alone', { isLanExcluded: true, isRemote: true }],
    ['by both transports', {}],
  ] as const) {
    it(`continue within a second of a successful read after an outage of 70 s: ${label}`, async () => {
      await home.start(known);
      for (let time = 0; time < 2; time++) {
        stage.lan.set(HOST, 'refused');
        stage.gateway = 'unreachable';
        await pass(70 * SECOND + time * 700);
        stage.lan.set(HOST, stage.hub);
        stage.gateway = undefined;
        home.changes.splice(0);
        home.switch();
        stage.take();
        await home.ask();
        await home.advanceUntil(() => stage.asked.some((line) => line.includes('/hub/poll')), SECOND);
        await home.advanceUntil(() => home.changes.length > 0, SECOND);
        assert.deepEqual([home.poller.error, home.reachable], [undefined, true]);
        await pass(MINUTE);
      }
    });
  }

  it('continue soon after a successful read, even if the poll after an earlier read failed', async () => {
    await home.start();
    stage.lan.set(HOST, 'refused');
    for (let round = 0; round < 3; round++) {
      home.pollReply = { status: 500 };
      await pass(2 * MINUTE);
      await home.ask();
      await pass(MINUTE + round * 7 * SECOND);
      home.pollReply = undefined;
      await home.ask();
      await home.advanceUntil(() => home.poller.error === undefined, 11 * SECOND);
    }
  });

  it('continue soon after a short failure that follows a successful read, on the LAN alone', async () => {
    await home.start({ isAutoremote: false });
    home.pollReply = { status: 500 };
    await pass(5 * MINUTE);
    await home.ask();
    await pass(2 * SECOND);
    home.pollReply = undefined;
    await home.advanceUntil(() => home.poller.error === undefined, 5 * SECOND);
  });
});

function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}
