import assert from 'node:assert/strict';
import { chipsOf, KnownThings } from '../../../../nodes/editor/picker/choices.js';
import { Pages } from '../../../../nodes/editor/picker/pages.js';
import { Cursor, sectionsOf } from '../../../../nodes/editor/picker/result-list.js';
import {
  buttonsOf,
  rangeText,
  settableFields,
  settableValues,
  shownFields,
  shownValues,
  tellingCapabilities,
} from '../../../../nodes/editor/picker/suggestions.js';
import { isSameTarget, linesOf, type SavedTarget, withTarget } from '../../../../nodes/editor/picker/target.js';
import { PickerTexts } from '../../../../nodes/editor/picker/texts.js';
import { queryOf, type Thing } from '../../../../nodes/editor/picker/things-api.js';
import { commandToTry } from '../../../../nodes/editor/picker/try-it.js';
import { translateIn } from '../support/texts.js';

const texts = new PickerTexts(translateIn('en'), 'en-GB');
const finnish = new PickerTexts(translateIn('fi'), 'fi-FI');

function thing(id: string, name: string, more: Partial<Thing> = {}): Thing {
  const device = { kind: 'device' as const, type: 'LIGHT', room: 'Sauna', hub: 'hub-1', capabilities: [], groups: [] };
  return { ...device, id, name, state: { on: true, brightness: 60 }, ...more };
}

const saved = (id: string, name: string, more: Partial<SavedTarget> = {}): SavedTarget => ({
  ...{ hub: 'hub-1', kind: 'device', id, name },
  ...more,
});

describe('what is chosen in the picker', () => {
  it('is known by its id, wherever it says less of its place, and by its name where it has none', () => {
    assert.ok(isSameTarget(saved('a', 'Valo'), saved('a', 'Uusi nimi')));
    assert.ok(isSameTarget(saved('a', 'Valo'), { hub: '', kind: '', id: 'a', name: '' }));
    assert.ok(!isSameTarget(saved('a', 'Valo'), saved('a', 'Valo', { hub: 'hub-2' })));
    assert.ok(!isSameTarget(saved('a', 'Valo'), saved('', 'Valo')));
    assert.ok(isSameTarget(saved('', 'Valo'), saved('', 'Valo')));
  });

  it('stays as it was saved when it is chosen again', () => {
    const before = [saved('a', 'Vanha nimi')];
    assert.deepEqual(withTarget(before, saved('a', 'Uusi nimi')), before);
    assert.deepEqual(linesOf(withTarget(before, saved('', 'Valo'))), 'Vanha nimi\nValo');
  });

  it('is shown with its room and how it is, by the name that it has now', () => {
    const known = new KnownThings();
    known.take([thing('a', 'Lauteiden valo')]);
    const [chip] = chipsOf([saved('a', 'Vanha nimi')], known, texts);
    assert.deepEqual([chip?.name, chip?.about, chip?.isLamp], ['Lauteiden valo', ['Sauna', 'on 60 %'], true]);
    assert.equal(chipsOf([saved('a', 'x')], known, finnish)[0]?.about[1], 'päällä 60 %');
  });

  it('is shown as it was saved while nobody knows of it, and as gone when the hub has said so', () => {
    const known = new KnownThings();
    const target = saved('a', 'Valo');
    assert.deepEqual(chipsOf([target], known, texts)[0], {
      ...{ target, name: 'Valo', about: [], isGone: false, isLamp: false },
    });
    known.take([], ['a']);
    assert.deepEqual(chipsOf([target], known, texts)[0]?.about, ['not found']);
    known.take([thing('a', 'Valo')], ['a']);
    assert.equal(chipsOf([target], known, texts)[0]?.isGone, false);
    assert.equal(chipsOf([saved('', 'Valo')], known, texts)[0]?.about[0], 'by its name');
  });

  it('blinks where it is a lamp, and a socket is none', () => {
    const known = new KnownThings();
    known.take([
      thing('socket', 'Kiuas', { type: 'POWER_SOCKET', capabilities: ['CONTROL_LIGHT'] }),
      thing('relay', 'Terassi', { type: 'RELAY', capabilities: ['CONTROL_LIGHT'] }),
      thing('group', 'Kaikki', { kind: 'group', type: null }),
    ]);
    const targets = ['socket', 'relay', 'group'].map((id) => saved(id, id, { kind: '' }));
    assert.deepEqual(
      chipsOf(targets, known, texts).map(({ isLamp }) => isLamp),
      [false, true, false],
    );
  });
});

