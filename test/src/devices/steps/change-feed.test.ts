import assert from 'node:assert/strict';
import { ChangeFeed } from '../../../../src/devices/steps/change-feed.js';
import type { ChangeConfig } from '../../../../src/devices/steps/change-config.js';
import type { ChangeMessage } from '../../../../src/devices/steps/change-feed.js';
import { planCommand } from '../../../../src/devices/commands/plan.js';
import { parseCommand } from '../../../../src/devices/commands/parse-command.js';
import { parseFilter } from '../../../../src/devices/targets/device-filter.js';
import type { State } from '../../../../src/devices/things/state.js';
import { HomeCache } from '../../../../src/devices/home/home-cache.js';
import type { Homes, HomeSubscriber } from '../../../../src/devices/across-hubs/homes.js';
import type { LiveHome } from '../../../../src/devices/home/live-home.js';
import { parseNodeTargets } from '../../../../src/devices/targets/target.js';
import { JobQueue } from '../../../../src/async/job-queue.js';
import { FakeClock, HOUR, MINUTE, SECOND } from '../../support/fake-clock.js';
import { recordOf } from '../support.js';
import { each } from '../../../support/each.js';

interface Raw {
  isOn?: boolean;
  brightness?: number;
  temperature?: number;
  reachable?: boolean;
  rssi?: number;
  lastSeen?: number;
  lastChange?: number;
  opened?: number;
}

