import assert from 'node:assert/strict';
import type { Change } from '../../../../src/devices/things/changes.js';
import type { Kind } from '../../../../src/devices/things/kinds.js';
import { parseFilter, selectThings } from '../../../../src/devices/home/device-filter.js';
import { Home, type PollOutcome } from '../../../../src/devices/home/home.js';
import { FakeClock, MINUTE, SECOND } from '../../support/fake-clock.js';
import { AT, byId, HUB, lamp, poll, remote, socket, thermometer } from '../support.js';

const clock = (): FakeClock => new FakeClock();

function emptyHome(of = clock()): Home {
  return new Home({ hub: HUB, language: 'fi', clock: of });
}

function take(home: Home, answer: unknown, isResync = false): PollOutcome {
  const outcome = home.applyPoll(answer, { isResync });
  assert.ok(outcome !== undefined);
  return outcome;
}

/** A home that has taken a full answer with these devices, and what else it has. */
function homeOf(
  devices: { id: string }[],
  lists: Record<string, { id: string; name?: string }[]> = {},
  of = clock(),
): Home {
  const home = emptyHome(of);
  const deltas = Object.entries({ devices, ...lists }).map(([list, things]) => [list, byId(...things)]);
  take(home, poll(AT, Object.fromEntries(deltas) as object as Record<string, unknown>), true);
  return home;
}

const told = (changes: readonly Change[]): object[] =>
  changes.map(({ entry, events, changed }) => ({ id: entry.id, events, changed }));

const stateOf = (home: Home, id: string, kind: Kind = 'device'): object | undefined => home.things.get(kind, id)?.state;

describe('home: the first full answer', () => {
  it('is silent, and fills memory', () => {
    const home = emptyHome();
    const outcome = take(home, poll(AT, { devices: byId(lamp('a'), socket('b')) }, true), true);
    assert.deepEqual([outcome.changes, outcome.presses, outcome.isFirst], [[], [], true]);
    assert.equal(home.things.list('device').length, 2);
    assert.equal(home.timestamp, AT);
    assert.ok(home.hasPolled);
  });

  it('is full whatever it says, when everything was asked for', () => {
    const home = homeOf([lamp('a'), lamp('b')]);
    take(home, poll(AT + 1, { devices: byId(lamp('a')) }, false), true);
    assert.equal(home.things.list('device').length, 1);
  });

  it('is taken from an array, too', () => {
    const home = emptyHome();
    assert.ok(take(home, [poll(AT, { devices: byId(lamp('a')) })], true).isFirst);
    assert.equal(home.things.list('device').length, 1);
  });

  it('comes after deltas, which are held back until then', () => {
    const home = emptyHome();
    const early = take(home, poll(AT + 5, { devices: byId(lamp('a', { isOn: false })) }));
    assert.deepEqual([early.changes, early.needsResync], [[], true]);
    assert.equal(home.things.list('device').length, 0);
    const first = take(home, poll(AT, { devices: byId(lamp('a')) }), true);
    assert.deepEqual(told(first.changes), [{ id: 'a', events: ['changed'], changed: ['on'] }]);
  });

  it('that is newer than the deltas held back makes them no news', () => {
    const home = emptyHome();
    take(home, poll(AT - 5, { devices: byId(lamp('a', { isOn: false })) }));
    assert.deepEqual(take(home, poll(AT, { devices: byId(lamp('a')) }), true).changes, []);
    assert.equal((stateOf(home, 'a') as { on: boolean }).on, true);
  });

  it('without devices may be that of a hub that has just started: the next decides, and is silent', () => {
    const home = emptyHome();
    for (const deltas of [{ devices: {} }, {}]) {
      const outcome = take(emptyHome(), poll(AT, deltas), true);
      assert.deepEqual([outcome.isFirst, outcome.needsResync], [false, true]);
    }
    take(home, poll(AT, { devices: {} }), true);
    assert.ok(!home.hasPolled);
    const outcome = take(home, poll(AT, { devices: byId(lamp('a')) }), true);
    assert.deepEqual([outcome.isFirst, outcome.changes, outcome.needsResync], [true, [], false]);
  });

  it('of a home without devices is believed the second time', () => {
    const home = emptyHome();
    take(home, poll(AT, { devices: {} }), true);
    const outcome = take(home, poll(AT, { devices: {} }), true);
    assert.deepEqual([outcome.isFirst, outcome.needsResync], [true, false]);
    assert.deepEqual(told(take(home, poll(AT + 1, { devices: byId(lamp('a')) })).changes), [
      { id: 'a', events: ['added'], changed: [] },
    ]);
  });

  it('is silent after lists that were loaded by themselves', () => {
    const home = emptyHome();
    assert.deepEqual(home.load('device', byId(lamp('a', { isOn: false }))), []);
    assert.deepEqual(take(home, poll(AT, { devices: byId(lamp('a')) }), true).changes, []);
  });
});

