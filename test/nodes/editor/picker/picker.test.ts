import assert from 'node:assert/strict';
import { actionsOf, chipOf, commandOf, KnownThings } from '../../../../nodes/editor/picker/chips.js';
import { Cursor, type ListInputs, meantBy, type PickerRow, sectionsOf } from '../../../../nodes/editor/picker/list.js';
import { Pages } from '../../../../nodes/editor/picker/pages.js';
import { buttonsOf, settableValues, shownFields } from '../../../../nodes/editor/picker/suggestions.js';
import { isSameTarget, linesOf, type SavedTarget, withTarget } from '../../../../nodes/editor/picker/target.js';
import { PickerTexts } from '../../../../nodes/editor/picker/texts.js';
import { queryOf, type Thing } from '../../../../nodes/editor/picker/things-api.js';
import { translateIn } from '../support/texts.js';

const texts = new PickerTexts(translateIn('en'), 'en-GB');
const finnish = new PickerTexts(translateIn('fi'), 'fi-FI');

function thing(id: string, name: string, more: Partial<Thing> = {}): Thing {
  const made = { manufacturer: null, model: null };
  const place = { room: 'Sauna', roomId: 'room-1', hub: 'hub-1', capabilities: [], groups: [], does: [] };
  const device = { kind: 'device' as const, type: 'LIGHT', ...place, ...made };
  return { ...device, id, name, state: { on: true, brightness: 60 }, ...more };
}

const saved = (id: string, name: string, more: Partial<SavedTarget> = {}): SavedTarget => ({
  ...{ hub: 'hub-1', kind: 'device', id, name },
  ...more,
});

