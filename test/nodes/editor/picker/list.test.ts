import assert from 'node:assert/strict';
import { Cursor, iconOf, type ListInputs, meantBy, sectionsOf } from '../../../../nodes/editor/picker/list.js';
import { targetOf } from '../../../../nodes/editor/picker/target.js';
import { PickerTexts } from '../../../../nodes/editor/picker/texts.js';
import type { Thing } from '../../../../nodes/editor/picker/things-api.js';
import { translateIn } from '../support/texts.js';
import { thing } from '../support/things.js';

const texts = new PickerTexts(translateIn('en'), 'en-GB');

const ROOM = thing('Sauna', {}, { kind: 'room', room: null });
const STOVE = thing('Kiuas', { on: false });
const LAMP = thing('Lauteiden valo', { on: true }, { capabilities: ['CONTROL_LIGHT'] });
const GROUP = thing('Valot', { on: true }, { kind: 'group', room: null });

/** Returns the list as text: the title of each section, and below it the action, icon, name and state of each row. */
function outline(listed: Partial<ListInputs>): string[] {
  const home = { things: [], chosen: [], typed: '', hubs: new Map(), scope: undefined, scopeUse: 'none' as const };
  return sectionsOf({ ...home, ...listed }, texts).flatMap(({ title, rows }) => [
    `# ${title}`,
    ...rows.map(({ do: what, icon, name, about, isChosen }) =>
      [what, icon, name, about, isChosen ? '✓' : ''].join('|'),
    ),
  ]);
}

describe('the rows of the picker', () => {
  it('stand under their rooms and kinds, the typed text last', () => {
    assert.deepEqual(outline({ things: [ROOM, STOVE, LAMP, GROUP], chosen: [targetOf(LAMP)], typed: 'a' }), [
      '# Rooms',
      'enter|map-marker|Sauna|0 devices ›|',
      '# Sauna',
      'choose|cube|Kiuas|off|',
      'choose|lightbulb-o|Lauteiden valo|on|✓',
      '# Groups',
      'choose|object-group|Valot|on|',
      '# ',
      'choose||Use the name “a” as it is||',
    ]);
  });

  it('begin with the hubs if there are several, and name the hub of each room', () => {
    const hubs = new Map([
      ['hub-1', 'Koti'],
      ['hub-2', 'Mökki'],
    ]);
    assert.deepEqual(outline({ things: [STOVE], hubs }), [
      '# Hubs',
      'enter|server|Koti|›|',
      'enter|server|Mökki|›|',
      '# Koti · Sauna',
      'choose|cube|Kiuas|off|',
    ]);
    const scope = { hub: 'hub-1', kind: 'hub', id: 'hub-1', name: 'Koti' };
    assert.deepEqual(outline({ things: [ROOM, STOVE], hubs, scope, scopeUse: 'target' }), [
      '# Koti',
      'back|angle-left|Back||',
      '# Rooms',
      'enter|map-marker|Sauna|0 devices ›|',
      '# Sauna',
      'choose|cube|Kiuas|off|',
    ]);
    assert.equal(outline({ hubs, scope, scopeUse: 'filter' })[1], 'filter|server|All devices: Koti||');
  });

  it('begin with a row for the whole room, then list the devices of the room', () => {
    const scope = targetOf(ROOM);
    const inside = (more: Partial<ListInputs>): string[] => outline({ things: [ROOM, STOVE], scope, ...more }).slice(1);
    const back = 'back|angle-left|Back||';
    const rest = ['# Sauna', 'choose|cube|Kiuas|off|'].slice(1);
    const typed = ['# ', 'choose||Use the name “x” as it is||'];
    assert.deepEqual(inside({}), [back, ...rest]);
    const whole = 'choose|map-marker|Sauna|room, its lamps|';
    assert.deepEqual(inside({ scopeUse: 'target' }), [whole, back, ...rest]);
    assert.deepEqual(inside({ scopeUse: 'target', chosen: [scope] }), [`${whole}✓`, back, ...rest]);
    assert.deepEqual(inside({ scopeUse: 'filter' }), ['filter|map-marker|All devices: Sauna||', back, ...rest]);
    assert.deepEqual(inside({ scopeUse: 'filter', chosen: [scope] }), [back, ...rest]);
    for (const scopeUse of ['target', 'filter'] as const) {
      assert.deepEqual(inside({ scopeUse, typed: 'x' }), [back, ...rest, ...typed]);
    }
  });

  it('have an icon for the kind or the most specific capability', () => {
    const icon = (capabilities: string[], more: Partial<Thing> = {}): string =>
      iconOf(thing('x', {}, { type: null, capabilities, ...more }));
    assert.deepEqual(
      [
        icon(['TEMPERATURE', 'CONTROL_LIGHT']),
        icon(['CONTROL_LIGHT'], { type: 'POWER_SOCKET' }),
        icon(['CONTACT']),
        icon([]),
        icon(['CONTROL_LIGHT'], { kind: 'scene' }),
        icon([], { kind: 'alarm' }),
      ],
      ['lightbulb-o', 'plug', 'columns', 'cube', 'picture-o', 'bell'],
    );
  });
});