describe('home: a delta', () => {
  const rows: [what: string, state: object, changed: string[]][] = [
    ['a field that differs is a change', { isOn: false }, ['on']],
    ['a difference that rounds to nothing is none', { brightness: 0.6041 }, []],
    ['a difference that shows after rounding is a change', { brightness: 0.6061 }, ['brightness']],
    ['a value that went is a change', { brightness: null }, ['brightness']],
    ['a value that came is a change', { hue: 1, saturation: 0.5 }, ['hue', 'saturation']],
    ['several fields are one change', { isOn: false, brightness: 0.1 }, ['on', 'brightness']],
    ['the same again is none', {}, []],
  ];
  for (const [what, state, changed] of rows) {
    it(what, () => {
      const home = homeOf([lamp('a'), lamp('b')]);
      const { changes } = take(home, poll(AT + 1, { devices: byId(lamp('a', state as Record<string, unknown>)) }));
      assert.deepEqual(told(changes), changed.length === 0 ? [] : [{ id: 'a', events: ['changed'], changed }]);
    });
  }

  it('has the state before and after', () => {
    const home = homeOf([lamp('a')]);
    const [change] = take(home, poll(AT + 1, { devices: byId(lamp('a', { brightness: 0.2 })) })).changes;
    assert.equal(change?.previous?.['brightness'], 60);
    assert.equal(change?.state['brightness'], 20);
    assert.equal(change?.entry, home.things.get('device', 'a'));
  });

  it('of a device twice in one answer is one change, from the first to the last', () => {
    const home = homeOf([lamp('a')]);
    const parts = [0.1, 0.2].map((brightness) => poll(AT + 1, { devices: byId(lamp('a', { brightness })) }));
    const [change, ...more] = take(home, parts).changes;
    assert.deepEqual([change?.previous?.['brightness'], change?.state['brightness'], more], [60, 20, []]);
  });

  it('that goes there and back in one answer is none', () => {
    const home = homeOf([lamp('a')]);
    const parts = [false, true].map((isOn) => poll(AT + 1, { devices: byId(lamp('a', { isOn })) }));
    assert.deepEqual(take(home, parts).changes, []);
  });

  it('of a new device: added', () => {
    const home = homeOf([lamp('a')]);
    const [change] = take(home, poll(AT + 1, { devices: byId(lamp('b')) })).changes;
    assert.deepEqual([change?.entry.id, change?.events, change?.previous], ['b', ['added'], null]);
  });

  it('of null: removed, with the last that was known', () => {
    const home = homeOf([lamp('a')]);
    const [change] = take(home, poll(AT + 1, { devices: { a: null } })).changes;
    assert.deepEqual([change?.events, change?.entry.name, change?.state['on']], [['removed'], 'Lamppu a', true]);
    assert.equal(home.things.get('device', 'a'), undefined);
    assert.deepEqual(take(home, poll(AT + 2, { devices: { a: null } })).changes, []);
  });

  it('of a new name is no change, but the name is found', () => {
    const home = homeOf([lamp('a')]);
    const answer = poll(AT + 1, { devices: byId(lamp('a', {}, { name: 'Lukulamppu', room: ['r2'] })) });
    assert.deepEqual(take(home, answer).changes, []);
    assert.deepEqual(
      home.things.named('device', 'lukulamppu').map(({ id }) => id),
      ['a'],
    );
    assert.deepEqual(home.things.named('device', 'Lamppu a'), []);
    assert.deepEqual([home.things.inRoom('r1').length, home.things.inRoom('r2').length], [0, 1]);
  });

  it('of an unknown kind or shape is skipped', () => {
    const home = homeOf([lamp('a')]);
    const polls = [
      { type: 'ZONE_DELTA', zones: { z: {} } },
      { type: 'USER_ALERTS_DELTA' },
      { type: 'DEVICE_DELTA', devices: { a: 5, b: 'x', c: [] } },
      { type: 'DEVICE_DELTA', devices: { a: {}, x: {}, y: { id: 'y', timestamp: AT } } },
      { type: 'GROUP_DELTA', groups: { g: {} } },
      { type: 'constructor' },
      { devices: { a: null } },
      null,
      7,
      'x',
      [],
    ];
    const outcome = take(home, { type: 'POLL_DELTA', timestamp: AT + 1, polls });
    assert.deepEqual([outcome.changes, outcome.unread, outcome.needsResync], [[], [], false]);
    assert.equal(home.things.list('device').length, 1);
  });

  it('of a known kind in an unknown shape says which list to load', () => {
    const home = homeOf([lamp('a')]);
    const polls = [
      { type: 'SCENE_DELTA', items: {} },
      { type: 'ROOM_DELTA', rooms: 'all' },
    ];
    assert.deepEqual(take(home, { type: 'POLL_DELTA', timestamp: AT + 1, polls }).unread, ['scene', 'room']);
  });

  it('of scenes, rules, rooms and alarms is taken, each after its own manner', () => {
    const scenes = [{ id: 's', name: 'Saunailta', isOn: false }];
    const rules = [{ id: 'u', config: { name: 'Kiuas pois' }, is_on: true }];
    const home = homeOf([lamp('a')], { scenes, rules });
    const answer = poll(AT + 1, {
      scenes: { s: { ...scenes[0], isOn: true } },
      rules: { u: { ...rules[0], is_on: false } },
      alarms: { x: { id: 'x', name: 'Vuoto', closed: false } },
      rooms: { r1: { id: 'r1', name: '$KITCHEN', order: 1 } },
    });
    assert.deepEqual(told(take(home, answer).changes), [
      { id: 's', events: ['changed'], changed: ['on'] },
      { id: 'u', events: ['changed'], changed: ['on'] },
      { id: 'x', events: ['added'], changed: [] },
      { id: 'r1', events: ['added'], changed: [] },
    ]);
    assert.equal(home.things.roomOf(home.things.list('device')[0]!), 'Keittiö');
  });
});

