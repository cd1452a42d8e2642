import assert from 'node:assert/strict';
import fc from 'fast-check';
import { runs } from '../../../faults/support/runs.js';
import { type Entry, groupState, readEntry } from '../../../../src/devices/things/device.js';
import { KINDS, type Kind } from '../../../../src/devices/things/kinds.js';
import { AT, ISO, lamp, remote } from '../support.js';

function read(kind: Kind, value: unknown, language: 'fi' | 'en' = 'fi'): Entry {
  const entry = readEntry(kind, 'id-1', value, language);
  assert.ok(entry !== undefined);
  return entry;
}

describe('device: what a hub lists', () => {
  it('is a thing with its state in a person’s units', () => {
    const entry = read('device', lamp('id-1', {}, { name: 'Kattovalo', room: ['r1'] }));
    assert.equal(entry.name, 'Kattovalo');
    assert.equal(entry.type, 'LIGHT');
    assert.equal(entry.roomId, 'r1');
    assert.equal(entry.timestamp, AT);
    assert.equal(entry.state['brightness'], 60);
    assert.equal(entry.state['colorTemperature'], 2700);
  });

  const rooms: [what: string, room: unknown, is: string | null][] = [
    ['in a list', ['r1'], 'r1'],
    ['as a text', 'r1', 'r1'],
    ['as a set', { type: 'SET', values: ['r1'] }, 'r1'],
    ['the first of several', ['r1', 'r2'], 'r1'],
    ['none in an empty list', [], null],
    ['none in an empty text', '', null],
    ['none in null', null, null],
    ['none where there is no room', undefined, null],
    ['none of another type', [5], null],
  ];
  for (const [what, room, is] of rooms) {
    it(`has a room: ${what}`, () => assert.equal(read('device', lamp('id-1', {}, { room })).roomId, is));
  }

  const capabilities: [what: string, given: unknown, is: string[]][] = [
    ['a set', { type: 'SET', values: ['ON_OFF', 'DEVICE'] }, ['ON_OFF', 'DEVICE']],
    ['a plain list', ['ON_OFF', 'DEVICE'], ['ON_OFF', 'DEVICE']],
    ['a list with what is none', ['ON_OFF', null, 5, ''], ['ON_OFF']],
    ['null', null, []],
    ['something else', 7, []],
  ];
  for (const [what, given, is] of capabilities) {
    it(`has capabilities from ${what}`, () => {
      assert.deepEqual(read('device', lamp('id-1', {}, { capabilities: given })).capabilities, is);
    });
  }

  it('says who made it and what they call it, as text', () => {
    const { manufacturer, model } = read(
      'device',
      lamp('id-1', {}, { manufacturer: 'IK\u0000EA', model: '<b>E27</b>' }),
    );
    assert.deepEqual([manufacturer, model], ['IKEA', '<b>E27</b>']);
    for (const none of [null, undefined, '', ' ', 5, {}]) {
      const entry = read('device', lamp('id-1', {}, { manufacturer: none, model: none }));
      assert.deepEqual([entry.manufacturer, entry.model], [null, null]);
    }
  });

  it('has its id for a name where it has none', () => {
    for (const name of ['', null, undefined, 5]) assert.equal(read('device', lamp('id-1', {}, { name })).name, 'id-1');
  });

  it('of an unknown type is taken as it is', () => {
    const { type, state } = read('device', {
      name: 'Robotti',
      type: 'MOWER',
      state: { type: 'STATE_MOWER', isOn: true, blade: 3 },
    });
    assert.equal(type, 'MOWER');
    assert.deepEqual(state, { on: true, blade: 3 });
  });

  it('names its buttons, whatever their ids are', () => {
    const buttons = [{ id: 1, label: 'Ylös' }, { id: '2', label: 'Al\nas' }, { id: 3 }, null, 'x', { label: 'Ei' }];
    assert.deepEqual(read('device', remote('id-1', {}, { buttons })).buttons, [
      { id: '1', label: 'Ylös' },
      { id: '2', label: 'Alas' },
    ]);
  });

  it('is nothing where it is no object', () => {
    for (const value of [null, undefined, 5, 'x', [], true])
      assert.equal(readEntry('device', 'x', value, 'fi'), undefined);
  });

  it('is read without a throw, whatever its shape', () => {
    const key = fc.constantFrom(
      'name',
      'type',
      'room',
      'capabilities',
      'state',
      'buttons',
      'members',
      'config',
      'message',
      'timestamp',
      'isOn',
      'createdAtMs',
      'level',
      'title',
    );
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), fc.dictionary(key, fc.jsonValue()), (kind, value) => {
        const entry = readEntry(kind, 'id-1', value, 'fi');
        const isEmpty = Object.keys(value).every((of) => of === 'timestamp');
        assert.equal(entry === undefined, isEmpty, 'an id alone is no thing');
        if (entry === undefined) return;
        assert.ok(entry.name !== '' && !/\p{Cc}/u.test(entry.name));
        assert.deepEqual(JSON.parse(JSON.stringify(entry.state)), entry.state);
      }),
      runs(3_000),
    );
  });
});

