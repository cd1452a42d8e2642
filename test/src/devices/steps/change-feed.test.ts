import assert from 'node:assert/strict';
import { ChangeFeed, type ChangeWishes } from '../../../../src/devices/steps/change-feed.js';
import type { ChangeMessage } from '../../../../src/devices/home/change-message.js';
import { planCommand } from '../../../../src/devices/commands/commands.js';
import { parseOrder } from '../../../../src/devices/commands/orders.js';
import { parseFilter } from '../../../../src/devices/home/device-filter.js';
import { Home } from '../../../../src/devices/home/home.js';
import type { HomeListener, Homes } from '../../../../src/devices/home/homes.js';
import type { LiveHome } from '../../../../src/devices/home/live-home.js';
import { parseNodeTargets } from '../../../../src/devices/home/targets.js';
import { FakeClock, HOUR, MINUTE, SECOND } from '../../support/fake-clock.js';

interface Raw {
  isOn?: boolean;
  brightness?: number;
  temperature?: number;
  reachable?: boolean;
  lastSeen?: number;
}

const EVERYTHING: ChangeWishes = {
  hub: '',
  targets: [],
  filter: parseFilter({}),
  fields: [],
  condition: null,
  forMs: 0,
  payload: 'state',
  events: ['changed'],
  own: true,
  initial: false,
};