describe('home: devices that can’t be reached', () => {
  it('keep their values, whatever the hub says of them', () => {
    const home = homeOf([lamp('a')]);
    const gone = lamp('a', { reachable: false, isOn: false, brightness: null, temperature: -1, lastSeen: AT + 5 });
    const { changes } = take(home, poll(AT + 1, { devices: byId(gone) }));
    assert.deepEqual(told(changes), [
      { id: 'a', events: ['unreachable', 'changed'], changed: ['reachable', 'lastSeen'] },
    ]);
    assert.deepEqual(stateOf(home, 'a'), {
      on: true,
      brightness: 60,
      colorMode: 'temperature',
      colorTemperature: 2700,
      colorTemperatureRange: [2203, 6536],
      reachable: false,
      lastSeen: '2026-11-03T12:00:00.005Z',
    });
  });

  it('come back without a change where nothing has changed', () => {
    const home = homeOf([thermometer('t')]);
    take(home, poll(AT + 1, { devices: byId(thermometer('t', { reachable: false, temperature: null })) }));
    const { changes } = take(home, poll(AT + 2, { devices: byId(thermometer('t')) }));
    assert.deepEqual(told(changes), [{ id: 't', events: ['reachable', 'changed'], changed: ['reachable'] }]);
  });

  it('come back with what has changed meanwhile', () => {
    const home = homeOf([thermometer('t')]);
    take(home, poll(AT + 1, { devices: byId(thermometer('t', { reachable: false })) }));
    const { changes } = take(home, poll(AT + 2, { devices: byId(thermometer('t', { temperature: 19 })) }));
    assert.deepEqual(told(changes), [
      { id: 't', events: ['reachable', 'changed'], changed: ['reachable', 'temperature'] },
    ]);
  });

  it('are no phones that are away', () => {
    const phone = (reachable: boolean) => ({
      id: 'p',
      name: 'Puhelin',
      type: 'UI_DEVICE',
      state: { type: 'STATE_UI_DEVICE', reachable },
    });
    const home = homeOf([phone(true)]);
    const { changes } = take(home, poll(AT + 1, { devices: byId(phone(false)) }));
    assert.deepEqual(told(changes), [{ id: 'p', events: ['changed'], changed: ['home'] }]);
  });
});

