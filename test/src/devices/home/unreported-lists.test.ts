import assert from 'node:assert/strict';
import type { Account } from '../../../../src/account/account.js';
import { ChangeFeed } from '../../../../src/devices/steps/change-feed.js';
import type { ChangeMessage } from '../../../../src/devices/steps/change-feed.js';
import { parseChangeConfig } from '../../../../src/devices/steps/change-config.js';
import { MINUTE, SECOND } from '../../support/fake-clock.js';
import { SubscribedHome } from '../../hub/support/subscribed-home.js';
import { HubStage } from '../../hub/support/hub-stage.js';
import { byId, lamp } from '../support.js';

describe('Lists that polls do not include', () => {
  let stage: HubStage;
  let account: Account;
  let isOn: boolean;
  let isLit: boolean;
  let sent: ChangeMessage[];
  let feeds: ChangeFeed[];
  let reported: string[];
  let room: string;
  let devices: object | undefined;
  let problems: string[];

  beforeEach(async () => {
    stage = new HubStage();
    [isOn, isLit, sent, feeds, reported] = [false, false, [], [], ['devices']];
    [room, devices, problems] = ['Sauna', undefined, []];
    const lists: Record<string, () => object> = {
      devices: () => devices ?? byId(lamp('d1', { isOn: isLit }, { name: 'Lamppu', room: ['r1'] })),
      rooms: () => ({ r1: { id: 'r1', name: room } }),
      groups: () => ({ g1: { id: 'g1', name: 'Valot', members: ['d1'] } }),
      scenes: () => ({ s1: { id: 's1', name: 'Saunailta', isOn } }),
    };
    for (const list of ['devices', 'groups', 'scenes', 'rules', 'rooms', 'alarms'])
      stage.hub.replies.set(`/${list}`, () => ({ body: JSON.stringify(lists[list]?.() ?? {}) }));
    let hubTime = 1000;
    const poll = () => {
      const polls = reported.map((list) => ({
        type: `${list.slice(0, -1).toUpperCase()}_DELTA`,
        [list]: lists[list]?.(),
      }));
      return { body: JSON.stringify({ type: 'POLL_DELTA', full: false, timestamp: (hubTime += 10), polls }) };
    };
    stage.hub.replies.set('/hub/poll?ts=0', poll);
    for (let ts = 1000; ts < 60_000; ts += 10) stage.hub.replies.set(`/hub/poll?ts=${ts}`, poll);
    await stage.client();
    ({ account } = stage.fixture as { account: Account });
    await stage.clock.advance(0);
    stage.take();
  });
  afterEach(async () => {
    for (const feed of feeds) feed.stop();
    await stage.end();
  });

  function open(properties: Record<string, unknown>, id = 'n1'): void {
    feeds.push(
      new ChangeFeed({
        ...{ id, homes: account.homes, clock: stage.clock, config: parseChangeConfig(properties) },
        send: (message) => sent.push(message),
        onProblems: (now) => void (problems = now.map(({ code }) => code)),
      }),
    );
  }
  /** Delays answers with the list of scenes until the returned function is called. */
  function holdScenes(): () => void {
    let free: () => void = () => undefined;
    const isFree = new Promise<void>((resolve) => (free = resolve));
    stage.hub.intercept = async ({ path, answer }) => {
      if (path.endsWith('/scenes')) await isFree;
      return answer();
    };
    return () => free();
  }

  const gets = (list: string): number => stage.asked.filter((line) => line.includes(`/${list} `)).length;
  const events = (): string[] => sent.map(({ topic, event }) => `${topic} ${event}`);

  it('send a change once and immediately while another node waits for a list, also after a restart', async () => {
    const free = holdScenes();
    open({ kinds: ['device'], fields: ['on'] }, 'runs');
    open({ kinds: ['device'], fields: ['on'] }, 'restarts');
    await stage.clock.advance(3 * SECOND);
    open({ kinds: ['scene'] }, 'needs the scenes');
    isLit = true;
    await stage.clock.advance(SECOND);
    assert.deepEqual(events(), ['Lamppu changed', 'Lamppu changed']);
    feeds[1]?.stop();
    open({ kinds: ['device'], fields: ['on'] }, 'restarts');
    open({ kinds: ['device'], fields: ['on'], payload: 'on', initial: true }, 'starts');
    assert.deepEqual(
      sent.splice(2).map(({ event, payload }) => [event, payload]),
      [['initial', true]],
    );
    free();
    await stage.clock.advance(SECOND);
    assert.equal(sent.length, 2);
  });

  it('delay initial messages, after which a change since the first answer is sent', async () => {
    const free = holdScenes();
    open({ initial: true, kinds: ['device', 'scene'], payload: 'on' });
    await stage.clock.advance(SECOND / 2);
    isLit = true;
    await stage.clock.advance(2 * SECOND);
    assert.deepEqual(events(), []);
    free();
    await stage.clock.advance(SECOND);
    const messages = sent.map(({ topic, event, previous, payload }) => [topic, event, previous, payload]);
    assert.deepEqual(messages, [
      ['Lamppu', 'initial', null, false],
      ['Saunailta', 'initial', null, false],
      ['Lamppu', 'changed', false, true],
    ]);
  });

  it('delay initial messages, after which removed and added devices since the first answer are sent', async () => {
    const free = holdScenes();
    const counts: number[] = [];
    const all = { initial: true, kinds: ['device', 'scene'], payload: 'on', events: ['changed', 'added', 'removed'] };
    feeds.push(
      new ChangeFeed({
        ...{ id: 'n1', homes: account.homes, clock: stage.clock, config: parseChangeConfig(all) },
        send: (message) => sent.push(message),
        onChanged: (_thing, count) => counts.push(count),
      }),
    );
    await stage.clock.advance(SECOND / 2);
    devices = { d1: null, ...byId(lamp('d2', { isOn: true }, { name: 'Uusi' })) };
    await stage.clock.advance(2 * SECOND);
    free();
    await stage.clock.advance(SECOND);
    const messages = sent.map(({ topic, event, payload }) => [topic, event, payload]);
    assert.deepEqual(messages, [
      ['Lamppu', 'initial', false],
      ['Saunailta', 'initial', false],
      ['Lamppu', 'removed', false],
      ['Uusi', 'added', true],
    ]);
    assert.equal(counts.at(-1), 2);
  });

  it('cause a change message for a switched scene that only the list of scenes shows', async () => {
    open({ kinds: ['scene'], events: ['changed', 'added'] });
    await stage.clock.advance(3 * SECOND);
    assert.deepEqual(events(), [], 'how scenes are at first is no news');
    isOn = true;
    await stage.clock.advance(6 * SECOND);
    assert.deepEqual(events(), ['Saunailta changed']);
    assert.deepEqual([sent[0]?.payload, sent[0]?.previous], [{ on: true }, { on: false }]);
    isOn = false;
    await stage.clock.advance(6 * SECOND);
    assert.deepEqual(events(), ['Saunailta changed', 'Saunailta changed']);
  });

  it('are loaded with every second poll while a node subscribes to them', async () => {
    open({});
    await stage.clock.advance(MINUTE);
    assert.equal(gets('scenes'), 0);
    open({ kinds: ['scene'] }, 'n2');
    await stage.clock.advance(MINUTE);
    assert.ok(gets('scenes') >= 28 && gets('scenes') <= 31, String(gets('scenes')));
    const before = gets('scenes');
    feeds.pop()?.stop();
    await stage.clock.advance(MINUTE);
    assert.equal(gets('scenes'), before);
  });

  it('are not loaded if polls include them', async () => {
    reported = ['devices', 'scenes', 'rooms', 'groups'];
    open({ kinds: ['scene'] });
    await stage.clock.advance(MINUTE);
    isOn = true;
    await stage.clock.advance(2 * SECOND);
    assert.deepEqual([gets('scenes'), gets('rooms'), gets('groups')], [0, 0, 0]);
    assert.deepEqual(events(), ['Saunailta changed']);
  });

  it('are loaded for unreadable deltas, but not with each poll', async () => {
    reported = ['devices', 'alarms'];
    open({ kinds: ['alarm'] });
    await stage.clock.advance(10 * SECOND);
    // Each poll answer lacks the alarms, so their list is requested again and again.
    assert.ok(gets('alarms') >= 3 && gets('alarms') <= 6, String(gets('alarms')));
  });

  it('are loaded before initial messages, which include rooms and scenes', async () => {
    open({ kinds: ['device', 'scene'], initial: true });
    await stage.clock.advance(2 * SECOND);
    assert.deepEqual(events(), ['Lamppu initial', 'Saunailta initial']);
    assert.equal(sent[0]?.device.room, 'Sauna');
    await stage.clock.advance(MINUTE);
    assert.equal(gets('rooms'), 1, 'names are good for 10 minutes');
  });

  for (const [label, properties] of [
    ['a filter', { rooms: ['Sauna'] }],
    ['a target', { targets: [{ name: 'Lamppu', kind: 'device', room: 'Sauna' }] }],
  ] as const) {
    it(`are loaded within 6 s after a failure, for ${label} with a room name`, async () => {
      stage.hub.replies.set('/rooms', { status: 500 });
      open({ ...properties, initial: true });
      await stage.clock.advance(2 * SECOND);
      stage.hub.replies.set('/rooms', () => ({ body: JSON.stringify({ r1: { id: 'r1', name: room } }) }));
      await stage.clock.advance(6 * SECOND);
      assert.deepEqual(events(), ['Lamppu initial']);
      isLit = true;
      await stage.clock.advance(2 * SECOND);
      assert.deepEqual(events(), ['Lamppu initial', 'Lamppu changed']);
    });

    it(`are loaded within 6 s after a room was renamed, for ${label} with its new name`, async () => {
      room = 'Pesuhuone';
      open(properties);
      await stage.clock.advance(3 * SECOND);
      room = 'Sauna';
      await stage.clock.advance(6 * SECOND);
      isLit = true;
      await stage.clock.advance(2 * SECOND);
      assert.deepEqual(events(), ['Lamppu changed']);
    });
  }

  for (const [list, failure] of [
    ['rooms', { status: 500 }],
    ['groups', { status: 500 }],
    ['rooms', 'hang'],
    ['groups', 'hang'],
  ] as const) {
    const how = failure === 'hang' ? 'did not answer' : 'refused';

    it(`are loaded soon after the hub ${how} the first request: ${list}`, async () => {
      const answer = stage.hub.replies.get(`/${list}`) ?? assert.fail(list);
      stage.hub.replies.set(`/${list}`, failure);
      open({ fields: ['on'] });
      await stage.clock.advance(8 * SECOND);
      stage.hub.replies.set(`/${list}`, answer);
      await stage.clock.advance(35 * SECOND);
      isLit = !isLit;
      await stage.clock.advance(2 * SECOND);
      assert.deepEqual([sent.at(-1)?.device.room, sent.at(-1)?.device.groups], ['Sauna', ['Valot']]);
      const before = gets(list);
      await stage.clock.advance(MINUTE);
      assert.equal(gets(list), before, 'names that are known are good for 10 minutes');
    });
  }

  it('are requested with a back-off while they fail', async () => {
    stage.hub.replies.set('/rooms', { status: 500 });
    open({ fields: ['on'] });
    await stage.clock.advance(60 * MINUTE);
    assert.ok(gets('rooms') >= 10 && gets('rooms') <= 15, String(gets('rooms')));
    const before = gets('rooms');
    feeds.pop()?.stop();
    open({ fields: ['on'] });
    await stage.clock.advance(2 * SECOND);
    assert.equal(gets('rooms'), before + 1, 'without a back-off after a Deploy');
  });

  for (const [label, reply] of [
    ['is refused with a 500', { status: 500 }],
    ['is a web page', { body: '<html>' }],
    ['hangs', 'hang'],
  ] as const) {
    for (const name of ['Valot', 'Ei mitään']) {
      it(`cause no problem for a target that may be in a list that ${label}: ${name}`, async () => {
        const list = stage.hub.replies.get('/groups');
        assert.ok(list);
        stage.hub.replies.set('/groups', reply);
        open({ targets: [{ name }] });
        for (let time = 0; time < 120; time++) {
          await stage.clock.advance(SECOND);
          assert.deepEqual(problems, []);
        }
        stage.hub.replies.set('/groups', list);
        await stage.clock.advance(2 * MINUTE);
        assert.deepEqual(problems, name === 'Valot' ? [] : ['COZIFY_NOT_FOUND']);
      });
    }
  }

  it('report a missing target within two polls, even if the hub lacks one of the lists', async () => {
    stage.hub.replies.set('/alarms', { status: 404 });
    open({ targets: [{ name: 'Lamppu' }] });
    await stage.clock.advance(10 * SECOND);
    assert.deepEqual(problems, []);
    devices = byId(lamp('d1', {}, { name: 'Kattovalo', room: ['r1'] }));
    await stage.clock.advance(2 * SECOND);
    assert.deepEqual(problems, ['COZIFY_NOT_FOUND']);
  });

  for (const list of ['rooms', 'groups', 'scenes']) {
    it(`delay changes of devices only once if they hang: ${list}`, async () => {
      stage.hub.replies.set(`/${list}`, 'hang');
      open({ kinds: ['device', 'scene'] });
      await stage.clock.advance(1.5 * SECOND);
      isLit = true;
      await stage.clock.advance(3.5 * SECOND);
      assert.deepEqual(events(), ['Lamppu changed']);
      for (let time = 1; time <= 10; time++) {
        isLit = !isLit;
        await stage.clock.advance(2.5 * SECOND);
        assert.equal(sent.length, 1 + time);
      }
      assert.ok(gets(list) <= 10, String(gets(list)));
    });
  }
});