describe('a chosen thing in the picker', () => {
  it('is matched by its id, with or without a hub, and by its name if it has no id', () => {
    assert.ok(isSameTarget(saved('a', 'Valo'), saved('a', 'Uusi nimi')));
    assert.ok(isSameTarget(saved('a', 'Valo'), { hub: '', kind: '', id: 'a', name: '' }));
    assert.ok(!isSameTarget(saved('a', 'Valo'), saved('a', 'Valo', { hub: 'hub-2' })));
    assert.ok(!isSameTarget(saved('a', 'Valo'), saved('', 'Valo')));
    assert.ok(isSameTarget(saved('', 'Valo'), saved('', 'Valo')));
    assert.ok(isSameTarget({ hub: '', kind: '', id: 'a', name: '' }, saved('a', 'Valo')));
    for (const more of [{ name: 'Ovi' }, { hub: 'hub-2' }, { kind: 'group' }, { hub: '' }]) {
      assert.ok(!isSameTarget(saved('', 'Valo'), saved('', 'Valo', more)));
      assert.ok(!isSameTarget(saved('', 'Valo', more), saved('', 'Valo')));
    }
    assert.ok(!isSameTarget(saved('', 'Valo'), saved('', 'Ovi', { hub: 'hub-2' })));
  });

  it('keeps its saved form when it is chosen again', () => {
    const before = [saved('a', 'Vanha nimi')];
    assert.deepEqual(withTarget(before, saved('a', 'Uusi nimi')), before);
    assert.deepEqual(linesOf(withTarget(before, saved('', 'Valo'))), 'Vanha nimi\nValo');
  });

  const chips = (targets: SavedTarget[], known: KnownThings, in_ = texts) =>
    targets.map((target) => chipOf(target, { known, texts: in_ }));

  it('is shown with its room, its state and its current name', () => {
    const known = new KnownThings();
    known.take([thing('a', 'Lauteiden valo')]);
    const [chip] = chips([saved('a', 'Vanha nimi')], known);
    assert.deepEqual([chip?.name, chip?.about, chip?.is], ['Lauteiden valo', 'Sauna · on 60 %', 'found']);
    assert.equal(chips([saved('a', 'x')], known, finnish)[0]?.about, 'Sauna · päällä 60 %');
    known.take([thing('a', 'Valo', { state: { on: true, reachable: false } })]);
    const [away] = chips([saved('a', 'x')], known);
    assert.deepEqual([away?.is, away?.about], ['unreachable', "Sauna · can't be reached"], 'no old value');
  });

  it('is shown with the time or the day since when it is open, if it is an alarm', () => {
    const alarm = (closed: boolean, created: Date, in_ = texts) =>
      in_.state(thing('leak', 'Vuoto', { kind: 'alarm', state: { closed, createdAt: created.toISOString() } }));
    const today = new Date();
    today.setHours(6, 9, 0, 0);
    const earlier = new Date(2020, 0, 2, 6, 9);
    assert.equal(alarm(false, today), 'open since 06:09');
    assert.equal(alarm(false, today, finnish), 'kuittaamatta klo 6.09 lähtien');
    assert.match(alarm(false, earlier), /^open since 2 Jan 2020,\s06:09$/);
    assert.match(alarm(false, earlier, finnish), /^kuittaamatta 2\.1\.2020\sklo\s6\.09 lähtien$/);
    assert.doesNotMatch(alarm(true, earlier), /open|2020/);
  });

  it('is shown with its target temperature, its last press or its position', () => {
    const known = new KnownThings();
    const at = new Date(2020, 0, 2, 6, 9).toISOString();
    const now = new Date();
    now.setHours(6, 9, 0, 0);
    const lastPress = { button: 1, label: 'I', press: 'short' as const };
    const wall = { type: 'REMOTE_CONTROL', state: { battery: 90 } };
    known.take([
      thing('blind', 'Kaihdin', { state: { position: 40 } }),
      thing('heating', 'Patteri', { state: { temperature: 20.5, targetTemperature: 21, lastSeen: at } }),
      thing('wall', 'Katkaisin', { ...wall, lastPress: { ...lastPress, at: now.toISOString() } }),
      thing('old', 'Katkaisin', { ...wall, lastPress: { ...lastPress, at } }),
      thing('never', 'Katkaisin', wall),
      thing('lamp', 'Valo', { state: { on: true, brightness: 60, colorTemperature: 2700 } }),
    ]);
    const about = (id: string, in_ = texts, field = ''): string =>
      chipOf(saved(id, ''), { known, texts: in_, field }).about;
    assert.equal(about('blind'), 'Sauna · 40 % open');
    assert.equal(about('heating'), 'Sauna · 20.5 °C, target 21 °C');
    assert.equal(about('wall'), 'Sauna · I short 06:09');
    assert.equal(about('wall', finnish), 'Sauna · I lyhyt klo 6.09');
    assert.match(about('old'), /^Sauna · I short \S.*2020/, 'of another day');
    assert.equal(about('never'), 'Sauna · battery 90 %');
    assert.equal(about('lamp', texts, 'colorTemperature'), 'Sauna · on 60 %, 2700 K');
    assert.equal(about('lamp', texts, 'brightness'), 'Sauna · on 60 %');
  });

  it('is shown as saved until it is known, and as gone once the hub says so', () => {
    const known = new KnownThings();
    const target = saved('a', 'Valo');
    const [chip] = chips([target], known);
    assert.deepEqual([chip?.name, chip?.about, chip?.is, chip?.actions], ['Valo', '', 'unknown', []]);
    const cut = chipOf(target, { known, texts, isHubAway: true });
    assert.equal(cut.about, "the hub can't be reached");
    known.noteResolved(target, { is: 'gone', thing: null });
    assert.match(chips([target], known)[0]?.about ?? '', /^not found/);
    known.noteResolved(target, { is: 'found', thing: thing('a', 'Valo') });
    assert.equal(chips([target], known)[0]?.is, 'found');
    known.take([], ['a']);
    assert.equal(chips([target], known)[0]?.is, 'gone');
    assert.ok(known.isUnresolved(target), 'it is looked up again');
  });

  it('is known from any answer, until it is gone or another account is chosen', () => {
    const known = new KnownThings();
    const [a, b] = [saved('a', 'Valo'), saved('b', 'Ovi')];
    const name = saved('', 'Valo', { hub: '', kind: '' });
    const states = (): string[] => [a, b, name].map((target) => known.stateOf(target));
    known.noteResolved(name, { is: 'found', thing: thing('a', 'Valo') });
    known.take([thing('b', 'Ovi')]);
    assert.deepEqual(states(), ['found', 'found', 'found']);
    assert.deepEqual(
      known.thingsOf([a, saved('x', 'Uusi'), b]).map(({ id }) => id),
      ['a', 'b'],
    );
    known.take([], ['a']);
    assert.deepEqual(states(), ['unknown', 'found', 'gone']);
    known.take([thing('a', 'Valo')]);
    known.noteResolved(a, { is: 'gone', thing: null });
    const [gone] = chips([a], known);
    assert.match(gone?.about ?? '', /^not found/);
    assert.deepEqual(gone?.actions, [], 'whatever is known about it from before');
    known.clear();
    assert.deepEqual(states(), ['unknown', 'unknown', 'unknown']);
  });

  it('is resolved by its name if it has no id: found, ambiguous or a variable', () => {
    const known = new KnownThings();
    const target = saved('', 'Valo', { hub: '', kind: '' });
    assert.equal(chips([target], known)[0]?.what, 'by name');
    known.noteResolved(target, { is: 'found', thing: thing('a', 'Valo') });
    const [found] = chips([target], known);
    assert.deepEqual([found?.id, found?.what, found?.about], ['a', 'by name', 'Sauna · on 60 %']);
    known.noteResolved(target, {
      is: 'several',
      thing: null,
      things: [thing('b', 'Valo'), thing('c', 'Valo', { room: null })],
    });
    const [several] = chips([target], known);
    assert.deepEqual([several?.is, several?.about], ['several', '2 have this name.']);
    assert.deepEqual(several?.namesakeRooms, ['Sauna', 'No room']);
    const variable = saved('', '${LAMP}');
    assert.deepEqual([chips([variable], known)[0]?.is, known.isUnresolved(variable)], ['env', false]);
  });

  it('has a button for each immediate action that the thing supports', () => {
    const can = (...fields: string[]) => fields.map((field) => ({ field, type: 'boolean' as const }));
    assert.deepEqual(actionsOf(thing('a', '', { abilities: can('on', 'hue'), does: ['command', 'blink'] })), [
      ...['on', 'off', 'blink'],
    ]);
    assert.deepEqual(actionsOf(thing('a', '', { abilities: can('position') })), ['open', 'shut']);
    assert.deepEqual(actionsOf(thing('a', '', { kind: 'scene' })), ['run']);
    assert.deepEqual(actionsOf(thing('a', '', { kind: 'alarm', state: { closed: false } })), ['close']);
    assert.deepEqual(actionsOf(thing('a', '', { kind: 'alarm', state: { closed: true } })), []);
    assert.deepEqual(actionsOf(thing('a', '', { abilities: [] })), []);
    const common = { targets: [saved('a', 'Valo')], hub: '', transition: '' };
    assert.deepEqual(commandOf('run', saved('a', 'Valo')), { ...common, command: 'on', field: '' });
    assert.deepEqual(commandOf('open', saved('a', 'Valo')), {
      ...{ ...common, command: 'set', field: 'position', value: 100 },
    });
    assert.deepEqual(commandOf('off', saved('a', 'Valo')), { ...common, command: 'off', field: '' });
    assert.deepEqual(commandOf('shut', saved('a', 'Valo')), { ...common, command: 'set', field: 'position', value: 0 });
  });
});