describe('home: resync', () => {
  it('gives real differences only', () => {
    const home = homeOf([lamp('a'), lamp('b'), lamp('c')]);
    const devices = byId(lamp('a'), lamp('b', { isOn: false }), lamp('d'));
    assert.deepEqual(told(take(home, poll(AT + 1, { devices }, true), true).changes), [
      { id: 'c', events: ['removed'], changed: [] },
      { id: 'b', events: ['changed'], changed: ['on'] },
      { id: 'd', events: ['added'], changed: [] },
    ]);
  });

  it('a list that is missing deletes nothing', () => {
    const home = homeOf([lamp('a')], { scenes: [{ id: 's', name: 'Ilta' }] });
    const outcome = take(home, poll(AT + 1, { devices: byId(lamp('a')) }), true);
    assert.deepEqual([outcome.changes, outcome.needsResync], [[], false]);
    assert.equal(home.things.list('scene').length, 1);
    const withoutAny = take(home, poll(AT + 2, {}), true);
    assert.deepEqual([withoutAny.changes, withoutAny.needsResync], [[], true]);
    assert.equal(home.things.list('device').length, 1);
  });

  it('an empty list where there were things is believed when the next is empty too', () => {
    const home = homeOf([lamp('a')]);
    const first = take(home, poll(AT + 1, { devices: {} }), true);
    assert.deepEqual([first.changes, first.needsResync], [[], true]);
    const second = take(home, poll(AT + 2, { devices: {} }), true);
    assert.deepEqual(told(second.changes), [{ id: 'a', events: ['removed'], changed: [] }]);
    assert.ok(!second.needsResync);
  });

  it('an empty list is forgotten where the next is not empty', () => {
    const home = homeOf([lamp('a')]);
    take(home, poll(AT + 1, { devices: {} }), true);
    assert.deepEqual(take(home, poll(AT + 2, { devices: byId(lamp('a')) }), true).changes, []);
    take(home, poll(AT + 3, { devices: {} }), true);
    assert.equal(home.things.list('device').length, 1);
  });

  it('a list of which nothing can be read says nothing; one thing that can’t be read stays as it was', () => {
    const home = homeOf([lamp('a'), lamp('b')]);
    assert.deepEqual(take(home, poll(AT + 1, { devices: { x: 1, y: 'z' } }), true).changes, []);
    assert.deepEqual(take(home, poll(AT + 2, { devices: { a: 5, ...byId(lamp('b')) } }), true).changes, []);
    assert.equal(home.things.list('device').length, 2);
  });

  it('is needed where the hub says full unasked, which deletes nothing by itself', () => {
    const home = homeOf([lamp('a'), lamp('b')]);
    const outcome = take(home, poll(AT + 1, { devices: byId(lamp('a', { isOn: false })) }, true));
    assert.ok(outcome.needsResync);
    assert.deepEqual(told(outcome.changes), [{ id: 'a', events: ['changed'], changed: ['on'] }]);
    assert.equal(home.things.list('device').length, 2);
  });

  it('is needed where the hub’s clock goes back', () => {
    const home = homeOf([lamp('a')]);
    assert.ok(!take(home, poll(AT, {})).needsResync);
    assert.ok(take(home, poll(AT - 1, {})).needsResync);
    assert.equal(home.timestamp, AT - 1);
    assert.ok(!take(home, poll(AT - 1, { devices: byId(lamp('a')) }), true).needsResync);
  });

  it('an unasked full answer has no presses: it tells how things are', () => {
    const home = homeOf([remote('rc')]);
    const pressed = byId(remote('rc', { button: 2 }, { timestamp: AT + 1 }));
    assert.deepEqual(take(home, poll(AT + 1, { devices: pressed }, true)).presses, []);
    const again = byId(remote('rc', { button: 1 }, { timestamp: AT + 2 }));
    assert.equal(take(home, poll(AT + 2, { devices: again })).presses.length, 1);
  });

  for (const [how, button] of [
    ['of another button', 2],
    ['of the same again', 1],
  ] as const) {
    it(`a press ${how} is told of by the poll after a list that has shown it already`, () => {
      const home = homeOf([remote('rc'), lamp('a')]);
      const pressed = byId(remote('rc', { button }, { timestamp: AT + 1 }));
      home.load('device', { ...pressed, ...byId(lamp('a')) });
      home.load('device', { ...pressed, ...byId(lamp('a')) });
      assert.equal(take(home, poll(AT + 2, { devices: pressed })).presses.length, 1);
      assert.equal(take(home, poll(AT + 3, { devices: pressed })).presses.length, 0);
    });
  }

  it('an empty array is an answer with nothing new', () => {
    const home = homeOf([lamp('a')]);
    const outcome = take(home, []);
    assert.deepEqual([outcome.changes, outcome.needsResync, home.timestamp], [[], false, AT]);
  });

  it('of several parts the last time counts', () => {
    const home = homeOf([lamp('a')]);
    take(home, [poll(AT + 5, {}), poll(AT + 9, {}), poll(AT + 7, {})]);
    assert.equal(home.timestamp, AT + 9);
  });

  it('is not needed where an answer has no timestamp, which leaves the last one', () => {
    const home = homeOf([lamp('a')]);
    assert.ok(!take(home, { type: 'POLL_DELTA', polls: [] }).needsResync);
    assert.equal(home.timestamp, AT);
  });

  for (const answer of [null, undefined, 5, 'x', {}, [[]], [null], { type: 'OTHER', polls: [] }, '<html>']) {
    it(`takes nothing of ${JSON.stringify(answer)}`, () => {
      const home = homeOf([lamp('a')]);
      assert.equal(home.applyPoll(answer, { isResync: true }), undefined);
      assert.equal(home.things.list('device').length, 1);
    });
  }
});