describe('device: other kinds', () => {
  it('a group has members, in a list or a set, and the raw state of one of them', () => {
    const state = { type: 'STATE_LIGHT', isOn: true };
    assert.deepEqual(read('group', { name: 'Valot', members: ['a', 'b'], state }).members, ['a', 'b']);
    assert.deepEqual(read('group', { name: 'Valot', members: ['a', 'a'] }).members, ['a']);
    const group = read('group', { name: 'Valot', members: { type: 'SET', values: ['a'] }, state });
    assert.deepEqual(group.members, ['a']);
    assert.deepEqual(group.raw, state);
    assert.deepEqual(group.state, {});
  });

  const rows: [what: string, kind: Kind, value: object, name: string, state: object][] = [
    ['a scene is on by isOn', 'scene', { name: 'Saunailta', isOn: true }, 'Saunailta', { on: true }],
    ['a factory scene has a name of the language', 'scene', { name: '$AWAY', isOn: false }, 'Poissa', { on: false }],
    [
      'a rule is on by is_on, its name in config',
      'rule',
      { config: { name: 'Kiuas pois' }, is_on: true },
      'Kiuas pois',
      { on: true },
    ],
    ['a rule without config has its own name', 'rule', { name: 'Kiuas pois', is_on: 'yes' }, 'Kiuas pois', {}],
    ['a room has an order', 'room', { name: '$KITCHEN', order: 3 }, 'Keittiö', { order: 3 }],
    ['a room of the owner’s keeps its name', 'room', { name: 'Sauna' }, 'Sauna', {}],
    [
      'an alarm is text',
      'alarm',
      {
        name: 'n',
        title: 'Kiuas\npäällä',
        level: 'ALERT',
        closed: false,
        createdAtMs: AT,
        sourceId: 's',
        message: Buffer.from('<p>Sammuta!</p>').toString('base64'),
        type: 'USER_ALARM',
      },
      'n',
      { closed: false, title: 'Kiuaspäällä', level: 'ALERT', createdAt: ISO, text: 'Sammuta!' },
    ],
    [
      'an alarm without a name has its title',
      'alarm',
      { title: 'Vuoto', level: 2, createdAtMs: 0 },
      'Vuoto',
      { title: 'Vuoto', level: 2 },
    ],
  ];
  for (const [what, kind, value, name, state] of rows) {
    it(what, () => {
      const entry = read(kind, value);
      assert.equal(entry.name, name);
      assert.deepEqual(entry.state, state);
      assert.equal(entry.type, null);
      assert.deepEqual(entry.capabilities, []);
    });
  }

  it('factory names are English elsewhere', () =>
    assert.equal(read('room', { name: '$KITCHEN' }, 'en').name, 'Kitchen'));
});

describe('device: the state of a group', () => {
  const rows: [what: string, members: object[], is: object][] = [
    ['is on where any member is', [{ on: true }, { on: false }], { on: true, allOn: false }],
    ['is all on where each is', [{ on: true }, { on: true }], { on: true, allOn: true }],
    ['is off where none is on, and has no brightness', [{ on: false, brightness: 60 }], { on: false, allOn: false }],
    [
      'has the mean brightness of those on',
      [
        { on: true, brightness: 20 },
        { on: true, brightness: 61 },
        { on: false, brightness: 99 },
      ],
      { on: true, allOn: false, brightness: 41 },
    ],
    [
      'leaves those without brightness out of the mean',
      [{ on: true, brightness: 30 }, { on: true }],
      { on: true, allOn: true, brightness: 30 },
    ],
    ['leaves those out that can’t be on', [{ on: true }, { temperature: 21 }], { on: true, allOn: true }],
    ['is empty without any that can be on', [{ temperature: 21 }], {}],
    ['is empty without members', [], {}],
  ];
  for (const [what, members, is] of rows) it(what, () => assert.deepEqual(groupState(members as []), is));
});