describe('the list of the picker', () => {
  const things = [
    thing('a', 'Lauteet'),
    thing('b', 'Pesuhuone', { room: null }),
    thing('c', 'Kaikki', { kind: 'group', type: null, room: null }),
    thing('d', 'Sauna', { kind: 'room', type: null, room: null, state: { order: 1 } }),
  ];

  it('has the things under their rooms, and under what they are', () => {
    const sections = sectionsOf({ things, chosen: [saved('b', '')], typed: '', hubs: new Map() }, texts);
    assert.deepEqual(
      sections.map(({ title, rows }) => [title, rows.map(({ name, isChosen }) => [name, isChosen])]),
      [
        ['Sauna', [['Lauteet', false]]],
        ['In no room', [['Pesuhuone', true]]],
        ['Groups', [['Kaikki', false]]],
        ['All lamps of a room', [['Sauna', false]]],
      ],
    );
    assert.equal(sections[3]?.rows[0]?.state, '');
  });

  it('says which hub a room is at, where there are several', () => {
    const [section] = sectionsOf({ things, chosen: [], typed: '', hubs: new Map([['hub-1', 'Mökki']]) }, finnish);
    assert.equal(section?.title, 'Mökki · Sauna');
  });

  it('ends with the name as it is typed, where that is offered', () => {
    const rows = sectionsOf({ things: [], chosen: [], typed: '${LAMP}', hubs: new Map() }, texts).flatMap(
      (section) => section.rows,
    );
    assert.deepEqual(
      rows.map(({ target }) => target),
      [{ hub: '', kind: '', id: '', name: '${LAMP}' }],
    );
  });

  it('goes on at the same thing when it is listed anew, and at none when that has gone', () => {
    const rowsOf = (listed: readonly Thing[]) =>
      sectionsOf({ things: listed, chosen: [], typed: '', hubs: new Map() }, texts).flatMap(({ rows }) => rows);
    const cursor = new Cursor();
    cursor.take(rowsOf(things), true);
    assert.equal(cursor.index, 0);
    assert.ok(cursor.move(1));
    cursor.take(rowsOf([thing('new', 'Aaa'), ...things]));
    assert.deepEqual([cursor.index, cursor.row?.name], [2, 'Pesuhuone']);
    cursor.take(rowsOf([thing('a', 'Lauteet')]));
    assert.equal(cursor.index, -1);
    assert.ok(cursor.move(-1), 'up from nowhere is the last');
    assert.deepEqual([cursor.index, cursor.move(1)], [0, false]);
  });
});

describe('what the picker says', () => {
  const known = { count: 3, page: 1, hasMore: false, isAway: false, asOf: '2026-11-26T10:03:00.000Z' };

  it('is how many there are, where it is in them, and that the hub is away', () => {
    assert.equal(texts.known(known), '3 found');
    assert.equal(texts.known({ ...known, count: 1 }), '1 found');
    assert.equal(texts.known({ ...known, count: 0 }), 'Nothing found');
    assert.match(texts.known({ ...known, count: 50, page: 2, hasMore: true }), /^Page 2, there are more/);
    assert.match(texts.known({ ...known, isAway: true }), /as of \d\d:\d\d\./);
    assert.match(finnish.known({ ...known, isAway: true }), /klo \d\d\.\d\d\./);
  });

  it('is what to do about what went wrong, about the hub and not the cloud', () => {
    assert.match(texts.listFailure({ status: 409, code: 'COZIFY_OTP_REQUIRED' }), /log in/);
    assert.match(texts.listFailure({ status: 503, code: 'COZIFY_HUB_OFFLINE' }), /type a name/);
    assert.match(texts.tryFailure({ status: 502, code: 'COZIFY_FORBIDDEN' }), /role/);
    assert.match(texts.tryFailure({ status: 403, code: 'COZIFY_FORBIDDEN' }), /another web site/);
    assert.match(texts.tryFailure({ status: 401 }), /Node-RED/);
  });

  it('is what came of a command that was tried', () => {
    const result = {
      ...{ target: saved('a', 'Valo') as never, sent: true, confirmed: true, reason: null },
      ...{ state: { on: true, brightness: 40 }, ignored: [], clamped: [] },
    };
    assert.equal(texts.tried({ results: [result] }), 'Done: Valo on 40 %');
    assert.match(texts.tried({ results: [result, { ...result, confirmed: false }] }), /does not show it/);
    assert.match(texts.tried({ results: [{ ...result, sent: false, reason: 'COZIFY_API' }] }), /Not done.*COZIFY_API/);
    assert.equal(texts.tried({ results: [] }), '');
  });
});

describe('what the picker asks for', () => {
  it('is only what it wants, well encoded', () => {
    const query = { q: ' sauna & co ', kinds: ['device', 'room'], ids: [], can: '', after: '0.50', hub: '' };
    assert.equal(
      queryOf(query, { language: 'fi', cloudUrl: '' }),
      'q=sauna+%26+co&after=0.50&kind=device&kind=room&lang=fi',
    );
  });
});