describe('home: lists loaded by themselves', () => {
  it('give what polls have not told', () => {
    const home = homeOf([lamp('a'), lamp('b')]);
    const list = byId(lamp('a', { isOn: false }, { timestamp: AT + 1 }));
    assert.deepEqual(told(home.load('device', list) ?? []), [
      { id: 'b', events: ['removed'], changed: [] },
      { id: 'a', events: ['changed'], changed: ['on'] },
    ]);
  });

  it('leave alone what is known from later', () => {
    const home = homeOf([lamp('a', {}, { timestamp: AT + 10 })]);
    // It was asked for before the poll was answered.
    assert.deepEqual(home.load('device', byId(lamp('a', { isOn: false }, { timestamp: AT })), -1), []);
    assert.equal((stateOf(home, 'a') as { on: boolean }).on, true);
  });

  it('that are no lists are not taken', () => {
    const home = homeOf([lamp('a')]);
    for (const list of [null, 'x', 5, undefined]) assert.equal(home.load('device', list), undefined);
    assert.equal(home.things.list('device').length, 1);
  });

  it('that are empty of a sudden are believed the second time', async () => {
    const of = clock();
    const home = emptyHome(of);
    home.load('scene', { s: { name: 'Saunailta' } });
    await of.advance(SECOND);
    home.load('scene', {});
    assert.deepEqual([home.things.list('scene').length, home.ageMs('scene')], [1, SECOND]);
    home.load('scene', {});
    assert.deepEqual([home.things.list('scene').length, home.ageMs('scene')], [0, 0]);
  });
});

