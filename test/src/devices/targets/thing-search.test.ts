import assert from 'node:assert/strict';
import { Things } from '../../../../src/devices/things/things.js';
import { type ThingQuery, ThingSearch } from '../../../../src/devices/targets/thing-search.js';
import { HUB, lamp, remote, socket, thermometer } from '../support.js';

const ALL: ThingQuery = { kinds: [], text: '', rooms: [], capabilities: [], match: 'all', can: '' };

/** Returns a home in which the sauna comes before the living room. */
function home(): Things {
  const things = new Things({ hub: HUB, language: 'en' });
  const put = (kind: Parameters<Things['put']>[0], id: string, value: unknown): void =>
    void things.put(kind, id, value);
  put('room', 'living', { id: 'living', name: '$LIVINGROOM', order: 2 });
  put('room', 'sauna', { id: 'sauna', name: 'Sauna', order: 1 });
  put('room', 'empty', { id: 'empty', name: 'Ääniä', order: 0 });
  put('device', 'd1', lamp('d1', {}, { name: 'Valo 10', room: ['living'] }));
  put('device', 'd2', lamp('d2', {}, { name: 'Valo 9', room: ['living'] }));
  put('device', 'd3', thermometer('d3', {}, { name: 'Mökin mittari', room: ['sauna'] }));
  put('device', 'd4', socket('d4', {}, { name: 'Kiuas', room: ['sauna'] }));
  put('device', 'd5', remote('d5', {}, { name: 'Painike', room: [] }));
  put('group', 'g1', { id: 'g1', name: 'Kaikki valot', members: ['d1', 'd2'] });
  put('group', 'g2', { id: 'g2', name: 'Mittarit', members: ['d3'] });
  put('scene', 's1', { id: 's1', name: '$AWAY', isOn: false });
  put('alarm', 'a1', { id: 'a1', name: 'Vuoto', closed: false });
  things.takeChanges();
  return things;
}

describe('ThingSearch', () => {
  const find = (query: Partial<ThingQuery>, things = home()): string[] =>
    new ThingSearch(things).find({ ...ALL, ...query }).map(({ id }) => id);

  it('sorts by rooms in the order of the app, then by natural order of names, then by kind', () => {
    assert.deepEqual(find({}), [
      ...['empty', 'sauna', 'living'],
      ...['d4', 'd3', 'd2', 'd1', 'd5', 'g1', 'g2', 's1', 'a1'],
    ]);
  });

  const words: [label: string, text: string, ids: string[]][] = [
    ['three letters of a room', 'sau', ['sauna', 'd4', 'd3']],
    ['the Finnish name of a built-in room', 'olohuone', ['living', 'd2', 'd1']],
    ['the English name of a built-in room', 'LIVING', ['living', 'd2', 'd1']],
    ['a part of a name', 'iua', ['d4']],
    ['words in any order', '  sau  mit ', ['d3']],
    ['a type', 'multi sensor', ['d3']],
    ['letters without their dots', 'mokin', ['d3']],
    ['letters with their dots', 'mökin', ['d3']],
    ['wrong dots, which match nothing', 'kiuäs', []],
    ['an unknown text, which matches nothing', 'xyz', []],
    ['a scene in the other language', 'poissa', ['s1']],
    ['a kind of devices, in Finnish', 'lamppu', ['d2', 'd1']],
    ['the English plural of a kind', 'lamps', ['d2', 'd1']],
    ['a kind without its dots', 'lampomittari', ['d3']],
    ['a kind other than devices', 'ryhmät', ['g1', 'g2']],
    ['the beginning of a kind and a room', 'socket sauna', ['d4']],
    ['a part of a kind word, which matches nothing', 'ampu', []],
  ];
  for (const [label, text, ids] of words) it(`finds by ${label}`, () => assert.deepEqual(find({ text }), ids));

  const abilities: [can: string, ids: string[]][] = [
    ['on', ['sauna', 'living', 'd4', 'd2', 'd1', 'g1', 's1']],
    ['brightness', ['living', 'd2', 'd1', 'g1']],
    ['color', ['living', 'd2', 'd1', 'g1']],
    ['any', ['sauna', 'living', 'd4', 'd2', 'd1', 'g1', 's1']],
    ['close', ['a1']],
    ['press', ['d5']],
    ['dance', []],
  ];
  for (const [can, ids] of abilities) {
    it(`finds entries that support "${can}", and groups and rooms with such a device`, () => {
      assert.deepEqual(find({ can }), ids);
    });
  }

  it('filters by kinds, by rooms, and by all capabilities', () => {
    assert.deepEqual(find({ kinds: ['group', 'scene'] }), ['g1', 'g2', 's1']);
    assert.deepEqual(find({ rooms: ['living'] }), ['d2', 'd1']);
    assert.deepEqual(find({ rooms: ['olohuone', 'Sauna'] }), ['d4', 'd3', 'd2', 'd1']);
    assert.deepEqual(find({ capabilities: ['ON_OFF', 'COLOR_HS'] }), ['d2', 'd1']);
  });

  it('filters by any of the capabilities with match “any”', () => {
    const capabilities = ['COLOR_HS', 'TEMPERATURE'];
    assert.deepEqual(find({ capabilities }), []);
    assert.deepEqual(find({ capabilities, match: 'any' }), ['d3', 'd2', 'd1']);
  });

  it('finds entries immediately after they are added, moved, renamed or removed', () => {
    const things = home();
    const search = new ThingSearch(things);
    const ids = (text: string): string[] => search.find({ ...ALL, text }).map(({ id }) => id);
    assert.deepEqual(ids('uusi'), []);
    things.put('device', 'd9', lamp('d9', {}, { name: 'Uusi', room: ['sauna'] }));
    assert.deepEqual(ids('uusi'), ['d9']);
    things.put('device', 'd9', lamp('d9', {}, { name: 'Uusi', room: ['living'] }));
    assert.deepEqual(ids('uusi living'), ['d9']);
    things.put('room', 'living', { id: 'living', name: 'Tupa', order: 0 });
    assert.deepEqual(ids('uusi tupa'), ['d9']);
    things.put('device', 'd9', null);
    assert.deepEqual(ids('uusi'), []);
  });

  it('keeps its index when a state changes', () => {
    const things = home();
    const { revision } = things;
    things.put('device', 'd1', lamp('d1', { isOn: false, brightness: 0.1 }, { name: 'Valo 10', room: ['living'] }));
    assert.equal(things.revision, revision);
  });
});
