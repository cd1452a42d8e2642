import assert from 'node:assert/strict';
import type { Homes, HomeSubscriber } from '../../../../src/devices/across-hubs/homes.js';
import { HomeCache } from '../../../../src/devices/home/home-cache.js';
import type { LiveHome } from '../../../../src/devices/home/live-home.js';
import { PressFeed, type PressMessage } from '../../../../src/devices/steps/press-feed.js';
import { parsePressConfig, type PressConfig } from '../../../../src/devices/steps/press-feed.js';
import { CozifyError } from '../../../../src/errors.js';
import { FakeClock } from '../../support/fake-clock.js';
import { AT, byId, device, HUB, ISO, lamp, poll, recordOf, remote, type RawDevice } from '../support.js';

describe('PressFeed', () => {
  let clock: FakeClock;
  let home: HomeCache;
  let live: LiveHome;
  let homes: Homes;
  let walls: Record<string, RawDevice>;
  let sent: (PressMessage | null)[][];
  let problems: CozifyError[];
  let hubTime: number;

  beforeEach(() => {
    clock = new FakeClock();
    home = new HomeCache({ hub: HUB, language: 'fi', clock });
    for (const kind of ['group', 'scene', 'rule', 'alarm'] as const) home.load(kind, {});
    live = { cache: home, lists: { lacks: () => false } } as unknown as LiveHome;
    homes = {
      open: [],
      onHubs: () => () => undefined,
      known: { ids: [HUB], defaultId: HUB },
      subscribe: (_config: PressConfig, subscriber: HomeSubscriber) =>
        home.log.subscribe((record) => subscriber(live, record)),
    } as unknown as Homes;
    [sent, problems, hubTime] = [[], [], AT];
    walls = { rc: remote('rc', {}, { name: 'Kytkin' }), other: remote('other', {}, { name: 'Kaukosäädin' }) };
  });

  function open(properties: Record<string, unknown> = {}): PressFeed {
    return new PressFeed({
      ...{ homes, clock, config: parsePressConfig(properties) },
      send: (messages) => sent.push(messages),
      onProblems: (found) => problems.push(...found),
    });
  }
  function take(answer: object, isFull = false): void {
    const outcome = home.applyPoll(answer, { isFull });
    assert.ok(outcome);
    home.log.append(recordOf(outcome));
  }
  function first(): void {
    take(poll(hubTime, { devices: byId(...Object.values(walls)) }, true), true);
  }
  function press(id: string, button: number, modifiers: string[] = []): void {
    hubTime += 1000;
    const before = walls[id] as RawDevice;
    walls[id] = { ...before, timestamp: hubTime, state: { ...before.state, button, modifiers, lastSeen: hubTime } };
    take(poll(hubTime, { devices: { [id]: walls[id] } }));
  }

  it('sends a message with the switch, the button and the kind of press', () => {
    open();
    first();
    press('rc', 2, ['longpress']);
    const [[message], ...others] = sent as [PressMessage[], ...unknown[]];
    assert.deepEqual(others, []);
    assert.deepEqual([message?.topic, message?.device.id, message?.device.type], ['Kytkin', 'rc', 'REMOTE_CONTROL']);
    assert.deepEqual(message?.payload, { button: 2, label: 'Alas', press: 'long', repeat: false });
    assert.match(String(message?.at), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.notEqual(message?.at, ISO, "by the local clock, not the hub's");
  });

  it('sends no message for the first full answer', () => {
    open();
    first();
    assert.deepEqual(sent, []);
  });

  it('sends a separate message to the output of each matching row', () => {
    open({
      presses: [
        { button: 1, press: 'long' },
        { button: 'alas', press: '' },
        { button: '', press: 'short' },
      ],
    });
    first();
    press('rc', 2);
    const [[none, second, third] = []] = sent;
    assert.deepEqual([none, second?.payload.button, third?.payload.button], [null, 2, 2]);
    assert.notEqual(second, third);
    press('rc', 1, ['longpress']);
    assert.deepEqual(
      sent[1]?.map((message) => message?.payload.press),
      ['long', undefined, undefined],
    );
    press('rc', 1, ['stop']);
    assert.equal(sent.length, 2, 'a press that no row asks for');
  });

  it('sends repeated presses unless repeats is false', () => {
    open();
    const once = open({ repeats: false });
    first();
    press('rc', 2);
    assert.equal(sent.length, 2);
    press('rc', 2);
    assert.equal(sent.length, 3);
    assert.equal(sent[2]?.[0]?.payload.repeat, true);
    once.stop();
    press('rc', 1);
    assert.equal(sent.length, 4, 'no message after stop');
  });

  it('sends only presses of switches chosen by id or name', () => {
    open({ targets: [{ id: 'rc', name: 'so it was called' }] });
    open({ targets: [{ id: '', name: ' KAUKOSÄÄDIN ' }] });
    first();
    press('rc', 2);
    press('other', 2);
    assert.deepEqual(
      sent.map(([message]) => message?.topic),
      ['Kytkin', 'Kaukosäädin'],
    );
  });

  it('ignores presses from before its start', async () => {
    first();
    open();
    const report = (timestamp: number): void => {
      const before = walls['rc'] as RawDevice;
      walls['rc'] = { ...before, timestamp, state: { ...before.state, button: 2, lastSeen: timestamp } };
      take(poll(hubTime, { devices: { rc: walls['rc'] } }));
    };
    await clock.advance(2_000);
    report((hubTime += 10_000) - 3_000);
    assert.deepEqual(sent, []);
    await clock.advance(2_000);
    report((hubTime += 10_000) - 3_000);
    assert.equal(sent.length, 1, 'pressed after the start');
  });

  it('reports a chosen switch that is removed', () => {
    open({ targets: [{ id: 'rc' }] });
    open();
    first();
    take(poll((hubTime += 1000), { devices: { rc: null, other: null } }));
    assert.deepEqual(
      problems.map(({ code, subject }) => [code, subject]),
      [['COZIFY_NOT_FOUND', 'Kytkin']],
    );
  });

  const examples: [title: string, presses: object[], outputs: (unknown[] | null)[]][] = [
    ['the first button without rows', [], [[1, 'Ylös', 'short']]],
    ['the number in the first row', [{ button: 2, press: 'long' }], [[2, 'Alas', 'long']]],
    ['a number that no button has', [{ button: 7 }], [[7, null, 'short']]],
    ['a name that no button has', [{ button: 'Muu' }], [[1, 'Ylös', 'short']]],
    [
      'the name in the first row, at each output that sends it',
      [{ button: ' alas ' }, { button: 1 }, { press: 'long' }, {}],
      [[2, 'Alas', 'short'], null, null, [2, 'Alas', 'short']],
    ],
  ];
  /** Returns the values of an example for each output. `known`: the devices of the home. */
  function exampleOf(presses: object[], known: RawDevice[]): (unknown[] | null)[] | undefined {
    const feed = open({ presses });
    Object.assign(homes, { open: [live] });
    home.applyPoll(poll(AT, { devices: byId(...known) }), { isFull: true });
    return feed.example()?.map((message) => message && Object.values(message.payload).slice(0, 3));
  }
  for (const [title, presses, outputs] of examples) {
    it(`returns an example with ${title}`, () => {
      assert.deepEqual(exampleOf(presses, [lamp('a'), remote('rc')]), outputs);
    });
  }

  it('returns examples of devices of any type that have buttons, and of no others', () => {
    const others = [device('x', 'REMOTE_CONTROL', [], {}), device('x', '', ['REMOTE_CONTROL'], {})];
    for (const one of [...others, device('x', '', [], { button: 1 })]) {
      assert.deepEqual(exampleOf([{ button: 'Muu' }], [one]), [[1, 'Muu', 'short']]);
      assert.deepEqual(exampleOf([], [one]), [[1, null, 'short']]);
    }
    const labelled = device('x', '', [], {}, { buttons: [{ id: 4, label: 'Muu' }] });
    assert.deepEqual(exampleOf([{ button: 'muu' }], [labelled]), [[4, 'Muu', 'short']]);
    assert.equal(exampleOf([], [lamp('a')]), undefined);
  });

  const bad: [title: string, properties: Record<string, unknown>][] = [
    ['presses that are not an array', { presses: 'long' }],
    ['a press that is not an object', { presses: ['long'] }],
    ['an unknown kind of press', { presses: [{ button: 1, press: 'double' }] }],
    ['a button that is neither an integer nor a name', { presses: [{ button: 1.5, press: '' }] }],
    ['a room, which has no buttons', { targets: [{ kind: 'room', id: 'r1', name: 'Sauna' }] }],
    ['a hub that is not a string', { hub: 7 }],
  ];
  for (const [title, properties] of bad) {
    it(`rejects ${title}`, () => {
      assert.throws(
        () => parsePressConfig(properties),
        (error) => error instanceof CozifyError && error.code === 'COZIFY_BAD_INPUT',
      );
    });
  }
});