describe('home: groups', () => {
  const group = { id: 'g', name: 'Valot', members: ['a', 'b', 'gone'], state: { type: 'STATE_LIGHT', isOn: true } };

  it('have the state of their members', () => {
    const home = homeOf([lamp('a', { brightness: 0.2 }), lamp('b', { isOn: false })], { groups: [group] });
    assert.deepEqual(stateOf(home, 'g', 'group'), { on: true, allOn: false, brightness: 20 });
  });

  it('change with a member, once a poll', () => {
    const home = homeOf([lamp('a'), lamp('b')], { groups: [group] });
    const off = byId(lamp('a', { isOn: false }), lamp('b', { isOn: false }));
    assert.deepEqual(told(take(home, poll(AT + 1, { devices: off })).changes), [
      { id: 'a', events: ['changed'], changed: ['on'] },
      { id: 'b', events: ['changed'], changed: ['on'] },
      { id: 'g', events: ['changed'], changed: ['on', 'allOn', 'brightness'] },
    ]);
  });

  it('don’t change with what a member does beside light', () => {
    const home = homeOf([lamp('a'), lamp('b')], { groups: [group] });
    assert.equal(take(home, poll(AT + 1, { devices: byId(lamp('a', { rssi: -5 })) })).changes.length, 1);
  });

  it('change with who is in them, and with a member that goes', () => {
    const home = homeOf([lamp('a', { isOn: false }), lamp('b')], { groups: [group] });
    const less = take(home, poll(AT + 1, { groups: { g: { ...group, members: ['a'] } } })).changes;
    assert.deepEqual(told(less), [{ id: 'g', events: ['changed'], changed: ['on', 'brightness'] }]);
    const none = take(home, poll(AT + 2, { devices: { a: null } })).changes;
    assert.deepEqual(told(none), [
      { id: 'a', events: ['removed'], changed: [] },
      { id: 'g', events: ['changed'], changed: ['on', 'allOn'] },
    ]);
  });

  it('don’t change where the hub says something else of one member’s state', () => {
    const home = homeOf([lamp('a'), lamp('b')], { groups: [group] });
    const other = { ...group, name: 'Kaikki valot', state: { type: 'STATE_LIGHT', isOn: false } };
    assert.deepEqual(take(home, poll(AT + 1, { groups: byId(other) })).changes, []);
  });

  it('that came before their members are worked out when those come', () => {
    const home = emptyHome();
    home.load('group', byId(group));
    assert.deepEqual(stateOf(home, 'g', 'group'), {});
    home.load('device', byId(lamp('a')));
    assert.deepEqual(stateOf(home, 'g', 'group'), { on: true, allOn: true, brightness: 60 });
  });
});

describe('home: what it knows', () => {
  const rooms = [
    { id: 'r1', name: '$LIVINGROOM', order: 0 },
    { id: 'r2', name: 'Sauna', order: 1 },
  ];
  const groups = [
    { id: 'g', name: 'Valot', members: ['a', 'b'] },
    { id: 'h', name: 'Kaikki', members: ['a'] },
  ];
  const home = homeOf([lamp('a'), lamp('b', {}, { room: 'r2', name: ' Lamppu A ' }), socket('s', {}, { room: [] })], {
    rooms,
    groups,
  });

  it('shows a thing as messages have it', () => {
    assert.deepEqual(home.things.show(home.things.get('device', 'a')!), {
      id: 'a',
      name: 'Lamppu a',
      kind: 'device',
      type: 'LIGHT',
      room: 'Olohuone',
      hub: HUB,
      capabilities: ['BRIGHTNESS', 'COLOR_HS', 'COLOR_TEMP', 'CONTROL_LIGHT', 'DEVICE', 'ON_OFF', 'TRANSITION'],
      groups: ['Valot', 'Kaikki'],
      manufacturer: 'IKEA of Sweden',
      model: 'TRADFRI bulb E27 CWS opal 600lm',
    });
    assert.deepEqual(home.things.show(home.things.get('group', 'g')!), {
      id: 'g',
      name: 'Valot',
      kind: 'group',
      type: null,
      room: null,
      hub: HUB,
      capabilities: [],
      groups: [],
      manufacturer: null,
      model: null,
    });
  });

  it('a device in no room, or one that is not known, has none', () => {
    assert.equal(home.things.show(home.things.get('device', 's')!).room, null);
    assert.equal(
      homeOf([lamp('x', {}, { room: ['unheard'] })]).things.show(homeOf([lamp('x')]).things.list('device')[0]!).room,
      null,
    );
  });

  it('finds by name, room and capability', () => {
    const ids = (entries: { id: string }[]): string[] => entries.map(({ id }) => id);
    assert.deepEqual(ids(home.things.named('device', 'LAMPPU a')), ['a', 'b']);
    assert.deepEqual(ids(home.things.inRoom('r2')), ['b']);
    const capable = (...capabilities: string[]): string[] =>
      ids(selectThings(home.things, parseFilter({ capabilities })));
    assert.deepEqual(capable('ON_OFF'), ['a', 'b', 's']);
    assert.deepEqual(capable('ON_OFF', 'CONTROL_LIGHT'), ['a', 'b']);
    assert.deepEqual(capable('ON_OFF', 'SMOKE'), []);
    assert.deepEqual(ids(home.things.membersOf(home.things.get('group', 'g')!)), ['a', 'b']);
  });

  it('finds rooms and scenes of the factory’s by their key and in both languages, whatever they are called here', () => {
    home.load('scene', { away: { name: '$AWAY', isOn: false }, new: { name: '$UNHEARD', isOn: false } });
    home.load('room', { r1: { name: '$LIVINGROOM' } });
    for (const name of ['$AWAY', 'away', 'poissa', 'Away '])
      assert.equal(home.things.named('scene', name)[0]?.id, 'away', name);
    for (const name of ['Olohuone', 'living room', '$livingroom'])
      assert.equal(home.things.named('room', name)[0]?.id, 'r1', name);
    assert.equal(home.things.named('scene', '$UNHEARD')[0]?.id, 'new');
    home.load('room', { r1: { name: 'Olohuone' } });
    assert.deepEqual(home.things.named('room', 'living room'), [], 'a person has named it so');
    assert.equal(home.things.named('room', 'olohuone').length, 1);
  });

  it('finds nothing by the names of what objects have', () => {
    for (const name of ['constructor', '__proto__', 'toString', '']) {
      assert.deepEqual(home.things.named('device', name), []);
      assert.equal(home.things.get('device', name), undefined);
    }
  });

  it('an id that would poison objects is no thing', () => {
    const devices = JSON.parse(
      '{"__proto__": {"name": "x"}, "": {"name": "y"}, "constructor": {"name": "z"}}',
    ) as object;
    const odd = emptyHome();
    take(odd, poll(AT, { devices }), true);
    assert.deepEqual(
      odd.things.list('device').map(({ id }) => id),
      ['constructor'],
    );
  });
});

