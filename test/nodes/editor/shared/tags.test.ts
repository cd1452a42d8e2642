import assert from 'node:assert/strict';
import { kindTags, RoomTags, toggleKind } from '../../../../nodes/editor/shared/tags.js';
import { DEVICE_KINDS } from '../../../../src/devices/things/device-kinds.js';

const ROOMS = [
  { id: 'r1', name: 'Living room' },
  { id: 'r2', name: 'Sauna' },
  { id: 'r3', name: 'Varasto' },
  { id: 'r4', name: 'varasto' },
];

describe('the tags of rooms', () => {
  const tagsOf = (saved: string[], found?: Map<string, string | undefined>) => {
    const tags = new RoomTags(saved);
    tags.take(ROOMS, found);
    return tags;
  };
  const pressed = (tags: RoomTags): string[] => tags.tags.filter(({ isPressed }) => isPressed).map(({ text }) => text);

  it('are selected by id, by name, and by a translated default name', () => {
    assert.deepEqual(pressed(tagsOf(['r1', ' SAUNA '])), ['Living room', 'Sauna']);
    assert.deepEqual(pressed(tagsOf(['Olohuone'], new Map([['Olohuone', 'r1']]))), ['Living room']);
  });

  it('distinguish rooms with the same name', () => {
    assert.deepEqual(
      tagsOf([]).tags.map(({ text }) => text),
      ['Living room', 'Sauna', 'Varasto (r3)', 'varasto (r4)'],
    );
  });

  it('keep saved values unchanged and add the id of a selected room', () => {
    const tags = tagsOf(['Sauna', 'gone']);
    assert.deepEqual(tags.chosen, ['Sauna', 'gone']);
    tags.toggle('r1');
    assert.deepEqual(tags.chosen, ['Sauna', 'gone', 'r1']);
    tags.toggle('r2');
    tags.toggle('gone');
    assert.deepEqual(tags.chosen, ['r1']);
  });

  it('mark a room as unknown if the home lacks it, but not before the home is known', () => {
    const unknown = (tags: RoomTags): boolean[] =>
      tags.tags.filter(({ value }) => value === 'gone').map(({ isUnknown }) => isUnknown);
    assert.deepEqual(unknown(tagsOf(['gone'], new Map([['gone', undefined]]))), [true]);
    assert.deepEqual(unknown(tagsOf(['gone'])), [false]);
    assert.deepEqual(pressed(tagsOf(['gone', 'r2'])), ['Sauna', 'gone']);
    assert.ok(tagsOf([]).tags.every(({ isUnknown }) => !isUnknown));
    assert.deepEqual(new RoomTags(['r1']).names, ['r1'], 'while the hub is away');
  });
});

describe('the tags of device types', () => {
  const kind = (key: string) => {
    const found = DEVICE_KINDS.find((one) => one.key === key);
    assert.ok(found, key);
    return found;
  };
  const shown = (asked: string[], home: string[]): string[] =>
    kindTags(asked, home).map(({ kind: { key }, isPressed }) => (isPressed ? `[${key}]` : key));

  it('are the kinds in the home, and the selected kinds', () => {
    assert.deepEqual(shown([], ['MOTION', 'TWILIGHT', 'DEVICE']), ['motion', 'light']);
    assert.deepEqual(shown(['motion', 'SMOKE', 'UNICORN'], ['MOTION']), ['[motion]', '[smoke]']);
    assert.deepEqual(shown(['CONTACT'], []), ['[doors]'], 'while the hub is away');
  });

  it('save only capabilities that the home has; a second tag adds its devices', () => {
    const home = ['MOTION', 'LUX', 'TWILIGHT', 'ON_OFF', 'CONTROL_POWER'];
    const none = { capabilities: [], match: 'all' };
    assert.deepEqual(toggleKind(kind('motion'), none, home), { capabilities: ['MOTION'], match: 'all' });
    assert.deepEqual(toggleKind(kind('light'), none, home), { capabilities: ['LUX', 'TWILIGHT'], match: 'any' });
    assert.deepEqual(toggleKind(kind('sockets'), none, home).capabilities, ['CONTROL_POWER']);
    assert.deepEqual(toggleKind(kind('sockets'), none, ['ON_OFF']).capabilities, ['ON_OFF']);
    const both = toggleKind(kind('motion'), { capabilities: ['UNICORN'], match: 'all' }, home);
    assert.deepEqual(both, { capabilities: ['UNICORN', 'MOTION'], match: 'any' });
    assert.deepEqual(toggleKind(kind('motion'), both, home), { capabilities: ['UNICORN'], match: 'any' });
  });
});
