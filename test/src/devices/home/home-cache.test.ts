import assert from 'node:assert/strict';
import type { Change } from '../../../../src/devices/things/changes.js';
import type { Kind } from '../../../../src/devices/things/kinds.js';
import { HomeCache, type PollOutcome } from '../../../../src/devices/home/home-cache.js';
import { FakeClock, MINUTE, SECOND } from '../../support/fake-clock.js';
import { AT, byId, HUB, lamp, poll, remote, socket, thermometer } from '../support.js';
import { each } from '../../../support/each.js';

const clock = (): FakeClock => new FakeClock();

function emptyHome(of = clock()): HomeCache {
  return new HomeCache({ hub: HUB, language: 'fi', clock: of });
}

function take(home: HomeCache, answer: unknown, isFull = false): PollOutcome {
  const outcome = home.applyPoll(answer, { isFull });
  assert.ok(outcome !== undefined);
  return outcome;
}

/** Returns a home cache after a full poll answer with these devices and lists. */
function homeOf(
  devices: { id: string }[],
  lists: Record<string, { id: string; name?: string }[]> = {},
  of = clock(),
): HomeCache {
  const home = emptyHome(of);
  const deltas = Object.entries({ devices, ...lists }).map(([list, things]) => [list, byId(...things)]);
  take(home, poll(AT, Object.fromEntries(deltas) as object as Record<string, unknown>), true);
  return home;
}

const summaries = (changes: readonly Change[]): object[] =>
  changes.map(({ entry, events, changed }) => ({ id: entry.id, events, changed }));

const stateOf = (home: HomeCache, id: string, kind: Kind = 'device'): object | undefined =>
  home.things.get(kind, id)?.state;

describe('HomeCache: the first full answer', () => {
  it('is treated as full if a full poll was sent', () => {
    const home = homeOf([lamp('a'), lamp('b')]);
    take(home, poll(AT + 1, { devices: byId(lamp('a')) }, false), true);
    assert.equal(home.things.list('device').length, 1);
  });

  it('is needed before deltas, which are ignored until it comes', () => {
    const home = emptyHome();
    assert.deepEqual(take(home, poll(AT + 5, { devices: byId(lamp('a', { isOn: false })) })).changes, []);
    assert.equal(home.things.list('device').length, 0);
    assert.deepEqual(take(home, poll(AT, { devices: byId(lamp('a')) }), true).changes, []);
  });

  it('is the first one with devices, because a hub that has just started lists none', () => {
    const home = emptyHome();
    for (const deltas of [{ devices: {} }, {}]) {
      assert.equal(take(home, poll(AT, deltas), true).isFirst, false);
      assert.ok(!home.hasPolled);
    }
    const outcome = take(home, poll(AT, { devices: byId(lamp('a')) }), true);
    assert.deepEqual([outcome.isFirst, outcome.changes], [true, []]);
  });

  it('is the first one after 2 minutes if the home has no devices', async () => {
    const of = clock();
    const home = emptyHome(of);
    take(home, poll(AT, { devices: {} }), true);
    await of.advance(2 * MINUTE - 1);
    assert.equal(take(home, poll(AT, { devices: {} }), true).isFirst, false);
    await of.advance(1);
    assert.equal(take(home, poll(AT, { devices: {} }), true).isFirst, true);
    assert.deepEqual(summaries(take(home, poll(AT + 1, { devices: byId(lamp('a')) })).changes), [
      { id: 'a', events: ['added'], changed: [] },
    ]);
  });

  it('emits no changes against lists that were loaded before', () => {
    const home = emptyHome();
    assert.deepEqual(home.load('device', byId(lamp('a', { isOn: false }))), []);
    assert.deepEqual(take(home, poll(AT, { devices: byId(lamp('a')) }), true).changes, []);
  });
});