describe('a chip of a button node', () => {
  it('says that a lamp has no buttons', () => {
    const known = new KnownThings();
    known.take([thing('a', 'Valo'), thing('b', 'Kytkin', { does: ['read', 'buttons'], state: {} })]);
    const about = (id: string): string => chipOf(saved(id, ''), { known, texts, can: 'press' }).about;
    assert.deepEqual([about('a'), about('b')], ['Sauna · no buttons', 'Sauna']);
  });
});

describe('the list of the picker', () => {
  const things = [
    thing('d', 'Sauna', {
      kind: 'room',
      type: null,
      room: null,
      members: { devices: 2, lamps: 1, on: 0, reachable: true },
    }),
    thing('a', 'Lauteet'),
    thing('b', 'Pesuhuone', { room: null }),
    thing('c', 'Kaikki', { kind: 'group', type: null, room: null }),
  ];
  const none = { chosen: [], typed: '', hubs: new Map<string, string>(), scope: undefined, scopeUse: 'none' as const };
  const rowsOf = (listed: Partial<ListInputs>) =>
    sectionsOf({ things: [], ...none, ...listed }, texts).flatMap(({ rows }) => rows);
  const actionOf = (row: PickerRow | undefined) => [row?.do, row?.target];
  const scope = saved('d', 'Sauna', { kind: 'room' });

  it('has the rooms first, then the things under their rooms and types', () => {
    const sections = sectionsOf({ ...none, things, chosen: [saved('b', '')] }, texts);
    assert.deepEqual(
      sections.map(({ title, rows }) => [title, rows.map(({ name, about, isChosen }) => [name, about, isChosen])]),
      [
        ['Rooms', [['Sauna', '2 devices ›', false]]],
        ['Sauna', [['Lauteet', 'on 60 %', false]]],
        ['No room', [['Pesuhuone', 'on 60 %', true]]],
        ['Groups', [['Kaikki', 'on 60 %', false]]],
      ],
    );
    assert.deepEqual(actionOf(sections[0]?.rows[0]), ['enter', scope]);
  });

  it('names the hub of a room if there are several hubs', () => {
    const hubs = new Map([
      ['hub-1', 'Mökki'],
      ['hub-2', 'Koti'],
    ]);
    const [first, second] = sectionsOf({ ...none, things: things.slice(1, 2), hubs }, finnish);
    assert.deepEqual([first?.title, first?.rows.map(({ name }) => name)], ['Hubit', ['Mökki', 'Koti']]);
    assert.equal(second?.title, 'Mökki · Sauna');
    assert.deepEqual(
      rowsOf({ hubs, typed: 'mök' }).map(({ target }) => target.kind),
      ['hub', ''],
    );
  });

  it('begins with the room itself, as a target or a filter, or with a row that leads back', () => {
    const [room] = rowsOf({ things, scope, scopeUse: 'target' });
    assert.deepEqual(actionOf(room), ['choose', scope]);
    assert.deepEqual(actionOf(rowsOf({ things, scope, scopeUse: 'filter' })[0]), ['filter', scope]);
    const chosen = [saved('a', '')];
    assert.equal(rowsOf({ things, scope, scopeUse: 'filter', chosen })[0]?.do, 'back');
  });

  it('ends with the typed name', () => {
    const target = { hub: '', kind: '', id: '', name: 'sau' };
    assert.deepEqual(actionOf(rowsOf({ things, typed: 'sau' }).at(-1)), ['choose', target]);
  });

  it('keeps the cursor on the same row after a refresh, and on none if the row is gone', () => {
    const cursor = new Cursor();
    const [, ...devices] = things;
    cursor.take(rowsOf({ things: devices }));
    assert.ok(cursor.move(1), 'down from nowhere is the first');
    assert.equal(cursor.index, 0);
    assert.ok(cursor.move(1));
    cursor.take(rowsOf({ things: [thing('new', 'Aaa'), ...devices] }));
    assert.deepEqual([cursor.index, cursor.row?.name], [2, 'Pesuhuone']);
    cursor.take(rowsOf({ things: [thing('a', 'Lauteet')] }));
    assert.equal(cursor.index, -1);
    assert.ok(cursor.move(-1), 'up from nowhere is the last');
    assert.deepEqual([cursor.index, cursor.move(1)], [0, false]);
  });
});

