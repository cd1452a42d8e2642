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

describe('readEntry of a device', () => {
  const rooms: [title: string, room: unknown, is: string | null][] = [
    ['in a list', ['r1'], 'r1'],
    ['as a text', 'r1', 'r1'],
    ['as a set', { type: 'SET', values: ['r1'] }, 'r1'],
    ['the first of several', ['r1', 'r2'], 'r1'],
    ['null for an empty list', [], null],
    ['null for an empty text', '', null],
    ['null for null', null, null],
    ['null for a missing room', undefined, null],
    ['null for a room of another type', [5], null],
  ];
  for (const [title, room, is] of rooms) {
    it(`reads the room: ${title}`, () => assert.equal(read('device', lamp('id-1', {}, { room })).roomId, is));
  }

  const capabilities: [title: string, given: unknown, is: string[]][] = [
    ['a set', { type: 'SET', values: ['ON_OFF', 'DEVICE'] }, ['ON_OFF', 'DEVICE']],
    ['a plain list', ['ON_OFF', 'DEVICE'], ['ON_OFF', 'DEVICE']],
    ['a list with invalid elements', ['ON_OFF', null, 5, ''], ['ON_OFF']],
    ['null', null, []],
    ['a number', 7, []],
  ];
  for (const [title, given, is] of capabilities) {
    it(`reads capabilities from ${title}`, () => {
      assert.deepEqual(read('device', lamp('id-1', {}, { capabilities: given })).capabilities, is);
    });
  }

  it('reads manufacturer and model as plain text', () => {
    const raw = lamp('id-1', {}, { manufacturer: 'IK\u0000EA', model: '<b>E27</b>' });
    const { manufacturer, model } = read('device', raw);
    assert.deepEqual([manufacturer, model], ['IKEA', '<b>E27</b>']);
    for (const none of [null, undefined, '', ' ', 5, {}]) {
      const entry = read('device', lamp('id-1', {}, { manufacturer: none, model: none }));
      assert.deepEqual([entry.manufacturer, entry.model], [null, null]);
    }
  });

  it('uses the id as the name of a device without a name', () => {
    for (const name of ['', null, undefined, 5]) assert.equal(read('device', lamp('id-1', {}, { name })).name, 'id-1');
  });

  it('accepts an unknown type', () => {
    const mower = { type: 'STATE_MOWER', isOn: true, blade: 3 };
    const { type, state } = read('device', { name: 'Robotti', type: 'MOWER', state: mower });
    assert.equal(type, 'MOWER');
    assert.deepEqual(state, { on: true, blade: 3 });
  });

  it('reads buttons with number and text ids', () => {
    const buttons = [{ id: 1, label: 'Ylös' }, { id: '2', label: 'Al\nas' }, { id: 3 }, null, 'x', { label: 'Ei' }];
    assert.deepEqual(read('device', remote('id-1', {}, { buttons })).buttons, [
      { id: '1', label: 'Ylös' },
      { id: '2', label: 'Alas' },
    ]);
  });

  it('returns undefined for a value that is not an object', () => {
    for (const value of [null, undefined, 5, 'x', [], true])
      assert.equal(readEntry('device', 'x', value, 'fi'), undefined);
  });

  it('never throws for any JSON', () => {
    const key = fc.constantFrom(
      ...['name', 'type', 'room', 'capabilities', 'state', 'buttons', 'members', 'config', 'message', 'timestamp'],
      ...['isOn', 'createdAtMs', 'level', 'title'],
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
      runs(600),
    );
  });
});

describe('readEntry of other kinds', () => {
  it('reads the members of a group from a list or a set, and its raw state', () => {
    const state = { type: 'STATE_LIGHT', isOn: true };
    assert.deepEqual(read('group', { name: 'Valot', members: ['a', 'b'], state }).members, ['a', 'b']);
    assert.deepEqual(read('group', { name: 'Valot', members: ['a', 'a'] }).members, ['a']);
    const group = read('group', { name: 'Valot', members: { type: 'SET', values: ['a'] }, state });
    assert.deepEqual(group.members, ['a']);
    assert.deepEqual(group.raw, state);
    assert.deepEqual(group.state, {});
  });

  const rows: [title: string, kind: Kind, value: object, name: string, state: object][] = [
    ['reads isOn of a scene', 'scene', { name: 'Saunailta', isOn: true }, 'Saunailta', { on: true }],
    ['translates the default name of a scene', 'scene', { name: '$AWAY', isOn: false }, 'Poissa', { on: false }],
    [
      'reads is_on of a rule, and its name from config',
      'rule',
      { config: { name: 'Kiuas pois' }, is_on: true },
      'Kiuas pois',
      { on: true },
    ],
    ['reads the name of a rule without config', 'rule', { name: 'Kiuas pois', is_on: 'yes' }, 'Kiuas pois', {}],
    ['reads the order of a room', 'room', { name: '$KITCHEN', order: 3 }, 'Keittiö', { order: 3 }],
    ['keeps the custom name of a room', 'room', { name: 'Sauna' }, 'Sauna', {}],
    [
      'reads an alarm as plain text',
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
      'uses the title as the name of an alarm without a name',
      'alarm',
      { title: 'Vuoto', level: 2, createdAtMs: 0 },
      'Vuoto',
      { title: 'Vuoto', level: 2 },
    ],
  ];
  for (const [title, kind, value, name, state] of rows) {
    it(title, () => {
      const entry = read(kind, value);
      assert.equal(entry.name, name);
      assert.deepEqual(entry.state, state);
      assert.equal(entry.type, null);
      assert.deepEqual(entry.capabilities, []);
    });
  }

  it('translates default names into English', () =>
    assert.equal(read('room', { name: '$KITCHEN' }, 'en').name, 'Kitchen'));
});

describe('groupState', () => {
  const rows: [title: string, members: object[], is: object][] = [
    ['is on if any member is on', [{ on: true }, { on: false }], { on: true, allOn: false }],
    ['has allOn if all members are on', [{ on: true }, { on: true }], { on: true, allOn: true }],
    ['is off without brightness if no member is on', [{ on: false, brightness: 60 }], { on: false, allOn: false }],
    [
      'has the mean brightness of the members that are on',
      [
        { on: true, brightness: 20 },
        { on: true, brightness: 61 },
        { on: false, brightness: 99 },
      ],
      { on: true, allOn: false, brightness: 41 },
    ],
    [
      'excludes members without brightness from the mean',
      [{ on: true, brightness: 30 }, { on: true }],
      { on: true, allOn: true, brightness: 30 },
    ],
    ['ignores members that have no on', [{ on: true }, { temperature: 21 }], { on: true, allOn: true }],
    ['is empty if no member has on', [{ temperature: 21 }], {}],
    ['is empty without members', [], {}],
  ];
  for (const [title, members, is] of rows) it(title, () => assert.deepEqual(groupState(members as []), is));
});