describe('HomeCache: a delta', () => {
  const rows: [label: string, state: object, changed: string[]][] = [
    ['emits a change of a field', { isOn: false }, ['on']],
    ['ignores a difference that rounding removes', { brightness: 0.6041 }, []],
    ['emits a difference that remains after rounding', { brightness: 0.6061 }, ['brightness']],
    ['emits a value that disappears', { brightness: null }, ['brightness']],
    ['emits a value that appears', { hue: 1, saturation: 0.5 }, ['hue', 'saturation']],
    ['emits one change for several fields', { isOn: false, brightness: 0.1 }, ['on', 'brightness']],
    ['ignores equal values', {}, []],
  ];
  for (const [label, state, changed] of rows) {
    it(label, () => {
      const home = homeOf([lamp('a'), lamp('b')]);
      const { changes } = take(home, poll(AT + 1, { devices: byId(lamp('a', state as Record<string, unknown>)) }));
      assert.deepEqual(summaries(changes), changed.length === 0 ? [] : [{ id: 'a', events: ['changed'], changed }]);
    });
  }

  it('emits one change for a device that appears twice in an answer', () => {
    const home = homeOf([lamp('a')]);
    const parts = [0.1, 0.2].map((brightness) => poll(AT + 1, { devices: byId(lamp('a', { brightness })) }));
    const [change, ...more] = take(home, parts).changes;
    assert.deepEqual([change?.previous?.['brightness'], change?.state['brightness'], more], [60, 20, []]);
  });

  it('ignores a value that changes and returns within an answer', () => {
    const home = homeOf([lamp('a')]);
    const parts = [false, true].map((isOn) => poll(AT + 1, { devices: byId(lamp('a', { isOn })) }));
    assert.deepEqual(take(home, parts).changes, []);
  });

  it('updates names and rooms without a change', () => {
    const home = homeOf([lamp('a')]);
    const answer = poll(AT + 1, { devices: byId(lamp('a', {}, { name: 'Lukulamppu', room: ['r2'] })) });
    assert.deepEqual(take(home, answer).changes, []);
    assert.deepEqual(each(home.things.named('device', 'lukulamppu'), 'id'), ['a']);
    assert.deepEqual(home.things.named('device', 'Lamppu a'), []);
    assert.deepEqual([home.things.inRoom('r1').length, home.things.inRoom('r2').length], [0, 1]);
  });

  it('skips unknown kinds and shapes', () => {
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
    assert.deepEqual([outcome.changes, outcome.unread, home.isStale], [[], [], false]);
    assert.equal(home.things.list('device').length, 1);
  });

  it('returns the lists to load for known kinds in an unknown shape', () => {
    const home = homeOf([lamp('a')]);
    const polls = [
      { type: 'SCENE_DELTA', items: {} },
      { type: 'ROOM_DELTA', rooms: 'all' },
    ];
    assert.deepEqual(take(home, { type: 'POLL_DELTA', timestamp: AT + 1, polls }).unread, ['scene', 'room']);
  });

  it('updates scenes, rules, rooms and alarms', () => {
    const scenes = [{ id: 's', name: 'Saunailta', isOn: false }];
    const rules = [{ id: 'u', config: { name: 'Kiuas pois' }, is_on: true }];
    const home = homeOf([lamp('a')], { scenes, rules });
    const answer = poll(AT + 1, {
      scenes: { s: { ...scenes[0], isOn: true } },
      rules: { u: { ...rules[0], is_on: false } },
      alarms: { x: { id: 'x', name: 'Vuoto', closed: false } },
      rooms: { r1: { id: 'r1', name: '$KITCHEN', order: 1 } },
    });
    assert.deepEqual(summaries(take(home, answer).changes), [
      { id: 's', events: ['changed'], changed: ['on'] },
      { id: 'u', events: ['changed'], changed: ['on'] },
      { id: 'x', events: ['added'], changed: [] },
      { id: 'r1', events: ['added'], changed: [] },
    ]);
    assert.equal(home.things.roomOf(home.things.list('device')[0]!), 'Keittiö');
  });
});