describe('the thing that a typed name means', () => {
  const room = thing('r', 'Sauna', { kind: 'room' });
  const meant = (
    typed: string,
    things: Thing[],
    { isRoomTarget = false, total = things.length, next = null as string | null } = {},
  ) => {
    const found = meantBy(typed, { things, total, next, asOf: null, away: false }, isRoomTarget);
    return 'thing' in found ? [found.is, found.thing.id] : 'count' in found ? [found.is, found.count] : [found.is];
  };

  it('is the only match, or the thing with exactly that name', () => {
    assert.deepEqual(meant('sau', [room, thing('a', 'Saunan valo')]), ['one', 'a']);
    assert.deepEqual(meant(' KIUAS ', [thing('a', 'Kiuas'), thing('b', 'Kiuas 2')]), ['one', 'a']);
    assert.deepEqual(
      meant('valo', [thing('g', 'Valo', { kind: 'group' }), thing('a', 'Valo')]),
      ['one', 'a'],
      'as a node',
    );
  });

  it('is a room if a room can be a target, otherwise the things in that room', () => {
    assert.deepEqual(meant('sauna', [room, thing('a', 'Saunan valo')], { isRoomTarget: true }), ['one', 'r']);
    assert.deepEqual(meant('sauna', [room]), ['room', 'r']);
  });

  it('is ambiguous among several matches, and missing without one', () => {
    assert.deepEqual(meant('valo', [thing('a', 'Valo'), thing('b', 'Valo')]), ['several', 2]);
    assert.deepEqual(meant('va', [thing('a', 'Valo')], { total: 51, next: '0.50' }), ['several', 51]);
    assert.deepEqual(meant('xyz', []), ['none']);
  });
});