describe('what the things offer to the rows beside them', () => {
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

  it('is the fields that they show, and those that can be set', () => {
    assert.deepEqual(shownFields([floor, pump]), ['temperature', 'mode', 'reachable']);
    assert.deepEqual(settableFields([floor, pump]), ['targetTemperature', 'mode']);
    assert.deepEqual(settableFields([]), []);
  });

  it('is the words, the range and the values of a field', () => {
    assert.deepEqual(settableValues([pump, floor], 'mode'), ['off', 'auto', 'heat']);
    assert.equal(rangeText([pump, floor], 'targetTemperature'), '5–30 °C');
    assert.equal(rangeText([pump, floor], 'mode'), '');
    assert.deepEqual(shownValues([pump, floor], 'reachable'), ['true', 'false']);
    assert.deepEqual(shownValues([pump, floor], 'temperature'), ['21.4', '24']);
    assert.deepEqual(shownValues([pump], 'mode'), ['off', 'auto', 'heat']);
  });

  it('is the capabilities that only some have, those of most first', () => {
    const having = (...capabilities: string[]): Thing => ({ ...floor, capabilities });
    const things = [having('DEVICE', 'ON_OFF'), having('DEVICE', 'BRIGHTNESS', 'ON_OFF'), having('DEVICE')];
    assert.deepEqual(tellingCapabilities(things), ['ON_OFF', 'BRIGHTNESS']);
    assert.deepEqual(tellingCapabilities([]), []);
  });

  it('is the buttons of remote controls, each once', () => {
    const remote = thing('r', 'Kytkin', { buttons: [{ id: '1', label: 'Ylä' }] });
    assert.deepEqual(buttonsOf([remote, remote, floor]), [{ value: '1', label: 'Ylä' }]);
  });
});

describe('a command to try', () => {
  const targets = [saved('a', 'Valo')];
  const said = { command: 'on', field: '', value: '', valueType: 'msg', transition: ' 2 ', hub: '' };

  it('is what the dialog says, with a value of its type', () => {
    const common = { targets, hub: '', transition: '2' };
    assert.deepEqual(commandToTry(targets, said), { ...common, command: 'on', field: '' });
    const set = { ...said, command: 'set', field: ' brightness ' };
    const tried = (value: string, valueType: string) => commandToTry(targets, { ...set, value, valueType })?.value;
    assert.deepEqual(
      [tried('40', 'num'), tried('true', 'bool'), tried('auto', 'str'), tried('{"on":true}', 'json')],
      [40, true, 'auto', { on: true }],
    );
    assert.deepEqual(commandToTry(targets, { ...said, command: 'close' })?.transition, '');
  });

  it('is none without anything chosen, or where a message or the environment says what', () => {
    assert.equal(commandToTry([], said), undefined);
    assert.equal(commandToTry(targets, { ...said, command: 'payload' }), undefined);
    assert.equal(commandToTry(targets, { ...said, command: 'set', value: 'payload', valueType: 'msg' }), undefined);
    assert.equal(commandToTry(targets, { ...said, command: 'set', value: 'x', valueType: 'num' }), undefined);
    assert.equal(commandToTry(targets, { ...said, command: 'set', value: '{', valueType: 'json' }), undefined);
    assert.equal(commandToTry([saved('', '${LAMP}')], said), undefined);
  });
});

describe('the pages of the list', () => {
  /** Answers are given by hand. */
  function stage() {
    const asked: string[] = [];
    const waiting: (() => void)[] = [];
    const seen: string[] = [];
    const now = { typed: '', isOver: false };
    const pages = new Pages({
      ask: (q, after) => {
        asked.push(`${q}|${after}`);
        const next = after === '' ? '0.50' : after === '0.50' ? '0.99' : null;
        const answer = { things: [thing(q, q)], next, asOf: null, away: false };
        return new Promise((resolve) => waiting.push(() => resolve({ isOk: true, answer })));
      },
      typed: () => now.typed,
      onAnswer: (reply, isNew) => seen.push(`${reply?.isOk === true ? reply.answer.things[0]?.id : '-'} ${isNew}`),
      isOver: () => now.isOver,
    });
    const answer = async (): Promise<void> => {
      waiting.shift()?.();
      await new Promise((resolve) => setTimeout(resolve, 0));
    };
    return { pages, asked, seen, now, answer };
  }

  it('ask once at a time, however fast somebody types, and show only what was typed last', async () => {
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

  it('go on and back, and begin anew with other words', async () => {
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

  it('take no answer when the dialog is gone', async () => {
    const { pages, seen, now, answer } = stage();
    pages.restart();
    now.isOver = true;
    await answer();
    assert.deepEqual(seen, []);
  });
});