describe('HomeCache: unreachable devices', () => {
  it('keep their values although the hub sends other values', () => {
    const home = homeOf([lamp('a')]);
    const gone = lamp('a', { reachable: false, isOn: false, brightness: null, temperature: -1, lastSeen: AT + 5 });
    const { changes } = take(home, poll(AT + 1, { devices: byId(gone) }));
    assert.deepEqual(summaries(changes), [
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

  it('emit only “reachable” if their values are the same afterwards', () => {
    const home = homeOf([thermometer('t')]);
    take(home, poll(AT + 1, { devices: byId(thermometer('t', { reachable: false, temperature: null })) }));
    const { changes } = take(home, poll(AT + 2, { devices: byId(thermometer('t')) }));
    assert.deepEqual(summaries(changes), [{ id: 't', events: ['reachable', 'changed'], changed: ['reachable'] }]);
  });

  it('emit the fields that changed during the outage', () => {
    const home = homeOf([thermometer('t')]);
    take(home, poll(AT + 1, { devices: byId(thermometer('t', { reachable: false })) }));
    const { changes } = take(home, poll(AT + 2, { devices: byId(thermometer('t', { temperature: 19 })) }));
    assert.deepEqual(summaries(changes), [
      { id: 't', events: ['reachable', 'changed'], changed: ['reachable', 'temperature'] },
    ]);
  });

  it('exclude phones that are not at home', () => {
    const phone = (reachable: boolean) => ({
      id: 'p',
      name: 'Puhelin',
      type: 'UI_DEVICE',
      state: { type: 'STATE_UI_DEVICE', reachable },
    });
    const home = homeOf([phone(true)]);
    const { changes } = take(home, poll(AT + 1, { devices: byId(phone(false)) }));
    assert.deepEqual(summaries(changes), [{ id: 'p', events: ['changed'], changed: ['home'] }]);
  });
});

describe('HomeCache: a resync', () => {
  it('removes nothing if a list is missing', () => {
    const home = homeOf([lamp('a')], { scenes: [{ id: 's', name: 'Ilta' }] });
    const outcome = take(home, poll(AT + 1, { devices: byId(lamp('a')) }), true);
    assert.deepEqual([outcome.changes, home.isEmptyListIgnored('scene')], [[], false]);
    assert.equal(home.things.list('scene').length, 1);
    const withoutAny = take(home, poll(AT + 2, {}), true);
    assert.deepEqual([withoutAny.changes, home.isEmptyListIgnored('device')], [[], true]);
    assert.equal(home.things.list('device').length, 1);
  });

  it('discards an empty list if the next one is not empty', () => {
    const home = homeOf([lamp('a')]);
    take(home, poll(AT + 1, { devices: {} }), true);
    assert.deepEqual(take(home, poll(AT + 2, { devices: byId(lamp('a')) }), true).changes, []);
    take(home, poll(AT + 3, { devices: {} }), true);
    assert.equal(home.things.list('device').length, 1);
  });

  it('ignores an unreadable list, and keeps devices with an unreadable entry', () => {
    const home = homeOf([lamp('a'), lamp('b')]);
    assert.deepEqual(take(home, poll(AT + 1, { devices: { x: 1, y: 'z' } }), true).changes, []);
    assert.deepEqual(take(home, poll(AT + 2, { devices: { a: 5, ...byId(lamp('b')) } }), true).changes, []);
    assert.equal(home.things.list('device').length, 2);
  });

  it('treats an answer as full if it says so, even if no full poll was sent', () => {
    const home = homeOf([lamp('a'), lamp('b')]);
    const outcome = take(home, poll(AT + 1, { devices: byId(lamp('a', { isOn: false })) }, true));
    assert.deepEqual(summaries(outcome.changes), [
      { id: 'b', events: ['removed'], changed: [] },
      { id: 'a', events: ['changed'], changed: ['on'] },
    ]);
  });

  it('is needed after the hub’s clock was set back, until a full answer comes', () => {
    const home = homeOf([lamp('a')]);
    take(home, poll(AT, {}));
    assert.equal(home.isStale, false);
    take(home, poll(AT - 1, {}));
    assert.deepEqual([home.isStale, home.timestamp], [true, AT - 1]);
    take(home, poll(AT - 1, { devices: byId(lamp('a')) }), true);
    assert.equal(home.isStale, false);
  });

  it('returns the presses since the previous answer if that answer is at most 1.5 poll intervals old', async () => {
    for (const [pauseMs, presses] of [
      [1.5 * SECOND, 1],
      [1.5 * SECOND + 1, 0],
    ] as const) {
      const of = clock();
      const home = homeOf([remote('rc')], {}, of);
      await of.advance(pauseMs);
      const pressed = byId(remote('rc', { button: 2 }, { timestamp: AT + 1 }));
      const answer = poll(AT + 1, { devices: pressed }, true);
      assert.equal(home.applyPoll(answer, { isFull: true, intervalMs: SECOND })?.presses.length, presses);
      const again = byId(remote('rc', { button: 1 }, { timestamp: AT + 2 }));
      assert.equal(take(home, poll(AT + 2, { devices: again })).presses.length, 1);
    }
  });

  it('treats an empty array as an answer without changes', () => {
    const home = homeOf([lamp('a')]);
    assert.deepEqual([take(home, []).changes, home.isStale, home.timestamp], [[], false, AT]);
  });

  it('keeps the latest timestamp of several parts', () => {
    const home = homeOf([lamp('a')]);
    take(home, [poll(AT + 5, {}), poll(AT + 9, {}), poll(AT + 7, {})]);
    assert.equal(home.timestamp, AT + 9);
  });

  it('is not needed after an answer without a timestamp', () => {
    const home = homeOf([lamp('a')]);
    take(home, { type: 'POLL_DELTA', polls: [] });
    assert.deepEqual([home.isStale, home.timestamp], [false, AT]);
  });

  for (const answer of [null, undefined, 5, 'x', {}, [[]], [null], { type: 'OTHER', polls: [] }, '<html>']) {
    it(`ignores the answer ${JSON.stringify(answer)}`, () => {
      const home = homeOf([lamp('a')]);
      assert.equal(home.applyPoll(answer, { isFull: true }), undefined);
      assert.equal(home.things.list('device').length, 1);
    });
  }
});

describe('HomeCache: lists that are loaded separately', () => {
  it('emit changes that polls have not emitted', () => {
    const home = homeOf([lamp('a'), lamp('b')]);
    const list = byId(lamp('a', { isOn: false }, { timestamp: AT + 1 }));
    assert.deepEqual(summaries(home.load('device', list) ?? []), [
      { id: 'b', events: ['removed'], changed: [] },
      { id: 'a', events: ['changed'], changed: ['on'] },
    ]);
  });

  it('are dropped if they were requested before the last loaded list', async () => {
    const of = clock();
    const home = homeOf([lamp('a')], {}, of);
    await of.advance(SECOND);
    home.load('scene', { s: { name: 'Saunailta', isOn: true } });
    home.load('scene', { s: { name: 'Saunailta', isOn: false } }, of.monotonic() - 1);
    assert.deepEqual(stateOf(home, 's', 'scene'), { on: true });
  });

  it('are ignored if they are not objects', () => {
    const home = homeOf([lamp('a')]);
    for (const list of [null, 'x', 5, undefined]) assert.equal(home.load('device', list), undefined);
    assert.equal(home.things.list('device').length, 1);
  });

  it('are accepted only after 2 minutes if they are suddenly empty', async () => {
    const of = clock();
    const home = emptyHome(of);
    home.load('scene', { s: { name: 'Saunailta' } });
    await of.advance(SECOND);
    home.load('scene', {});
    assert.deepEqual([home.things.list('scene').length, home.ageMs('scene')], [1, SECOND]);
    await of.advance(2 * MINUTE);
    home.load('scene', {});
    assert.deepEqual([home.things.list('scene').length, home.ageMs('scene')], [0, 0]);
  });
});

describe('HomeCache: groups', () => {
  const group = { id: 'g', name: 'Valot', members: ['a', 'b', 'gone'], state: { type: 'STATE_LIGHT', isOn: true } };

  it('change once per poll with their members', () => {
    const home = homeOf([lamp('a'), lamp('b')], { groups: [group] });
    const off = byId(lamp('a', { isOn: false }), lamp('b', { isOn: false }));
    assert.deepEqual(summaries(take(home, poll(AT + 1, { devices: off })).changes), [
      { id: 'a', events: ['changed'], changed: ['on'] },
      { id: 'b', events: ['changed'], changed: ['on'] },
      { id: 'g', events: ['changed'], changed: ['on', 'allOn', 'brightness'] },
    ]);
  });

  it('do not change with other fields of a member', () => {
    const home = homeOf([lamp('a'), lamp('b')], { groups: [group] });
    assert.equal(take(home, poll(AT + 1, { devices: byId(lamp('a', { rssi: -5 })) })).changes.length, 1);
  });

  it('change when their member list changes or a member is removed', () => {
    const home = homeOf([lamp('a', { isOn: false }), lamp('b')], { groups: [group] });
    const less = take(home, poll(AT + 1, { groups: { g: { ...group, members: ['a'] } } })).changes;
    assert.deepEqual(summaries(less), [{ id: 'g', events: ['changed'], changed: ['on', 'brightness'] }]);
    const none = take(home, poll(AT + 2, { devices: { a: null } })).changes;
    assert.deepEqual(summaries(none), [
      { id: 'a', events: ['removed'], changed: [] },
      { id: 'g', events: ['changed'], changed: ['on', 'allOn'] },
    ]);
  });

  it('do not change with the group state of the hub', () => {
    const home = homeOf([lamp('a'), lamp('b')], { groups: [group] });
    const other = { ...group, name: 'Kaikki valot', state: { type: 'STATE_LIGHT', isOn: false } };
    assert.deepEqual(take(home, poll(AT + 1, { groups: byId(other) })).changes, []);
  });

  it('get their state when their members are loaded later', () => {
    const home = emptyHome();
    home.load('group', byId(group));
    assert.deepEqual(stateOf(home, 'g', 'group'), {});
    home.load('device', byId(lamp('a')));
    assert.deepEqual(stateOf(home, 'g', 'group'), { on: true, allOn: true, brightness: 60 });
  });
});

describe('HomeCache: entries', () => {
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

  it('are shown in the format of messages', () => {
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

  it('have a null room if the room is missing or unknown', () => {
    assert.equal(home.things.show(home.things.get('device', 's')!).room, null);
    const { things } = homeOf([lamp('x', {}, { room: ['unheard'] })]);
    assert.equal(things.show(things.get('device', 'x')!).room, null);
  });

  it('are found by the key and both names of a built-in room or scene', () => {
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

  it('are not found by names of object properties', () => {
    for (const name of ['constructor', '__proto__', 'toString', '']) {
      assert.deepEqual(home.things.named('device', name), []);
      assert.equal(home.things.get('device', name), undefined);
    }
  });

  it('exclude the id __proto__', () => {
    const devices = JSON.parse(
      '{"__proto__": {"name": "x"}, "": {"name": "y"}, "constructor": {"name": "z"}}',
    ) as object;
    const odd = emptyHome();
    take(odd, poll(AT, { devices }), true);
    assert.deepEqual(each(odd.things.list('device'), 'id'), ['constructor']);
  });
});

describe('HomeCache: the age of the cache', () => {
  it('is infinite before the first load', () => {
    const home = emptyHome();
    assert.deepEqual([home.ageMs('device'), home.asOf('device')], [Infinity, null]);
  });

  it('counts from the last list, by the monotonic clock', async () => {
    const of = clock();
    const home = emptyHome(of);
    home.load('device', {});
    const at = of.now();
    await of.advance(5 * SECOND);
    of.jump(-MINUTE);
    assert.deepEqual([home.ageMs('device'), home.asOf('device'), home.ageMs('scene')], [5 * SECOND, at, Infinity]);
  });

  it('is fresh up to the given age, and after a command from answers that are requested 1.5 s later', async () => {
    const of = clock();
    const home = homeOf([lamp('a')], {}, of);
    const fresh = (...ages: number[]): boolean[] => ages.map((ms) => home.isFresh('device', ms));
    await of.advance(3 * SECOND);
    assert.deepEqual([fresh(2_999, 3_000), home.isOld('device')], [[false, true], false]);
    home.noteCommand(['device']);
    assert.deepEqual([fresh(3_000, 3_001), home.isOld('device')], [[false, true], true]);
    await of.advance(1_499);
    home.noteUnchanged();
    assert.deepEqual([fresh(3_000), home.isOld('device')], [[false], false]);
    await of.advance(1);
    home.noteUnchanged();
    assert.deepEqual(fresh(3_000), [true]);
  });

  it('restarts with each answer to a poll, even without changes', async () => {
    const of = clock();
    const home = homeOf([lamp('a')], { scenes: [] }, of);
    await of.advance(SECOND);
    take(home, poll(AT + 1, {}));
    assert.deepEqual([home.ageMs('device'), home.ageMs('scene')], [0, 0]);
    await of.advance(SECOND);
    home.noteUnchanged();
    assert.deepEqual([home.ageMs('device'), home.ageMs('rule')], [0, Infinity]);
  });

  it('continues for a kind that polls do not include', async () => {
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

  it('stays infinite after a delta of a kind that was never listed', () => {
    const home = homeOf([lamp('a')]);
    take(home, poll(AT + 1, { scenes: { s: { name: 'Saunailta' } } }));
    assert.equal(home.ageMs('scene'), Infinity);
  });

  it('continues for a kind with an unreadable delta', async () => {
    const of = clock();
    const home = homeOf([lamp('a')], { scenes: [] }, of);
    await of.advance(SECOND);
    take(home, { type: 'POLL_DELTA', timestamp: AT + 1, polls: [{ type: 'SCENE_DELTA' }] });
    await of.advance(SECOND);
    take(home, poll(AT + 2, {}));
    assert.deepEqual([home.ageMs('device'), home.ageMs('scene')], [0, 2 * SECOND]);
  });

  it('stays infinite after an empty list that is not accepted', () => {
    const home = emptyHome();
    take(home, poll(AT, { devices: {} }), true);
    assert.equal(home.ageMs('device'), Infinity);
  });
});