describe('the texts of the picker', () => {
  it('do not say whether a room or group is on if none of its lamps can be reached', () => {
    const members = { devices: 1, lamps: 0, on: 0, reachable: false };
    const state = { on: true, allOn: true };
    for (const [kind, count] of [
      ['room', ''],
      ['group', '1 device'],
    ] as const) {
      const about = texts.aboutOf(thing('s', 'Sauna', { kind, members, state }));
      assert.deepEqual(about, [count, "can't be reached"]);
    }
  });

  const known = { total: 3, next: null, away: false, asOf: '2026-11-26T10:03:00.000Z' };

  it('name the number of things, the place, and an offline hub', () => {
    assert.equal(texts.known(known, 1), '3 found');
    assert.equal(texts.known({ ...known, total: 1 }, 1), '1 found');
    assert.equal(texts.known({ ...known, total: 0 }, 1), 'Nothing found');
    assert.equal(texts.known({ ...known, total: 120, next: '0.99' }, 2), '120 found · Page 2');
    assert.deepEqual([texts.chosen(1, 0), texts.chosen(13, 2)], ['1 chosen', '13 chosen, 2 need a look']);
    assert.match(texts.known({ ...known, away: true }, 1), /from \d\d:\d\d\./);
    assert.match(finnish.known({ ...known, away: true }, 1), /klo \d\d\.\d\d\./);
  });

  it('suggest a remedy for a failure of the hub', () => {
    assert.match(texts.listFailure({ status: 409, code: 'COZIFY_OTP_REQUIRED' }), /log in/);
    assert.match(texts.listFailure({ status: 503, code: 'COZIFY_HUB_OFFLINE' }), /type a name/);
    assert.match(texts.tryFailure({ status: 502, code: 'COZIFY_FORBIDDEN' }), /role/);
    assert.match(texts.tryFailure({ status: 403, code: 'COZIFY_FORBIDDEN' }), /another web site/);
    assert.match(texts.tryFailure({ status: 401 }), /permission/);
  });

  it('describe the result of a tried command', () => {
    const result = {
      ...{ target: saved('a', 'Valo') as never, sent: true, confirmed: true, reason: null },
      ...{ state: { on: true, brightness: 40 }, ignored: [], clamped: [] },
    };
    assert.equal(texts.tried({ results: [result] }), 'Done: Valo on 40 %');
    assert.match(texts.tried({ results: [result, { ...result, confirmed: false }] }), /does not show it/);
    const of = (what: object): string => texts.tried({ results: [{ ...result, ...what }] });
    assert.equal(of({ sent: false, reason: 'COZIFY_API' }), 'Not done: Valo (the hub could not do it)');
    assert.equal(of({ sent: false, reason: 'superseded' }), 'Valo: a newer command took its place.');
    assert.match(of({ confirmed: false, reason: 'unreachable' }), /Valo: sent, but it can't be reached/);
    assert.equal(texts.tried({ results: [] }), '');
  });
});

describe('the query of the picker', () => {
  it('has only the parameters that are set, URL-encoded', () => {
    const query = { q: ' sauna & co ', kinds: ['device', 'room'], ids: [], can: '', after: '0.50', hub: '' };
    assert.equal(
      queryOf(query, { language: 'fi', cloudUrl: '' }),
      'q=sauna+%26+co&after=0.50&kind=device&kind=room&lang=fi',
    );
    assert.equal(
      queryOf(
        { rooms: ['r'], capabilities: ['LUX', 'CO2'], match: 'any', withCapabilities: true },
        { language: '', cloudUrl: '' },
      ),
      'room=r&capability=LUX&capability=CO2&capabilitiesMatch=any&capabilities=list',
    );
  });
});

describe('the choices in the rows beside the picker', () => {
  const pump = thing('p', 'Pumppu', {
    state: { mode: 'heat', temperature: 21.4, reachable: true },
    abilities: [
      { field: 'mode', type: 'word', words: ['off', 'auto', 'heat'] },
      { field: 'targetTemperature', type: 'number', min: 16, max: 30, unit: '°C' },
      { field: 'transition', type: 'number', min: 0, max: 3600, unit: 's' },
    ],
  });
  const floor = thing('f', 'Lattia', {
    state: { temperature: 24 },
    abilities: [{ field: 'targetTemperature', type: 'number', min: 5, max: 28, unit: '°C' }],
  });

  it('include the fields of the chosen things', () => {
    assert.deepEqual(shownFields([floor, pump]), ['temperature', 'mode', 'reachable']);
  });

  it('include the names and values of a field', () => {
    assert.deepEqual(settableValues([pump, floor], 'mode'), ['off', 'auto', 'heat']);
  });

  it('include each button of a remote control once', () => {
    const remote = thing('r', 'Kytkin', { buttons: [{ id: '1', label: 'Ylä' }] });
    assert.deepEqual(buttonsOf([remote, remote, floor]), [{ value: '1', label: 'Ylä' }]);
  });
});

describe('the pages of the list', () => {
  /** Loads pages of a fake list. The test answers the requests one at a time. */
  function stage() {
    const asked: string[] = [];
    const waiting: (() => void)[] = [];
    const seen: string[] = [];
    const now = { typed: '', isOver: false };
    const pages = new Pages({
      ask: (after) => {
        const q = now.typed;
        asked.push(`${q}|${after}`);
        const next = after === '' ? '0.50' : after === '0.50' ? '0.99' : null;
        const answer = { things: [thing(q, q)], total: 1, next, asOf: null, away: false };
        return new Promise((resolve) => waiting.push(() => resolve({ isOk: true, answer })));
      },
      onAnswer: (reply, isNew) => seen.push(`${reply?.isOk === true ? reply.answer.things[0]?.id : '-'} ${isNew}`),
      isOver: () => now.isOver,
    });
    const answer = async (): Promise<void> => {
      waiting.shift()?.();
      await new Promise((resolve) => setTimeout(resolve, 0));
    };
    return { pages, asked, seen, now, answer };
  }

  it('send one request at a time, however fast the user types, and show only the last query', async () => {
    const { pages, asked, seen, now, answer } = stage();
    for (const typed of ['s', 'sa', 'sau']) {
      now.typed = typed;
      pages.restart();
    }
    assert.deepEqual(asked, ['s|']);
    assert.equal(pages.isCurrent, false);
    await answer();
    assert.deepEqual([asked, seen], [['s|', 'sau|'], []]);
    await answer();
    assert.deepEqual([seen, pages.isCurrent], [['sau true'], true]);
  });

  it('turn forward and back, and restart with another query', async () => {
    const { pages, asked, now, answer } = stage();
    pages.restart();
    assert.equal(pages.turn('next'), false, 'nothing is listed yet');
    await answer();
    assert.equal(pages.turn('back'), false);
    assert.ok(pages.turn('next'));
    assert.equal(pages.turn('next'), false, 'one page at a time, however fast a key repeats');
    await answer();
    assert.equal(pages.number, 2);
    assert.ok(pages.turn('next'));
    await answer();
    assert.equal(pages.turn('next'), false, 'the last page');
    assert.ok(pages.turn('back'));
    await answer();
    now.typed = 'x';
    pages.restart();
    await answer();
    assert.deepEqual([asked, pages.number], [['|', '|0.50', '|0.99', '|0.50', 'x|'], 1]);
  });

  it('show the list of a slow server that is refreshed regularly, because each refresh waits for the answers', async () => {
    const { pages, seen, answer } = stage();
    pages.restart();
    let isRefreshed = false;
    const refreshed = pages.refresh().then(() => (isRefreshed = true));
    await answer();
    assert.deepEqual([seen, isRefreshed], [[], false], 'the first answer is out of date');
    await answer();
    await refreshed;
    assert.deepEqual(seen, [' true']);
  });

  it('ignore an answer after the dialog is closed', async () => {
    const { pages, seen, now, answer } = stage();
    pages.restart();
    now.isOver = true;
    await answer();
    assert.deepEqual(seen, []);
  });
});