const EVERYTHING: ChangeConfig = {
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

const isHot = { field: 'temperature', op: 'above', value: 60 } as const;

describe('ChangeFeed', () => {
  let clock: FakeClock;
  let home: HomeCache;
  let client: { isReachable: boolean | null };
  let live: LiveHome;
  let homes: Homes;
  let sent: ChangeMessage[];
  let problems: string[];
  let news: string[];
  let shown: string[];
  let feeds: ChangeFeed[];
  let hubTime: number;
  let devices: Record<string, object>;

  beforeEach(() => {
    clock = new FakeClock();
    [sent, feeds, hubTime, devices] = [[], [], 1000, {}];
    [problems, news, shown] = [[], [], []];
    client = { isReachable: true };
    furnish(new HomeCache({ hub: 'hub-1', language: 'fi', clock }));
    home.load('room', { r1: { id: 'r1', name: 'Sauna' } });
    put('lamp', 'Lamppu', { isOn: false, brightness: 0.5 });
    put('meter', 'Mittari', { temperature: 20 }, 'TEMPERATURE');
  });
  afterEach(() => {
    for (const feed of feeds) feed.stop();
    assert.equal(clock.timers, 0, 'no timer is left');
  });

  function furnish(of: HomeCache): void {
    home = of;
    live = {
      cache: home,
      lists: { lacks: () => false },
      client,
      loop: { isUpToDate: true, isRunning: true, intervalMs: SECOND },
    } as unknown as LiveHome;
    homes = {
      open: [live],
      jobs: new JobQueue(clock, (error) => assert.fail(String(error))),
      onHubs: () => () => undefined,
      known: { ids: ['hub-1'], defaultId: 'hub-1' },
      subscribe: (_config: ChangeConfig, subscriber: HomeSubscriber, onHome: (live: LiveHome) => void) => {
        const [of, log] = [live, home.log];
        onHome(of);
        return log.subscribe((record) => subscriber(of, record));
      },
    } as unknown as Homes;
  }

  /** Loads empty lists of all other kinds. */
  function noOthers(): void {
    for (const kind of ['group', 'scene', 'rule', 'alarm'] as const) home.load(kind, {});
  }

  function put(id: string, name: string, raw: Raw, capability = 'CONTROL_LIGHT'): object {
    const type = capability === 'CONTROL_LIGHT' ? 'LIGHT' : 'MULTI_SENSOR';
    const state = { type: `STATE_${type}`, reachable: true, ...raw };
    return (devices[id] = { id, name, type, room: ['r1'], capabilities: [capability], state });
  }

  function poll(changed: Record<string, object | null> = devices, isFull = false): void {
    const polls = [{ type: 'DEVICE_DELTA', devices: changed }];
    const answer = { type: 'POLL_DELTA', full: isFull, timestamp: (hubTime += 10), polls };
    const outcome = home.applyPoll(answer, { isFull });
    assert.ok(outcome);
    home.log.append(recordOf(outcome));
  }
  /** Simulates a poll whose answer contains no changes. */
  function pollWithoutChanges(): void {
    home.log.append(recordOf({ changes: [], presses: [], isFirst: false }));
  }
  const first = (): void => poll(devices, true);
  const lamp = (raw: Raw): void => poll({ lamp: put('lamp', 'Lamppu', { isOn: false, brightness: 0.5, ...raw }) });
  const warm = (temperature: number): void => poll({ meter: put('meter', 'Mittari', { temperature }, 'TEMPERATURE') });

  function open(config: Partial<ChangeConfig> = {}, id = 'n1'): ChangeFeed {
    const feed = new ChangeFeed({
      ...{ id, homes, clock, config: { ...EVERYTHING, ...config } },
      send: (message) => sent.push(message),
      onThings: (things) => shown.push(things.map(({ entry }) => entry.name).join()),
      onChanged: ({ entry }, count) => news.push(`${entry.name}${count > 1 ? '' : ' alone'}`),
      onProblems: (found) => (problems = found.map(({ subject = '' }) => subject)),
    });
    feeds.push(feed);
    return feed;
  }
  const payloads = (): unknown[] => sent.map(({ payload }) => payload);
  const topics = (): string[] => sent.map(({ topic }) => topic);

  it('sends no message for the first full answer, and one for each later change', () => {
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

  it('sends copies, so that a flow that edits a message does not affect the next one', () => {
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

  it('ignores equal values, times, signs of contact, and differences that rounding removes', () => {
    open();
    first();
    const time = 1_772_431_200_000;
    for (const contact of [{ lastSeen: time }, { lastChange: time, opened: time }, { rssi: -5 }, { rssi: -6 }]) {
      lamp(contact);
    }
    lamp({ reachable: false });
    lamp({ brightness: 0.5001 });
    poll(devices, true);
    assert.deepEqual(sent, []);
  });

  it('sends only changes of the payload field, with its number as the payload', () => {
    open({ payload: 'temperature' });
    first();
    lamp({ isOn: true });
    warm(78.23);
    assert.deepEqual(payloads(), [78.2]);
    assert.equal(sent[0]?.previous, 20);
  });

  it('sends only changes of the chosen fields, even signs of contact', () => {
    open({ fields: ['brightness'] });
    open({ fields: ['lastSeen', 'reachable'] }, 'n2');
    first();
    lamp({ isOn: true });
    lamp({ isOn: true, brightness: 0.8 });
    lamp({ isOn: true, brightness: 0.8, reachable: false, lastSeen: 1_772_431_200_000 });
    assert.deepEqual(each(sent, 'changed'), [['brightness'], ['reachable', 'lastSeen']]);
  });

  it('sends only changes of devices chosen by id, by name, or by room and capability', () => {
    const chosen: Partial<ChangeConfig>[] = [
      { targets: parseNodeTargets([{ id: 'meter', kind: 'device' }]) },
      { targets: parseNodeTargets([{ name: 'mittari' }]) },
      { targets: parseNodeTargets([{ name: 'mittari', room: 'Sauna' }]) },
      { filter: parseFilter({ rooms: ['sauna'], capabilities: ['TEMPERATURE'] }) },
    ];
    for (const [index, config] of chosen.entries()) open(config, `n${index}`);
    open({ targets: parseNodeTargets([{ name: 'mittari', room: 'Eteinen' }]) }, 'other');
    first();
    lamp({ isOn: true });
    warm(30);
    assert.deepEqual(
      topics(),
      chosen.map(() => 'Mittari'),
    );
  });

  it('sends added, removed, reachable and unreachable events if they are configured', () => {
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

  it('sends added events of a home that had no selected device before', () => {
    open({ events: ['added'], filter: parseFilter({ capabilities: ['MOISTURE'] }) });
    first();
    poll({ leak: put('leak', 'Vuotovahti', {}, 'MOISTURE') });
    assert.deepEqual(topics(), ['Vuotovahti']);
  });

  it('marks changes by commands from the account as own, or skips them with own: false', () => {
    open();
    open({ own: false }, 'n2');
    first();
    const entry = home.things.get('device', 'lamp');
    assert.ok(entry);
    const plan = planCommand(parseCommand({}, true), entry, home.things, { isAlone: true });
    home.own.note(plan);
    lamp({ isOn: true });
    lamp({ isOn: false });
    assert.deepEqual(each(sent, 'own'), [true, false, false]);
  });

  describe('with initial values', () => {
    it('sends one initial message per device', () => {
      open({ initial: true, payload: 'temperature' });
      first();
      poll(devices, true);
      assert.deepEqual(
        sent.map(({ event, payload, previous, changed }) => [event, payload, previous, changed]),
        [['initial', 20, null, []]],
      );
    });

    it('sends initial messages again after the node was edited or off for over a minute', async () => {
      first();
      const begin = (config: Partial<ChangeConfig>): number => {
        const before = sent.length;
        open({ payload: 'temperature', ...config }).stop();
        return sent.length - before;
      };
      assert.equal(begin({}), 0);
      assert.equal(begin({ initial: true }), 1, 'now configured');
      assert.equal(begin({ initial: true }), 0, 'after a Deploy');
      assert.equal(begin({ initial: true, own: false }), 1, 'after an edit');
      assert.equal(begin({ initial: true, own: false }), 0);
      for (let minute = 0; minute < 3; minute++) {
        await clock.advance(MINUTE / 2);
        poll({});
      }
      assert.equal(begin({ initial: true, own: false }), 1, 'it was turned off for a while');
    });

    it('sends no changes against a cache that is an hour old', async () => {
      open().stop();
      first();
      await clock.advance(HOUR);
      open();
      devices['lamp'] = put('lamp', 'Lamppu', { isOn: true });
      poll(devices, true);
      assert.deepEqual(sent, [], 'changed without a subscriber');
      lamp({ isOn: false });
      assert.equal(sent.length, 1);
    });
  });

  describe('with a condition', () => {
    it('sends a message when the condition becomes true, and again only after it was false', () => {
      open({ condition: isHot });
      first();
      for (const degrees of [50, 61, 70, 80, 59, 65, 66]) warm(degrees);
      assert.deepEqual(
        sent.map(({ payload }) => (payload as { temperature: number }).temperature),
        [61, 65],
      );
    });

    it('reports only changes of the chosen fields and of the condition, and all fields without chosen fields', () => {
      const condition = { field: 'on', op: 'is', value: true } as const;
      open({ condition, fields: ['reachable'], events: ['changed', 'unreachable'] });
      open({ condition, own: false, events: ['changed', 'unreachable'] }, 'n2');
      first();
      lamp({ isOn: true, brightness: 0.8 });
      lamp({ isOn: true, brightness: 0.8, reachable: false, lastSeen: 1_772_431_200_000 });
      assert.deepEqual(
        sent.map(({ event, changed }) => [event, changed]),
        [
          ['changed', ['on']],
          ['changed', ['on', 'brightness']],
          ['unreachable', ['reachable']],
          ['unreachable', ['reachable', 'lastSeen']],
        ],
      );
    });

    it('sends initial messages only for devices that meet the condition', () => {
      put('meter', 'Mittari', { temperature: 80 }, 'TEMPERATURE');
      open({ condition: isHot, initial: true });
      first();
      assert.deepEqual(
        sent.map(({ topic, event }) => [topic, event]),
        [['Mittari', 'initial']],
      );
    });

    it('sends a message once the condition has held for the time, unless it ends before', async () => {
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
      assert.equal(sent.length, 1, 'another value that meets it does not restart the time');
      await clock.advance(HOUR);
      assert.equal(sent.length, 1);
    });

    it('waits for an offline hub, and counts the outage if the value is the same afterwards', async () => {
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

    it('supports times longer than the longest timer', async () => {
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

  describe('after a Deploy or a pause', () => {
    let feed: ChangeFeed;

    function begin(config: Partial<ChangeConfig>): void {
      feed = open(config);
      first();
    }
    /** Replaces the account and its feed, as a Deploy does, with the same home cache. */
    function deploy(config: Partial<ChangeConfig>): void {
      home.noteUnchanged();
      feed.stop();
      furnish(home);
      feed = open(config);
    }

    /** Stops the feed for `ms` milliseconds. Runs `during` in the middle of this time. */
    async function pause(ms: number, during: () => void = () => undefined): Promise<void> {
      feed.stop();
      await clock.advance(ms / 2);
      during();
      await clock.advance(ms / 2);
    }

    it('sends each change made during the pause, and no initial message', async () => {
      begin({ initial: true });
      sent = [];
      await pause(10 * SECOND, () => {
        lamp({ isOn: true });
        lamp({ isOn: true, brightness: 0.8 });
        warm(25);
        warm(20);
        poll({ new: put('new', 'Uusi', {}) });
      });
      feed = open({ initial: true });
      assert.deepEqual(
        sent.map(({ topic, event, changed, previous }) => [topic, event, changed, (previous as State)['on']]),
        [
          ['Lamppu', 'changed', ['on'], false],
          ['Lamppu', 'changed', ['brightness'], true],
          ['Mittari', 'changed', ['temperature'], undefined],
          ['Mittari', 'changed', ['temperature'], undefined],
        ],
      );
      pollWithoutChanges();
      lamp({ isOn: false });
      assert.equal(sent.length, 5);
    });

    it('sends changes that the node had not read before it stopped, once', () => {
      begin({});
      const jobs: (() => void)[] = [];
      Object.assign(homes, { jobs: { add: (job: () => void) => jobs.push(job) } });
      poll({ lamp: put('lamp', 'Lamppu', { isOn: true, brightness: 0.5 }) });
      jobs.shift()?.();
      assert.deepEqual(topics(), ['Lamppu']);
      warm(22);
      deploy({});
      for (const job of jobs) job();
      assert.deepEqual(topics(), ['Lamppu', 'Mittari']);
      const last = sent.at(-1);
      assert.deepEqual(
        [last?.previous, last?.payload].map((state) => (state as State)['temperature']),
        [20, 22],
      );
    });

    it('sends no changes from a pause of more than a minute or with an edit', async () => {
      for (const [ms, config] of [
        [61 * SECOND, {}],
        [10 * SECOND, { own: false }],
      ] as const) {
        begin({});
        await pause(ms, () => lamp({ isOn: home.things.get('device', 'lamp')?.state['on'] !== true }));
        feed = open(config);
        pollWithoutChanges();
        feed.stop();
        assert.deepEqual(sent, []);
      }
    });

    it('sends added and removed events from the pause only once, even after a second pause', async () => {
      const events = ['added', 'removed'] as const;
      begin({ events });
      await pause(SECOND, () => poll({ new: put('new', 'Uusi', {}), meter: null }));
      feed = open({ events });
      await pause(SECOND);
      feed = open({ events });
      assert.deepEqual(
        sent.map(({ topic, event }) => `${topic} ${event}`),
        ['Uusi added', 'Mittari removed'],
      );
    });

    it('sends a message again after the whole hold time if the threshold was edited', async () => {
      const config = (value: number) => ({ condition: { ...isHot, value }, forMs: MINUTE });
      begin(config(50));
      warm(71.5);
      await clock.advance(MINUTE);
      assert.equal(sent.length, 1);
      deploy(config(60));
      pollWithoutChanges();
      await clock.advance(MINUTE - 1);
      assert.equal(sent.length, 1);
      await clock.advance(1);
      assert.equal(sent.length, 2);
    });

    it('restarts a running hold time if the payload was edited', async () => {
      begin({ condition: isHot, forMs: MINUTE });
      warm(70);
      await clock.advance(MINUTE / 2);
      deploy({ condition: isHot, forMs: MINUTE, payload: 'temperature' });
      pollWithoutChanges();
      await clock.advance(MINUTE - 1);
      assert.deepEqual(sent, []);
      await clock.advance(1);
      assert.deepEqual(payloads(), [70]);
    });

    it('restarts the hold time of a condition that was false during the pause', async () => {
      const config = { condition: isHot, forMs: 20 * SECOND };
      begin(config);
      warm(70);
      await pause(20 * SECOND, () => {
        warm(50);
        warm(70);
      });
      feed = open(config);
      pollWithoutChanges();
      await clock.advance(10 * SECOND - 1);
      assert.deepEqual(sent, []);
      await clock.advance(1);
      assert.equal(sent.length, 1, '20 s after it moved');
    });

    it('restarts the hold time of a value that changed during the pause, but not for other fields', async () => {
      const config = { fields: ['on'], forMs: 20 * SECOND };
      begin(config);
      lamp({ isOn: true });
      await pause(20 * SECOND, () => {
        lamp({ isOn: true, brightness: 0.9 });
        lamp({ isOn: true, brightness: 0.5 });
      });
      feed = open(config);
      pollWithoutChanges();
      await clock.advance(0);
      assert.equal(sent.length, 1);
      lamp({ isOn: false });
      await pause(20 * SECOND, () => {
        lamp({ isOn: true });
        lamp({ isOn: false });
      });
      feed = open(config);
      pollWithoutChanges();
      await clock.advance(10 * SECOND - 1);
      assert.equal(sent.length, 1);
      await clock.advance(1);
      assert.equal(sent.length, 2);
    });

    it('sends no second message for a condition that still holds', async () => {
      const config = { condition: isHot, forMs: MINUTE };
      begin(config);
      warm(70);
      await clock.advance(2 * MINUTE);
      assert.equal(sent.length, 1);
      for (let times = 0; times < 3; times++) {
        deploy(config);
        pollWithoutChanges();
        await clock.advance(HOUR);
      }
      assert.equal(sent.length, 1);
      warm(50);
      warm(70);
      await clock.advance(MINUTE);
      assert.equal(sent.length, 2, 'but once it was false');
    });

    it('continues a running hold time, and sends the message after the next answer from the hub', async () => {
      const config = { condition: isHot, forMs: 10 * MINUTE };
      begin(config);
      warm(70);
      await clock.advance(5 * MINUTE);
      deploy(config);
      pollWithoutChanges();
      await clock.advance(5 * MINUTE - 1);
      assert.equal(sent.length, 0);
      deploy(config);
      await clock.advance(MINUTE);
      assert.equal(sent.length, 0, 'no answer of the hub since');
      pollWithoutChanges();
      assert.equal(sent.length, 1);
    });
  });

  describe('with a hold time', () => {
    const command = (payload: unknown): void => {
      const entry = home.things.get('device', 'lamp');
      assert.ok(entry);
      const plan = planCommand(parseCommand({}, payload), entry, home.things, { isAlone: true });
      home.own.note(plan);
    };

    it('cancels the hold time if an own command changes the value, with own: false', async () => {
      open({ own: false, fields: ['brightness'], forMs: MINUTE });
      first();
      lamp({ isOn: true, brightness: 0.6 });
      await clock.advance(SECOND);
      command({ brightness: 80 });
      lamp({ isOn: true, brightness: 0.8 });
      await clock.advance(HOUR);
      assert.deepEqual(sent, []);
      lamp({ isOn: true, brightness: 0.3 });
      await clock.advance(MINUTE);
      assert.equal(sent.length, 1);
    });

    for (const config of [{ condition: { field: 'on', op: 'is', value: true } as const }, { fields: ['on'] }]) {
      it(`sends no value that a command has replaced since the last poll: ${Object.keys(config).join()}`, async () => {
        open({ ...config, forMs: MINUTE });
        first();
        lamp({ isOn: true });
        await clock.advance(MINUTE - SECOND);
        command({ on: false });
        await clock.advance(2 * SECOND);
        assert.deepEqual(sent, []);
        poll({});
        await clock.advance(0);
        assert.equal(sent.length, 1, 'the lamp did not execute the command');
      });
    }

    it('cancels the hold time of a condition that still holds after an own command, with own: false', async () => {
      open({ own: false, condition: { field: 'brightness', op: 'above', value: 55 }, forMs: MINUTE });
      first();
      lamp({ isOn: true, brightness: 0.6 });
      command({ brightness: 80 });
      lamp({ isOn: true, brightness: 0.8 });
      await clock.advance(HOUR);
      assert.deepEqual(sent, []);
    });

    it('sends other events immediately, and the held change after the time', async () => {
      open({ condition: isHot, forMs: MINUTE, events: ['changed', 'reachable'] });
      const meter = (temperature: number, reachable = true): void =>
        poll({ meter: put('meter', 'Mittari', { temperature, reachable }, 'TEMPERATURE') });
      first();
      meter(20, false);
      meter(70);
      assert.deepEqual(each(sent, 'event'), ['reachable']);
      await clock.advance(MINUTE);
      assert.deepEqual(each(sent, 'event'), ['reachable', 'changed']);
    });

    it('sends one message per poll, if a device is unreachable after an outage and its time is over', async () => {
      open({ condition: isHot, forMs: MINUTE, events: ['changed', 'unreachable'] });
      first();
      warm(70);
      client.isReachable = false;
      await clock.advance(5 * MINUTE);
      client.isReachable = true;
      poll({ meter: put('meter', 'Mittari', { temperature: 70, reachable: false }, 'TEMPERATURE') });
      const events = (): string[] => sent.map(({ event }) => event);
      assert.deepEqual(events(), ['unreachable']);
      pollWithoutChanges();
      assert.deepEqual(events(), ['unreachable', 'changed']);
    });

    it('sends the initial message immediately, and the held change after the time', async () => {
      put('meter', 'Mittari', { temperature: 80 }, 'TEMPERATURE');
      open({ condition: isHot, forMs: MINUTE, initial: true });
      first();
      await clock.advance(MINUTE);
      assert.deepEqual(each(sent, 'event'), ['initial', 'changed']);
    });

    it('sends the value at the end of the time', async () => {
      open({ condition: isHot, forMs: MINUTE, payload: 'temperature' });
      first();
      warm(70);
      await clock.advance(MINUTE / 2);
      warm(75);
      await clock.advance(MINUTE / 2);
      assert.deepEqual([sent[0]?.payload, sent[0]?.previous, sent.length], [75, 20, 1]);
    });

    it('waits while polls are uncertain, and counts that time', async () => {
      open({ condition: isHot, forMs: MINUTE });
      first();
      warm(70);
      const loop = live.loop as { isUpToDate: boolean };
      loop.isUpToDate = false;
      await clock.advance(HOUR);
      assert.deepEqual(sent, []);
      loop.isUpToDate = true;
      pollWithoutChanges();
      assert.equal(sent.length, 1);
    });

    it('sends nothing for a device that has been renamed, if the node selects it by its name', async () => {
      open({ targets: parseNodeTargets([{ name: 'Mittari' }]), condition: isHot, forMs: MINUTE });
      first();
      warm(70);
      poll({ meter: put('meter', 'Anturi', { temperature: 70 }, 'TEMPERATURE') });
      await clock.advance(HOUR);
      assert.deepEqual(sent, []);
    });

    it('sends nothing for a hub that is no longer polled', async () => {
      open({ condition: isHot, forMs: MINUTE });
      first();
      warm(70);
      (live.loop as { isRunning: boolean }).isRunning = false;
      await clock.advance(HOUR);
      assert.deepEqual(sent, []);
    });
  });

  describe('without a real change', () => {
    it('sends no message for a device that is listed again and meets the condition', () => {
      put('meter', 'Mittari', { temperature: 80 }, 'TEMPERATURE');
      open({ condition: isHot });
      first();
      poll({ meter: null });
      warm(80);
      assert.deepEqual(sent, []);
      warm(50);
      warm(80);
      assert.equal(sent.length, 1);
    });

    it('sends no changes of scenes against an old list, although devices were just read', async () => {
      home.load('scene', { s: { name: 'Ilta', isOn: false } });
      first();
      await clock.advance(HOUR);
      home.load('device', devices);
      open({ filter: parseFilter({ kinds: ['device', 'scene'] }) });
      const scenes = (isOn: boolean): void => {
        const changes = home.load('scene', { s: { name: 'Ilta', isOn } });
        assert.equal(changes?.length, 1);
        const outcome = { changes: changes ?? [], presses: [], isFirst: false };
        home.log.append(recordOf(outcome, { source: 'list' }));
      };
      scenes(true);
      assert.deepEqual(sent, []);
      lamp({ isOn: true });
      scenes(false);
      assert.deepEqual(each(sent, 'topic'), ['Lamppu', 'Ilta']);
    });

    it('ignores empty entries of a delta', () => {
      open({ events: ['changed', 'added', 'removed'] });
      first();
      poll({ lamp: {}, unheard: {} });
      poll(devices, true);
      assert.deepEqual(sent, []);
    });
  });

  describe('with a target that is not found', () => {
    const named = { targets: parseNodeTargets([{ name: 'Lamppu' }]) };

    it('updates the problems when the target is renamed, restored, duplicated or removed', () => {
      noOthers();
      open(named);
      first();
      const steps: [what: () => void, expected: string[]][] = [
        [() => poll({ lamp: put('lamp', 'Kattovalo', {}) }), ['Lamppu']],
        [() => poll({ lamp: put('lamp', 'Lamppu', {}) }), []],
        [() => poll({ twin: put('twin', 'LAMPPU', {}) }), ['Lamppu']],
        [() => poll({ twin: null }), []],
        [() => poll({ lamp: null }), ['Lamppu']],
        [() => lamp({}), []],
      ];
      for (const [index, [step, expected]] of steps.entries()) {
        step();
        assert.deepEqual(problems, expected, `step ${index}`);
      }
      lamp({ isOn: true });
      assert.equal(sent.at(-1)?.topic, 'Lamppu');
    });

    it('calls onThings with its devices at the start, after a Deploy, and once all its problems are solved', () => {
      noOthers();
      const config = { targets: parseNodeTargets(['Lamppu', 'Mittari'].map((name) => ({ name, kind: 'device' }))) };
      const feed = open(config);
      first();
      assert.deepEqual(shown.splice(0), ['Lamppu,Mittari']);
      poll({ lamp: put('lamp', 'Kattovalo', {}), meter: put('meter', 'Anturi', {}) });
      lamp({});
      assert.deepEqual([problems, shown], [['Mittari'], []], 'one is still missing');
      warm(21);
      assert.deepEqual([problems, shown.splice(0)], [[], ['Lamppu,Mittari']]);
      feed.stop();
      open(config);
      assert.deepEqual(shown, ['Lamppu,Mittari']);
    });

    it('reports a room that was renamed', () => {
      open({ filter: parseFilter({ rooms: ['sauna', 'r1'] }) });
      first();
      assert.deepEqual(problems, []);
      home.load('room', { r1: { id: 'r1', name: 'Löylyhuone' } });
      pollWithoutChanges();
      assert.deepEqual(problems, ['sauna']);
      home.load('room', { r1: { id: 'r1', name: 'Sauna' } });
      pollWithoutChanges();
      assert.deepEqual(problems, []);
    });
  });

  it('calls onChanged for each changed device, even without a message, with the number of selected devices', () => {
    open({ condition: isHot, targets: parseNodeTargets([{ id: 'meter' }]) });
    first();
    warm(30);
    poll({ meter: put('meter', 'Mittari', { temperature: 30, reachable: false }, 'TEMPERATURE') });
    lamp({ isOn: true });
    poll({ meter: put('meter', 'Mittari', { temperature: 30, lastSeen: 1_772_431_200_000 }, 'TEMPERATURE') });
    assert.deepEqual([news, sent], [['Mittari alone', 'Mittari alone', 'Mittari alone'], []]);
    open({}, 'n2');
    news = [];
    lamp({ isOn: false });
    assert.deepEqual(news, ['Lamppu']);
  });

  it('returns an example of the device that changed last, if the device meets the condition and has the payload', () => {
    put('sauna', 'Sauna', { temperature: 80 }, 'TEMPERATURE');
    const example = (config: Partial<ChangeConfig>): unknown[] => {
      const { topic, payload, previous, event, changed, own } = open(config, 'n2').example() ?? {};
      return [topic, payload, previous, event, changed, own];
    };
    const feed = open({ payload: 'temperature' });
    assert.equal(feed.example(), undefined, 'nothing is known yet');
    first();
    assert.equal(feed.example()?.topic, 'Mittari');
    const common = [null, 'initial', [], false];
    assert.deepEqual(example({ payload: 'temperature' }), ['Mittari', 20, ...common]);
    assert.deepEqual(example({ payload: 'temperature', condition: isHot }), ['Sauna', 80, ...common]);
    assert.deepEqual(example({ payload: 'co2' }), ['Lamppu', null, ...common]);
    poll({ sauna: put('sauna', 'Sauna', { temperature: 81 }, 'TEMPERATURE') });
    assert.deepEqual([feed.example()?.topic, feed.example()?.payload], ['Sauna', 81]);
    assert.equal(open({ filter: parseFilter({ rooms: ['Kellari'] }) }, 'n3').example(), undefined);
  });

  describe('with 9000 devices', () => {
    const MANY = 9_000;
    const isCold = { field: 'temperature', op: 'below', value: 60 } as const;

    function furnishMany(degrees: number): Record<string, object> {
      const ids = Array.from({ length: MANY }, (_, index) => `m${index}`);
      return Object.fromEntries(ids.map((id) => [id, put(id, id, { temperature: degrees }, 'TEMPERATURE')]));
    }

    it('shares timers between hold times, and reads none of them at an idle poll', async () => {
      furnishMany(20);
      let reads = 0;
      const config = { ...EVERYTHING, condition: isCold };
      Object.defineProperty(config, 'forMs', { get: () => (reads++, MINUTE), enumerable: true });
      let timers = 0;
      const counting = Object.assign(Object.create(clock) as FakeClock, {
        monotonic: () => clock.monotonic(),
        now: () => clock.now(),
        clearTimeout: (timer: number) => clock.clearTimeout(timer),
        setTimeout: (callback: () => void, ms: number) => (timers++, clock.setTimeout(callback, ms)),
      });
      const feed = new ChangeFeed({ id: 'n1', homes, config, clock: counting, send: (message) => sent.push(message) });
      feeds.push(feed);
      first();
      assert.ok(timers < 20, `${timers} timers`);
      const before = reads;
      for (let times = 0; times < 10; times++) poll({});
      assert.ok(reads - before < 100, `${reads - before} reads`);
      await clock.advance(MINUTE);
      assert.equal(sent.length, MANY + 1);
    });
  });

  it('sends a value without a condition once it has been stable for the hold time', async () => {
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

  it('sends no message after stop', async () => {
    const feed = open({ forMs: MINUTE });
    first();
    lamp({ isOn: true });
    feed.stop();
    await clock.advance(HOUR);
    lamp({ isOn: false });
    assert.deepEqual(sent, []);
  });
});
