import assert from 'node:assert/strict';
import { actionsOf, chipOf, commandOf, KnownThings } from '../../../../nodes/editor/picker/chips.js';
import { buttonsOf } from '../../../../nodes/editor/picker/suggestions.js';
import { isSameTarget, linesOf, type SavedTarget, withTarget } from '../../../../nodes/editor/picker/target.js';
import { PickerTexts } from '../../../../nodes/editor/picker/texts.js';
import { queryOf, type Thing } from '../../../../nodes/editor/picker/things-api.js';
import { translateIn } from '../support/texts.js';
import { thing as deviceNamed } from '../support/things.js';

const texts = new PickerTexts(translateIn('en'), 'en-GB');
const finnish = new PickerTexts(translateIn('fi'), 'fi-FI');

/** Returns a lamp that is on, or another thing. */
const thing = (id: string, name: string, more: Partial<Thing> = {}): Thing =>
  deviceNamed(name, { on: true, brightness: 60 }, { id, type: 'LIGHT', ...more });

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

describe('the buttons to choose from beside the picker', () => {
  it('include each button of a remote control once', () => {
    const remote = thing('r', 'Kytkin', { buttons: [{ id: '1', label: 'Ylä' }] });
    assert.deepEqual(buttonsOf([remote, remote, thing('f', 'Lattia')]), [{ value: '1', label: 'Ylä' }]);
  });
});