describe('A target by name, with polls that include only devices', () => {
  let home: SubscribedHome;
  let problems: string[];
  let feed: ChangeFeed;

  /** Subscribes to a target by name. Returns the target and the other things of its kind. */
  async function listenTo(kind: string, known = {}): Promise<{ id: string; name: string }[]> {
    home = new SubscribedHome({ otherDeltas: 'absent' });
    const { clock } = home.stage;
    await home.start(known);
    home.leave();
    const of = `${kind}s` as 'groups';
    for (const [index, { id }] of home.house.all(of).entries()) home.house.rename(of, id, `${kind} ${index}`);
    problems = [];
    feed = new ChangeFeed({
      ...{ id: 'n1', homes: home.account.homes, clock, send: () => undefined },
      config: parseChangeConfig({ targets: [{ name: `${kind} 0`, kind }] }),
      onProblems: (now) => void (problems = now.map(({ code }) => code)),
    });
    await clock.advance(2 * MINUTE + SECOND);
    assert.deepEqual(problems, []);
    home.stage.take();
    return home.house.all(of).map(({ id }, index) => ({ id, name: `${kind} ${index}` }));
  }

  const untilProblem = (code: string): Promise<number> => home.advanceUntil(() => problems.includes(code), 2 * MINUTE);

  afterEach(async () => {
    feed.stop();
    await home.end();
  });

  for (const kind of ['group', 'scene', 'rule'] as const) {
    for (const [transport, known] of [
      ['the LAN', {}],
      ['the cloud', { host: null, isRemote: true }],
    ] as const) {
      it(`is reported as missing or ambiguous within two polls: ${kind} through ${transport}`, async () => {
        const [one, other] = await listenTo(kind, known);
        assert.ok(one !== undefined && other !== undefined);
        home.house.rename(`${kind}s`, other.id, one.name);
        await untilProblem('COZIFY_BAD_INPUT');
        assert.ok(home.polls().length <= 2);
        home.house.rename(`${kind}s`, other.id, other.name);
        await home.advanceUntil(() => problems.length === 0, 5 * MINUTE);
        await home.stage.clock.advance(MINUTE);
        home.stage.take();
        home.house.rename(`${kind}s`, one.id, 'Aivan muu');
        await untilProblem('COZIFY_NOT_FOUND');
        assert.ok(home.polls().length <= 2);
      });
    }
  }

  for (const [transport, known, minutes] of [
    ['the LAN', {}, 10],
    ['the cloud', { host: null, isRemote: true }, 14],
  ] as const) {
    it(`has the list of rooms loaded every ${minutes} minutes through ${transport}`, async () => {
      await listenTo('scene', known);
      const { clock } = home.stage;
      clock.chance = () => 1;
      const rooms = (): number => home.stage.take().filter((line) => line.includes('/rooms ')).length;
      while (rooms() === 0) await clock.advance(10 * SECOND);
      await clock.advance((minutes - 1) * MINUTE);
      assert.equal(rooms(), 0);
      await clock.advance(2 * MINUTE);
      assert.equal(rooms(), 1);
    });
  }
});