describe('change feed', () => {
  let clock: FakeClock;
  let home: Home;
  let client: { isReachable: boolean | null };
  let live: LiveHome;
  let listeners: Set<HomeListener>;
  let heard: Set<() => void>;
  let homes: Homes;
  let sent: ChangeMessage[];
  let problems: string[];
  let feeds: ChangeFeed[];
  let hubTime: number;
  let devices: Record<string, object>;

  beforeEach(() => {
    clock = new FakeClock();
    listeners = new Set();
    [sent, feeds, hubTime, devices] = [[], [], 1000, {}];
    problems = [];
    client = { isReachable: true };
    furnish(new Home({ hub: 'hub-1', language: 'fi', clock }));
    home.load('room', { r1: { id: 'r1', name: 'Sauna' } });
    put('lamp', 'Lamppu', { isOn: false, brightness: 0.5 });
    put('meter', 'Mittari', { temperature: 20 }, 'TEMPERATURE');
  });
  afterEach(() => {
    for (const feed of feeds) feed.stop();
    assert.equal(clock.timers, 0, 'no timer is left');
  });

  function furnish(of: Home): void {
    home = of;
    heard = new Set();
    const onHeard = (listener: () => void) => {
      heard.add(listener);
      return () => heard.delete(listener);
    };
    live = { home, client, onHeard, isInherited: false, isTelling: false } as unknown as LiveHome;
    homes = {
      open: [live],
      known: { ids: ['hub-1'], defaultId: 'hub-1' },
      listen: (_wishes: ChangeWishes, listener: HomeListener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    } as unknown as Homes;
  }

  function put(id: string, name: string, raw: Raw, capability = 'CONTROL_LIGHT'): object {
    const type = capability === 'CONTROL_LIGHT' ? 'LIGHT' : 'MULTI_SENSOR';
    const state = { type: `STATE_${type}`, reachable: true, ...raw };
    return (devices[id] = { id, name, type, room: ['r1'], capabilities: [capability], state });
  }

  function poll(changed: Record<string, object | null> = devices, isResync = false): void {
    const polls = [{ type: 'DEVICE_DELTA', devices: changed }];
    const answer = { type: 'POLL_DELTA', full: isResync, timestamp: (hubTime += 10), polls };
    const outcome = home.applyPoll(answer, { isResync });
    assert.ok(outcome);
    for (const listener of listeners) listener(live, outcome);
    hear();
  }
  /** The hub has answered a poll; nothing is new. */
  function hear(): void {
    (live as { isInherited: boolean }).isInherited = false;
    for (const listener of heard) listener();
  }
  const first = (): void => poll(devices, true);
  const lamp = (raw: Raw): void => poll({ lamp: put('lamp', 'Lamppu', { isOn: false, brightness: 0.5, ...raw }) });
  const warm = (temperature: number): void => poll({ meter: put('meter', 'Mittari', { temperature }, 'TEMPERATURE') });

  function open(wishes: Partial<ChangeWishes> = {}, id = 'n1'): ChangeFeed {
    const feed = new ChangeFeed({
      ...{ id, homes, clock, wishes: { ...EVERYTHING, ...wishes } },
      send: (message) => sent.push(message),
      onProblem: ({ subject = '' }) => problems.push(subject),
    });
    feeds.push(feed);
    return feed;
  }
  const payloads = (): unknown[] => sent.map(({ payload }) => payload);

  it('is silent about the first full answer, and tells what changes after it', () => {
    open();
    first();
    assert.equal(sent.length, 0);
    lamp({ isOn: true });
    const [message] = sent;
    assert.deepEqual(
      [message?.topic, message?.event, message?.changed, message?.own],
      ['Lamppu', 'changed', ['on'], false],
    );
    assert.deepEqual(message?.payload, { on: true, brightness: 50, reachable: true });
    assert.deepEqual(message?.previous, { on: false, brightness: 50, reachable: true });
    assert.deepEqual([message?.device.room, message?.device.hub], ['Sauna', 'hub-1']);
    assert.equal(message?.at, new Date(clock.now()).toISOString());
    assert.ok(message !== undefined && !('cozify' in message));
  });

  it('gives copies: what a flow does to one message is nothing to the next', () => {
    open();
    open({}, 'n2');
    first();
    lamp({ isOn: true });
    (sent[0]?.payload as { on: unknown }).on = 'spoiled';
    sent[0]?.device.capabilities.push('SPOILED');
    assert.equal((sent[1]?.payload as { on: unknown }).on, true);
    lamp({ isOn: false });
    assert.equal((sent[2]?.previous as { on: unknown }).on, true);
    assert.deepEqual(sent[2]?.device.capabilities, ['CONTROL_LIGHT']);
  });

  it('says nothing where nothing real has changed: the same values, times, and what rounding takes away', () => {
    open();
    first();
    lamp({ lastSeen: 1_772_431_200_000 });
    lamp({ brightness: 0.5001 });
    poll(devices, true);
    assert.deepEqual(sent, []);
  });

  it('with a field as the payload hears of that alone, as a number for a chart', () => {
    open({ payload: 'temperature' });
    first();
    lamp({ isOn: true });
    warm(78.23);
    assert.deepEqual(payloads(), [78.2]);
    assert.equal(sent[0]?.previous, 20);
  });

  it('hears of the fields that were chosen', () => {
    open({ fields: ['brightness'] });
    first();
    lamp({ isOn: true });
    lamp({ isOn: true, brightness: 0.8 });
    assert.deepEqual(
      sent.map(({ changed }) => changed),
      [['brightness']],
    );
  });

  it('hears of the things that were chosen: by id, by name, by room and capability', () => {
    const chosen: Partial<ChangeWishes>[] = [
      { targets: parseNodeTargets([{ id: 'meter', kind: 'device' }]) },
      { targets: parseNodeTargets([{ name: 'mittari' }]) },
      { targets: parseNodeTargets([{ name: 'mittari', room: 'Sauna' }]) },
      { filter: parseFilter({ rooms: ['sauna'], capabilities: ['TEMPERATURE'] }) },
    ];
    for (const [place, wishes] of chosen.entries()) open(wishes, `n${place}`);
    open({ targets: parseNodeTargets([{ name: 'mittari', room: 'Eteinen' }]) }, 'other');
    first();
    lamp({ isOn: true });
    warm(30);
    assert.deepEqual(
      sent.map(({ topic }) => topic),
      chosen.map(() => 'Mittari'),
    );
  });

  it('tells of what comes, goes, and can be reached or not, where that was asked for', () => {
    open({ events: ['added', 'removed', 'unreachable', 'reachable'] });
    first();
    poll({ other: put('other', 'Uusi', { isOn: true }) });
    lamp({ reachable: false });
    lamp({ reachable: true });
    poll({ other: null });
    assert.deepEqual(
      sent.map(({ event, topic }) => `${topic} ${event}`),
      ['Uusi added', 'Lamppu unreachable', 'Lamppu reachable', 'Uusi removed'],
    );
    assert.deepEqual([sent[0]?.previous, (sent[3]?.payload as { on: boolean }).on], [null, true]);
  });

  it('says that a thing that was chosen has gone, whether or not that was asked for', () => {
    open({ targets: parseNodeTargets([{ id: 'lamp' }]) });
    open({}, 'n2');
    first();
    poll({ lamp: null, meter: null });
    assert.deepEqual(sent, []);
    assert.deepEqual(problems, ['Lamppu']);
  });

  it('marks one’s own doing, or leaves it out', () => {
    open();
    open({ own: false }, 'n2');
    first();
    const entry = home.things.get('device', 'lamp');
    assert.ok(entry);
    const plan = planCommand(parseOrder({}, true), entry, home.things, { isAlone: true });
    home.own.note(plan, clock.monotonic());
    lamp({ isOn: true });
    lamp({ isOn: false });
    assert.deepEqual(
      sent.map(({ own }) => own),
      [true, false, false],
    );
  });

  describe('that begins with how things are', () => {
    it('tells that of each thing once', () => {
      open({ initial: true, payload: 'temperature' });
      first();
      poll(devices, true);
      assert.deepEqual(
        sent.map(({ event, payload, previous, changed }) => [event, payload, previous, changed]),
        [['initial', 20, null, []]],
      );
    });

    it('has it from memory where it comes later, at once', () => {
      open();
      first();
      open({ initial: true }, 'n2');
      assert.equal(sent.length, 2);
    });

    it('is told by a node that a person has set up anew, or that begins again after a while', async () => {
      first();
      const begin = (wishes: Partial<ChangeWishes>): number => {
        const before = sent.length;
        open({ payload: 'temperature', ...wishes }).stop();
        return sent.length - before;
      };
      assert.equal(begin({}), 0);
      assert.equal(begin({ initial: true }), 1, 'it is wished for by now');
      assert.equal(begin({ initial: true }), 0, 'a Deploy of it');
      assert.equal(begin({ initial: true, own: false }), 1, 'it was set up anew');
      assert.equal(begin({ initial: true, own: false }), 0);
      for (let minute = 0; minute < 3; minute++) {
        await clock.advance(MINUTE / 2);
        poll({});
      }
      assert.equal(begin({ initial: true, own: false }), 1, 'it was turned off for a while');
    });

    it('does not tell it again to the same node after a Deploy', () => {
      const feed = open({ initial: true });
      first();
      feed.stop();
      open({ initial: true });
      assert.equal(sent.length, 2);
    });

    it('takes memory that nobody kept fresh for none', async () => {
      open().stop();
      first();
      await clock.advance(HOUR);
      open();
      devices['lamp'] = put('lamp', 'Lamppu', { isOn: true });
      poll(devices, true);
      assert.deepEqual(sent, [], 'what changed when nobody listened is no news');
      lamp({ isOn: false });
      assert.equal(sent.length, 1);
    });
  });

  describe('with a condition', () => {
    const isHot = { field: 'temperature', op: 'above', value: 60 } as const;

    it('tells when it becomes true, and again only after it was false', () => {
      open({ condition: isHot });
      first();
      for (const degrees of [50, 61, 70, 80, 59, 65, 66]) warm(degrees);
      assert.deepEqual(
        sent.map(({ payload }) => (payload as { temperature: number }).temperature),
        [61, 65],
      );
    });

    it('is silent where it is true from the beginning', () => {
      put('meter', 'Mittari', { temperature: 80 }, 'TEMPERATURE');
      open({ condition: isHot });
      first();
      warm(81);
      assert.deepEqual(sent, []);
    });

    it('begins with those things alone that meet it', () => {
      put('meter', 'Mittari', { temperature: 80 }, 'TEMPERATURE');
      open({ condition: isHot, initial: true });
      first();
      assert.deepEqual(
        sent.map(({ topic, event }) => [topic, event]),
        [['Mittari', 'initial']],
      );
    });

    it('that has to hold for a while is told then, unless it ends before', async () => {
      open({ condition: isHot, forMs: 10 * MINUTE });
      first();
      warm(70);
      await clock.advance(5 * MINUTE);
      warm(50);
      await clock.advance(HOUR);
      assert.deepEqual(sent, []);
      warm(70);
      await clock.advance(9 * MINUTE);
      warm(75);
      await clock.advance(MINUTE);
      assert.equal(sent.length, 1, 'other values that meet it don’t begin it anew');
      await clock.advance(HOUR);
      assert.equal(sent.length, 1);
    });

    it('and counts from what the first answer shows', async () => {
      put('meter', 'Mittari', { temperature: 80 }, 'TEMPERATURE');
      open({ condition: isHot, forMs: MINUTE });
      first();
      await clock.advance(MINUTE);
      assert.equal(sent.length, 1);
    });

    it('waits for a hub that is away, and counts its absence if the value is the same afterwards', async () => {
      open({ condition: isHot, forMs: MINUTE });
      first();
      warm(70);
      client.isReachable = false;
      await clock.advance(5 * MINUTE);
      assert.deepEqual(sent, []);
      client.isReachable = true;
      poll(devices, true);
      assert.equal(sent.length, 1);
    });

    it('is not told of a value that had changed meanwhile', async () => {
      open({ condition: isHot, forMs: MINUTE });
      first();
      warm(70);
      client.isReachable = false;
      await clock.advance(5 * MINUTE);
      client.isReachable = true;
      warm(40);
      await clock.advance(HOUR);
      assert.deepEqual(sent, []);
    });

    it('can stand for longer than a timer may be', async () => {
      open({ condition: isHot, forMs: 5 * HOUR });
      first();
      warm(70);
      await clock.advance(5 * HOUR - SECOND);
      assert.deepEqual(sent, []);
      await clock.advance(SECOND);
      assert.equal(sent.length, 1);
      assert.ok(clock.longestMs <= HOUR);
    });
  });

  describe('over a Deploy', () => {
    const isHot = { field: 'temperature', op: 'above', value: 60 } as const;
    let feed: ChangeFeed;

    function begin(wishes: Partial<ChangeWishes>): void {
      feed = open(wishes);
      first();
    }
    /** The account and its nodes make place for their successors, which know what they knew. */
    function deploy(wishes: Partial<ChangeWishes>): void {
      home.noteUnchanged();
      feed.stop();
      furnish(home);
      (live as { isInherited: boolean }).isInherited = true;
      feed = open(wishes);
    }

    it('what was told after it had held for long enough is not told again', async () => {
      const wishes = { condition: isHot, forMs: MINUTE };
      begin(wishes);
      warm(70);
      await clock.advance(2 * MINUTE);
      assert.equal(sent.length, 1);
      for (let times = 0; times < 3; times++) {
        deploy(wishes);
        hear();
        await clock.advance(HOUR);
      }
      assert.equal(sent.length, 1);
      warm(50);
      warm(70);
      await clock.advance(MINUTE);
      assert.equal(sent.length, 2, 'but once it was false');
    });

    it('what has held for a while goes on, and is told once the hub was heard', async () => {
      const wishes = { condition: isHot, forMs: 10 * MINUTE };
      begin(wishes);
      warm(70);
      await clock.advance(5 * MINUTE);
      deploy(wishes);
      hear();
      await clock.advance(5 * MINUTE - 1);
      assert.equal(sent.length, 0);
      deploy(wishes);
      await clock.advance(MINUTE);
      assert.equal(sent.length, 0, 'the hub was not heard since');
      hear();
      assert.equal(sent.length, 1);
    });

    it('what has ended meanwhile is not told', async () => {
      const wishes = { condition: isHot, forMs: MINUTE };
      begin(wishes);
      warm(70);
      deploy(wishes);
      await clock.advance(2 * MINUTE);
      warm(50);
      await clock.advance(HOUR);
      assert.deepEqual(sent, []);
    });

    it('another value that meets the condition as well is no news', () => {
      const wishes = { condition: isHot };
      begin(wishes);
      warm(70);
      deploy(wishes);
      warm(71);
      assert.equal(sent.length, 1);
    });

    it('a value that has stood for a while goes on standing', async () => {
      const wishes = { fields: ['on'], forMs: MINUTE };
      begin(wishes);
      lamp({ isOn: true });
      await clock.advance(30 * SECOND);
      deploy(wishes);
      hear();
      await clock.advance(30 * SECOND);
      assert.deepEqual(
        sent.map(({ changed }) => changed),
        [['on']],
      );
      deploy(wishes);
      hear();
      await clock.advance(HOUR);
      assert.equal(sent.length, 1);
    });
  });

  it('without a condition tells a value that has stood for so long', async () => {
    open({ forMs: MINUTE, fields: ['on'] });
    first();
    lamp({ isOn: true });
    await clock.advance(30 * SECOND);
    lamp({ isOn: false });
    await clock.advance(59 * SECOND);
    assert.deepEqual(sent, []);
    await clock.advance(SECOND);
    assert.deepEqual(
      sent.map(({ payload }) => (payload as { on: boolean }).on),
      [false],
    );
  });

  it('sends nothing any more once it is stopped', async () => {
    const feed = open({ forMs: MINUTE });
    first();
    lamp({ isOn: true });
    feed.stop();
    await clock.advance(HOUR);
    assert.deepEqual([sent, listeners.size], [[], 0]);
  });
});
