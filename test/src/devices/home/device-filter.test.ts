import assert from 'node:assert/strict';
import { isSelected, parseFilter, selectThings } from '../../../../src/devices/home/device-filter.js';
import { Home } from '../../../../src/devices/home/home.js';
import { FakeClock } from '../../support/fake-clock.js';
import { byId, device, lamp, socket, thermometer } from '../support.js';

const home = new Home({ hub: 'koti', language: 'fi', clock: new FakeClock() });
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

describe('device filter', () => {
  const rows: [what: string, properties: object, ids: string[]][] = [
    ['without anything leaves all devices', {}, ['a', 'b', 's', 't', 'p']],
    ['of a room by its name', { rooms: [' sauna'] }, ['b', 't']],
    ['of a room by its id', { rooms: ['r1'] }, ['a']],
    ['of several rooms', { rooms: ['Olohuone', 'r2', 'Sauna'] }, ['a', 'b', 't']],
    ['of a room that is unknown leaves none', { rooms: ['Kellari'] }, []],
    ['of a capability', { capabilities: ['ON_OFF'] }, ['a', 'b', 's']],
    ['of capabilities leaves what has all of them', { capabilities: ['ON_OFF', 'COLOR_HS'] }, ['a', 'b']],
    ['of capabilities in small letters', { capabilities: ['on_off', 'Color_hs'] }, ['a', 'b']],
    [
      'of any of some capabilities',
      { capabilities: ['color_hs', 'temperature'], capabilitiesMatch: 'any' },
      [...'abt'],
    ],
    ['of any of no capabilities', { capabilitiesMatch: 'any' }, ['a', 'b', 's', 't', 'p']],
    ['of a room of the factory’s by its name in another language', { rooms: ['living room'] }, ['a']],
    ['of a room of the factory’s by its key', { rooms: ['$LIVINGROOM'] }, ['a']],
    ['of a room of the factory’s by its bare key', { rooms: ['livingroom'] }, ['a']],
    ['of a room and a capability', { rooms: ['r2'], capabilities: ['TEMPERATURE'] }, ['t']],
    ['reachable "no"', { reachable: 'no' }, ['b']],
    ['reachable "yes" leaves phones that are away', { reachable: 'yes' }, ['a', 's', 't', 'p']],
    ['of another kind', { kinds: ['group'] }, ['g']],
    ['of several kinds', { kinds: ['group', 'device'], capabilities: [] }, ['g', 'a', 'b', 's', 't', 'p']],
    ['of another kind leaves none by room', { kinds: ['group'], rooms: ['r1'] }, []],
    ['of another kind leaves none by capability', { kinds: ['group'], capabilities: ['ON_OFF'] }, []],
    ['of another kind counts it as reachable', { kinds: ['group'], reachable: 'yes' }, ['g']],
  ];
  for (const [what, properties, ids] of rows) {
    it(what, () => {
      const filter = parseFilter(properties);
      assert.deepEqual(
        selectThings(home.things, filter).map(({ id }) => id),
        ids,
      );
    });
    it(`${what}, asked of each thing by itself`, () => {
      const filter = parseFilter(properties);
      const all = (['device', 'group', 'room'] as const).flatMap((kind) => home.things.list(kind));
      const selected = all.filter((entry) => isSelected(home.things, entry, filter)).map(({ id }) => id);
      assert.deepEqual(selected.sort(), [...ids].sort());
    });
  }

  const bad: [what: string, properties: object, says: RegExp][] = [
    ['rooms that are no list', { rooms: 'Sauna' }, /rooms should be a list of texts, but was a string/],
    ['a room that is no text', { rooms: [5] }, /rooms should be a list of texts/],
    ['an empty room', { rooms: [' '] }, /rooms/],
    ['null for capabilities', { capabilities: null }, /capabilities.*null/],
    ['an unknown kind', { kinds: ['lamp'] }, /kind should be one of device, group, scene, rule, alarm, room/],
    ['another match', { capabilitiesMatch: 'some' }, /capabilitiesMatch should be one of all, any/],
    ['another reachable', { reachable: true }, /reachable should be one of any, yes, no, but was a boolean/],
  ];
  for (const [what, properties, says] of bad) {
    it(`refuses ${what}`, () => {
      assert.throws(() => parseFilter(properties), { code: 'COZIFY_BAD_INPUT', message: says });
    });
  }
});
