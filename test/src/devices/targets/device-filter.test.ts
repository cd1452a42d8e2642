import assert from 'node:assert/strict';
import { isSelected, parseFilter, selectThings } from '../../../../src/devices/targets/device-filter.js';
import { HomeCache } from '../../../../src/devices/home/home-cache.js';
import { FakeClock } from '../../support/fake-clock.js';
import { byId, device, lamp, socket, thermometer } from '../support.js';

const home = new HomeCache({ hub: 'koti', language: 'fi', clock: new FakeClock() });
home.load('room', { r1: { name: '$LIVINGROOM' }, r2: { name: 'Sauna' } });
home.load('group', { g: { name: 'Valot', members: ['a'] } });
home.load(
  'device',
  byId(
    lamp('a'),
    lamp('b', { reachable: false }, { room: 'r2' }),
    socket('s', {}, { room: [] }),
    thermometer('t', {}, { room: ['r2'] }),
    device('p', 'UI_DEVICE', ['USER_PRESENCE'], { type: 'STATE_UI_DEVICE', reachable: false }, { room: [] }),
  ),
);

describe('The device filter', () => {
  const rows: [label: string, properties: object, ids: string[]][] = [
    ['matches all devices without properties', {}, ['a', 'b', 's', 't', 'p']],
    ['matches a room by its name', { rooms: [' sauna'] }, ['b', 't']],
    ['matches a room by its id', { rooms: ['r1'] }, ['a']],
    ['matches several rooms', { rooms: ['Olohuone', 'r2', 'Sauna'] }, ['a', 'b', 't']],
    ['matches nothing for an unknown room', { rooms: ['Kellari'] }, []],
    ['matches a capability', { capabilities: ['ON_OFF'] }, ['a', 'b', 's']],
    ['matches devices with all capabilities', { capabilities: ['ON_OFF', 'COLOR_HS'] }, ['a', 'b']],
    ['matches capabilities in lower case', { capabilities: ['on_off', 'Color_hs'] }, ['a', 'b']],
    [
      'matches devices with any of several capabilities',
      { capabilities: ['color_hs', 'temperature'], capabilitiesMatch: 'any' },
      [...'abt'],
    ],
    ['matches all devices for any of no capabilities', { capabilitiesMatch: 'any' }, ['a', 'b', 's', 't', 'p']],
    ['matches a built-in room by its name in another language', { rooms: ['living room'] }, ['a']],
    ['matches a built-in room by its key', { rooms: ['$LIVINGROOM'] }, ['a']],
    ['matches a built-in room by its key without $', { rooms: ['livingroom'] }, ['a']],
    ['matches a room and a capability', { rooms: ['r2'], capabilities: ['TEMPERATURE'] }, ['t']],
    ['matches unreachable devices for reachable "no"', { reachable: 'no' }, ['b']],
    ['matches phones that are not at home for reachable "yes"', { reachable: 'yes' }, ['a', 's', 't', 'p']],
    ['matches another kind', { kinds: ['group'] }, ['g']],
    ['matches several kinds', { kinds: ['group', 'device'], capabilities: [] }, ['g', 'a', 'b', 's', 't', 'p']],
    ['matches no groups by room', { kinds: ['group'], rooms: ['r1'] }, []],
    ['matches no groups by capability', { kinds: ['group'], capabilities: ['ON_OFF'] }, []],
    ['matches groups for reachable "yes"', { kinds: ['group'], reachable: 'yes' }, ['g']],
  ];
  for (const [label, properties, ids] of rows) {
    it(label, () => {
      const filter = parseFilter(properties);
      assert.deepEqual(
        selectThings(home.things, filter).map(({ id }) => id),
        ids,
      );
    });
    it(`${label}, for a single entry`, () => {
      const filter = parseFilter(properties);
      const all = (['device', 'group', 'room'] as const).flatMap((kind) => home.things.list(kind));
      const selected = all.filter((entry) => isSelected(home.things, entry, filter)).map(({ id }) => id);
      assert.deepEqual(selected.sort(), [...ids].sort());
    });
  }

  const bad: [label: string, properties: object, says: RegExp][] = [
    ['rooms that are not an array', { rooms: 'Sauna' }, /rooms should be a list of texts, but was a string/],
    ['a room that is not a string', { rooms: [5] }, /rooms should be a list of texts/],
    ['an empty room', { rooms: [' '] }, /rooms/],
    ['null for capabilities', { capabilities: null }, /capabilities.*null/],
    ['an unknown kind', { kinds: ['lamp'] }, /kind should be one of device, group, scene, rule, alarm, room/],
    ['an unknown match', { capabilitiesMatch: 'some' }, /capabilitiesMatch should be one of all, any/],
    ['an invalid reachable', { reachable: true }, /reachable should be one of any, yes, no, but was a boolean/],
  ];
  for (const [label, properties, says] of bad) {
    it(`rejects ${label}`, () => {
      assert.throws(() => parseFilter(properties), { code: 'COZIFY_BAD_INPUT', message: says });
    });
  }
});