describe('home: how old its knowledge is', () => {
  it('is unknown before anything was loaded', () => {
    const home = emptyHome();
    assert.deepEqual([home.ageMs('device'), home.asOf('device')], [Infinity, null]);
  });

  it('counts from the last list, by a clock that never jumps', async () => {
    const of = clock();
    const home = emptyHome(of);
    home.load('device', {});
    const at = of.now();
    await of.advance(5 * SECOND);
    of.jump(-MINUTE);
    assert.deepEqual([home.ageMs('device'), home.asOf('device'), home.ageMs('scene')], [5 * SECOND, at, Infinity]);
  });

  it('begins anew with each answer to a poll, one that says that nothing has changed included', async () => {
    const of = clock();
    const home = homeOf([lamp('a')], { scenes: [] }, of);
    await of.advance(SECOND);
    take(home, poll(AT + 1, {}));
    assert.deepEqual([home.ageMs('device'), home.ageMs('scene')], [0, 0]);
    await of.advance(SECOND);
    home.noteUnchanged();
    assert.deepEqual([home.ageMs('device'), home.ageMs('rule')], [0, Infinity]);
  });

  it('goes on for a kind that polls don’t tell of, however often they come', async () => {
    const of = clock();
    const home = homeOf([lamp('a')], {}, of);
    home.load('scene', { s: { name: 'Saunailta' } });
    for (let polls = 0; polls < 3; polls++) {
      await of.advance(SECOND);
      take(home, poll(AT + polls, {}));
      home.noteUnchanged();
    }
    assert.deepEqual([home.ageMs('device'), home.ageMs('scene')], [0, 3 * SECOND]);
    take(home, poll(AT + 9, { scenes: { s: { name: 'Saunailta' } } }));
    assert.equal(home.ageMs('scene'), 0);
  });

  it('does not begin with news of one thing, where the others were never listed', () => {
    const home = homeOf([lamp('a')]);
    take(home, poll(AT + 1, { scenes: { s: { name: 'Saunailta' } } }));
    assert.equal(home.ageMs('scene'), Infinity);
  });

  it('goes on where something was told of a kind that could not be read', async () => {
    const of = clock();
    const home = homeOf([lamp('a')], { scenes: [] }, of);
    await of.advance(SECOND);
    take(home, { type: 'POLL_DELTA', timestamp: AT + 1, polls: [{ type: 'SCENE_DELTA' }] });
    await of.advance(SECOND);
    take(home, poll(AT + 2, {}));
    assert.deepEqual([home.ageMs('device'), home.ageMs('scene')], [0, 2 * SECOND]);
  });

  it('does not begin with a list that is not believed yet', () => {
    const home = emptyHome();
    take(home, poll(AT, { devices: {} }), true);
    assert.equal(home.ageMs('device'), Infinity);
  });
});