describe('a typed name', () => {
  const room = (id: string): Thing => thing('Sauna', {}, { kind: 'room', id });
  const valo = (id: string, kind: Thing['kind'] = 'device'): Thing => thing('Valo', {}, { kind, id });
  const other = thing('Valopylväs', {}, { id: 'other' });
  const meant = (typed: string, things: Thing[], more: object = {}, isRoomTarget = false): unknown => {
    const page = { things, total: things.length, next: null, asOf: null, away: false, ...more };
    const found = meantBy(typed, page, isRoomTarget);
    return 'thing' in found ? [found.is, found.thing.id] : found;
  };

  it('means one thing, one room, several or none', () => {
    assert.deepEqual(meant(' VALO ', [valo('a'), other]), ['one', 'a']);
    assert.deepEqual(meant('val', [room('r'), valo('a')]), ['one', 'a']);
    assert.deepEqual(meant('valo', [valo('g', 'group'), valo('a')]), ['one', 'a'], 'as a node');
    assert.deepEqual(meant('valo', [valo('g', 'group'), valo('a'), valo('b')]), {
      ...{ is: 'several', count: 2, isOneName: true },
    });
    assert.deepEqual(meant('val', [valo('a'), other]), { is: 'several', count: 2, isOneName: false });
    assert.deepEqual(meant('pyl', [other]), ['one', 'other']);
    assert.deepEqual(meant('pyl', [other], { next: '0.50', total: 60 }), {
      is: 'several',
      count: 60,
      isOneName: false,
    });
    assert.deepEqual(meant('valo', [valo('a')], { next: '0.50', total: 60 }), ['one', 'a']);
    assert.deepEqual(meant('sau', [room('r')]), ['room', 'r']);
    assert.deepEqual(meant('sauna', [room('r'), other], {}, true), ['one', 'r'], 'if a room can be a target');
    assert.deepEqual(meant('sau', [room('r'), room('s')]), { is: 'several', count: 2, isOneName: false });
    assert.deepEqual(meant('sau', [room('r'), valo('a'), other]), { is: 'several', count: 3, isOneName: false });
    assert.deepEqual(meant('xyz', []), { is: 'none' });
    assert.deepEqual(meant('xyz', [], { total: 1 }), { is: 'several', count: 1, isOneName: false });
  });
});

describe('the highlighted row', () => {
  const rows = [STOVE, LAMP, GROUP].map((one) => ({
    ...{ do: 'choose' as const, target: targetOf(one), icon: '', name: one.name, about: '', isChosen: false },
  }));

  it('goes down and up to the ends', () => {
    const cursor = new Cursor();
    cursor.take(rows);
    const path = ([1, 1, 1, 1, -1, -1, -1] as const).map((step) => [cursor.move(step), cursor.row?.name]);
    assert.deepEqual(path, [
      [true, 'Kiuas'],
      [true, 'Lauteiden valo'],
      [true, 'Valot'],
      [false, 'Valot'],
      [true, 'Lauteiden valo'],
      [true, 'Kiuas'],
      [false, 'Kiuas'],
    ]);
    cursor.leave();
    assert.equal(cursor.row, undefined);
    cursor.move(-1);
    assert.equal(cursor.row?.['name'], 'Valot');
    cursor.take(rows.slice(0, 2));
    cursor.take(rows);
    assert.equal(cursor.row, undefined, 'a row that was gone meanwhile');
    cursor.go(targetOf(STOVE));
    cursor.take(rows.slice(0, 1));
    assert.equal(cursor.index, 0);
    assert.equal(cursor.at(1), undefined);
  });
});
