import assert from 'node:assert/strict';
import {
  DeviceSelection,
  isConcerned,
  selectedKinds,
  selectedThings,
  selectionProblems,
  parseSelection,
} from '../../../../src/devices/targets/selection.js';
import { Things } from '../../../../src/devices/things/things.js';
import { CozifyError } from '../../../../src/errors.js';
import { byId, lamp, remote } from '../support.js';

const ONE = { ids: ['hub-1'], defaultId: 'hub-1' };
const TWO = { ids: ['hub-1', 'hub-2'], defaultId: 'hub-2' };

describe('The selection of a subscription', () => {
  let things: Things;

  beforeEach(() => {
    things = new Things({ hub: 'hub-1', language: 'fi' });
    const devices = byId(
      lamp('d1', {}, { name: 'Lamppu', room: ['r1'] }),
      lamp('d2', {}, { name: 'Lamppu', room: ['r2'] }),
      remote('d3', {}, { name: 'Kytkin' }),
    );
    things.replace('device', Object.entries(devices));
    things.replace('group', [['g1', { id: 'g1', name: 'Kytkin', members: ['d1'] }]]);
    things.replace('scene', [['s1', { id: 's1', name: 'Saunailta', isOn: false }]]);
    things.replace('room', [
      ['r1', { id: 'r1', name: 'Keittiö' }],
      ['r2', { id: 'r2', name: 'Sauna' }],
    ]);
  });

  const select = (targets: unknown[], more: object = {}) => parseSelection({ targets, ...more });
  const selected = (targets: unknown[], hubs = ONE, more: object = {}): string[] =>
    selectedThings(select(targets, more), things, hubs).map(({ id }) => id);
  const missing = (
    targets: unknown[],
    hubs = ONE,
    more: object = {},
    unknown: string[] = [],
    lacking: string[] = [],
  ): CozifyError[] => {
    const asOf = (kind: string): number | null => ([...unknown, ...lacking].includes(kind) ? null : 0);
    const home = { cache: { things, asOf }, lists: { lacks: (kind: string): boolean => lacking.includes(kind) } };
    return selectionProblems(select(targets, more), [home], hubs);
  };
  const problems = (targets: unknown[], hubs = ONE): string[] => missing(targets, hubs).map(({ code }) => code);

  it('includes all entries of the chosen kinds without targets', () => {
    assert.deepEqual(selected([], ONE, { kinds: ['device', 'scene'] }), ['d1', 'd2', 'd3', 's1']);
    assert.deepEqual(selected([], ONE, { rooms: ['sauna'] }), ['d2']);
  });

  it('resolves a name to a device rather than a group', () => {
    assert.deepEqual(selected([{ name: 'KYTKIN ' }]), ['d3']);
    assert.deepEqual(selected([{ name: 'Kytkin', kind: 'group' }]), ['g1']);
  });

  it('reports an ambiguous name as a problem, and resolves it with a room', () => {
    assert.deepEqual(selected([{ name: 'Lamppu' }]), []);
    assert.deepEqual(problems([{ name: 'Lamppu' }]), ['COZIFY_BAD_INPUT']);
    assert.deepEqual(selected([{ name: 'Lamppu', room: 'Sauna' }]), ['d2']);
    assert.deepEqual(problems([{ name: 'Lamppu', room: 'Sauna' }]), []);
  });

  it('resolves an id regardless of the saved name', () => {
    assert.deepEqual(selected([{ id: 'd1', name: 'Kytkin' }]), ['d1']);
    assert.deepEqual(problems([{ id: 'd9', name: 'Kytkin' }]), ['COZIFY_NOT_FOUND']);
  });

  it('still includes a device that was just removed', () => {
    const kytkin = things.get('device', 'd3');
    assert.ok(kytkin);
    const selections = [[{ name: 'Kytkin' }], [{ id: 'd3' }], [{ name: 'Lamppu' }], []].map(
      (targets) => new DeviceSelection(select(targets), things, () => ONE),
    );
    things.put('device', 'd3', null);
    things.put('group', 'g1', null);
    for (const selection of selections) selection.refresh();
    assert.deepEqual(
      selections.map(({ includes }) => includes(kytkin)),
      [true, true, false, true],
    );
  });

  it('drops a renamed device from a selection by name, and adds the device that has the name now', () => {
    const selection = new DeviceSelection(select([{ name: 'Kytkin' }]), things, () => ONE);
    const isSelected = (id: string): boolean => {
      const entry = things.get('device', id);
      assert.ok(entry);
      return selection.includes(entry);
    };
    things.put('device', 'd3', remote('d3', {}, { name: 'Katkaisin' }));
    things.put('device', 'd1', lamp('d1', {}, { name: 'Kytkin' }));
    selection.refresh();
    assert.deepEqual([isSelected('d1'), isSelected('d3')], [true, false]);
    things.put('device', 'd2', lamp('d2', {}, { name: 'kytkin' }));
    selection.refresh();
    assert.deepEqual(
      [isSelected('d1'), isSelected('d2'), problems([{ name: 'Kytkin' }])],
      [false, false, ['COZIFY_BAD_INPUT']],
    );
    assert.deepEqual(
      missing([{ name: 'Kytkin' }]).map(({ subject, message }) => [subject, /\(d1\), .*\(d2\)/.test(message)]),
      [['Kytkin', true]],
      'their rooms and ids are named',
    );
  });

  it('reports a missing room once the rooms are loaded', () => {
    const rooms = ['Sauna', 'r1', 'Kellari'];
    const errors = missing([], ONE, { rooms }).map(({ code, subject }) => [code, subject]);
    assert.deepEqual(errors, [['COZIFY_NOT_FOUND', 'Kellari']]);
    assert.deepEqual(missing([], ONE, { rooms }, ['room']), []);
    assert.deepEqual(missing([], TWO, { rooms }), [], 'it may be at the other hub');
    assert.equal(missing([], TWO, { rooms, hub: 'hub-1' }).length, 1);
  });

  it('reports no problem if the target may be in a failed list', () => {
    assert.deepEqual(missing([{ id: 'x', kind: 'rule' }], ONE, {}, ['rule']), []);
    assert.equal(missing([{ id: 'x', kind: 'rule' }]).length, 1);
    for (const target of [{ id: 'x' }, { name: 'Ei mitään' }]) {
      assert.deepEqual(missing([target], ONE, {}, ['rule']), []);
      assert.equal(missing([target]).length, 1);
      assert.equal(missing([target], ONE, {}, ['room']).length, 1, 'a room is not listened to');
    }
    assert.equal(missing([{ name: 'Lamppu' }], ONE, {}, ['rule']).length, 1, 'two devices have it');
  });

  it('reports a missing name although the hub lacks a list', () => {
    assert.equal(missing([{ name: 'Ei mitään' }], ONE, {}, [], ['rule', 'alarm']).length, 1);
    assert.deepEqual(missing([{ name: 'Ei mitään', kind: 'rule' }], ONE, {}, [], ['rule']), []);
    assert.deepEqual(missing([{ name: 'Ei mitään' }], ONE, {}, ['group'], ['rule']), []);
  });

  it('rejects a room as a target', () => {
    assert.throws(
      () => select([{ kind: 'room', id: 'r1', name: 'Keittiö' }]),
      (error) => error instanceof CozifyError && error.code === 'COZIFY_BAD_INPUT' && /Keittiö/.test(error.message),
    );
    assert.deepEqual(selected([{ name: 'Keittiö' }]), []);
  });

  describe('with several hubs', () => {
    const concerned = (targets: unknown[], hub = ''): string[] =>
      TWO.ids.filter((id) => isConcerned(select(targets, { hub }), id, TWO));

    it('polls all hubs without targets, or the hub of the node', () => {
      assert.deepEqual(concerned([]), ['hub-1', 'hub-2']);
      assert.deepEqual(concerned([], 'hub-1'), ['hub-1']);
      assert.deepEqual(concerned([], 'hub-9'), []);
    });

    it('polls only the hubs of its targets, and the default hub for names', () => {
      assert.deepEqual(concerned([{ id: 'd1', hub: 'hub-1' }]), ['hub-1']);
      assert.deepEqual(concerned([{ name: 'Kytkin' }]), ['hub-2']);
      assert.deepEqual(concerned([{ name: 'Kytkin' }], 'hub-1'), ['hub-1']);
      assert.deepEqual(concerned([{ id: 'd1' }]), ['hub-1', 'hub-2']);
    });

    it('looks a text up at the default hub or, without one, at the first hub', () => {
      assert.deepEqual(concerned(['d1']), ['hub-2']);
      assert.deepEqual(selected(['d1', ' kytkin'], { ...TWO, defaultId: 'hub-1' }), ['d1', 'd3']);
      const none = { ids: TWO.ids, defaultId: null as unknown as string };
      assert.deepEqual([selected(['Kytkin'], none), selected([{ name: 'Kytkin' }], none)], [['d3'], ['d3']]);
    });

    it('prefers the hub of a target to the hub of the node', () => {
      assert.deepEqual(concerned([{ id: 'd1', hub: 'hub-1' }], 'hub-2'), ['hub-1']);
      assert.deepEqual(selected([{ name: 'Kytkin', hub: 'hub-1' }], TWO, { hub: 'hub-2' }), ['d3']);
    });

    it('ignores names at hubs other than the default hub', () => {
      assert.deepEqual(selected([{ name: 'Kytkin' }], TWO), []);
      assert.deepEqual(problems([{ name: 'Ei mitään' }], TWO), []);
      assert.deepEqual(problems([{ id: 'd9' }], TWO), [], 'it may be at the other one');
    });
  });

  it('reports an unknown hub, even if the account has a single hub', () => {
    assert.equal(isConcerned(select([{ id: 'd1', hub: 'old' }]), 'hub-1', ONE), false);
    assert.equal(isConcerned(select([], { hub: 'old' }), 'hub-1', ONE), false);
    assert.deepEqual(selected([{ id: 'd1', hub: 'old' }]), []);
    assert.deepEqual(selected([], ONE, { hub: 'old' }), []);
    const errors = (targets: unknown[], more: object): unknown[] =>
      missing(targets, ONE, more).map(({ code, subject }) => [code, subject]);
    assert.deepEqual(errors([{ id: 'd1', name: 'Lamppu', hub: 'old' }], {}), [['COZIFY_NOT_FOUND', 'Lamppu']]);
    assert.deepEqual(errors([{ name: 'Kytkin' }], { hub: 'old' }), [['COZIFY_NOT_FOUND', 'Kytkin']]);
    assert.deepEqual(errors([], { hub: 'old' }), [['COZIFY_NOT_FOUND', 'old']]);
    assert.deepEqual(selectionProblems(select([], { hub: 'old' }), [], { ids: [], defaultId: null }), [], 'no login');
  });

  it('needs only the kinds of its targets, but all kinds while a name is not found', () => {
    assert.deepEqual(selectedKinds(select([{ name: 'Saunailta' }, { id: 'd1' }]), things), ['scene', 'device']);
    assert.deepEqual(selectedKinds(select([{ kind: 'rule', id: 'x' }]), things), ['rule']);
    assert.deepEqual(selectedKinds(select([{ name: 'Ei mitään' }]), things), [
      ...['device', 'group', 'scene', 'rule', 'alarm'],
    ]);
    assert.deepEqual(selectedKinds(select([], { kinds: ['scene'] }), things), ['scene']);
  });

  it('needs the rooms for a room name, and reports no problem before they are loaded', () => {
    const target = { name: 'Lamppu', kind: 'device', room: 'Kellari' };
    assert.deepEqual(selectedKinds(select([target]), things), ['device', 'room']);
    assert.deepEqual(selectedKinds(select([], { rooms: ['Sauna'] }), things), ['device', 'room']);
    assert.deepEqual(selectedKinds(select([], { rooms: ['r1'] }), things), ['device']);
    assert.deepEqual(missing([target], ONE, {}, ['room']), []);
    assert.equal(missing([target]).length, 1);
  });
});
