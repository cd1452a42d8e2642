import assert from 'node:assert/strict';
import { changeBetween, type ChangeEvent, countedFields, heardOf } from '../../../../src/devices/things/changes.js';
import { type Entry, readEntry } from '../../../../src/devices/things/device.js';
import { AT, lamp } from '../support.js';

const entry = (state: object, more: object = {}): Entry =>
  readEntry('device', 'a', lamp('a', state as Record<string, unknown>, more as Record<string, unknown>), 'fi') as Entry;

function heard(before: object, now: object, events: ChangeEvent[], fields: string[] = []): object | undefined {
  const change = changeBetween(entry(before), entry(now));
  return change && heardOf(change, { events, fields });
}

describe('changes: what a listener hears', () => {
  const rows: [
    what: string,
    before: object,
    now: object,
    events: ChangeEvent[],
    fields: string[],
    is: object | undefined,
  ][] = [
    ['a field that changed', {}, { isOn: false }, ['changed'], [], { event: 'changed', changed: ['on'] }],
    [
      'the fields it chose',
      {},
      { isOn: false, brightness: 0.1 },
      ['changed'],
      ['brightness'],
      { event: 'changed', changed: ['brightness'] },
    ],
    ['nothing of fields that it did not choose', {}, { isOn: false }, ['changed'], ['brightness'], undefined],
    ['nothing of when it was seen', {}, { lastSeen: AT + 5 }, ['changed'], [], undefined],
    ['nothing of how well it is heard', { rssi: -5 }, { rssi: -6 }, ['changed'], [], undefined],
    [
      'nothing of other times',
      { lastChange: AT, opened: AT },
      { lastChange: AT + 1, opened: AT + 1 },
      ['changed'],
      [],
      undefined,
    ],
    ['nothing of a time that went', { opened: AT }, {}, ['changed'], [], undefined],
    ['nothing of reachability', {}, { reachable: false }, ['changed'], [], undefined],
    [
      'all of these where it chose them',
      {},
      { lastSeen: AT + 5, reachable: false },
      ['changed'],
      ['lastSeen', 'reachable'],
      { event: 'changed', changed: ['reachable', 'lastSeen'] },
    ],
    [
      'that it can not be reached',
      {},
      { reachable: false },
      ['unreachable'],
      [],
      { event: 'unreachable', changed: [] },
    ],
    ['that it is back', { reachable: false }, {}, ['changed', 'reachable'], [], { event: 'reachable', changed: [] }],
    [
      'that it is back, with what changed',
      { reachable: false },
      { brightness: 0.1 },
      ['changed', 'reachable'],
      [],
      { event: 'reachable', changed: ['brightness'] },
    ],
    [
      'what changed while it was away, if it asked for changes only',
      { reachable: false },
      { brightness: 0.1 },
      ['changed'],
      [],
      { event: 'changed', changed: ['brightness'] },
    ],
    ['nothing where it asked for nothing', {}, { isOn: false }, [], [], undefined],
    ['nothing where nothing changed', {}, {}, ['changed'], [], undefined],
  ];
  for (const [what, before, now, events, fields, is] of rows) {
    it(what, () => assert.deepEqual(heard(before, now, events, fields), is));
  }

  it('what was added or removed, if it asked for it', () => {
    const added = changeBetween(undefined, entry({}));
    const removed = changeBetween(entry({}), undefined);
    assert.deepEqual(added && heardOf(added, { events: ['added'], fields: ['on'] }), { event: 'added', changed: [] });
    assert.deepEqual(removed && heardOf(removed, { events: ['removed'], fields: [] }), {
      event: 'removed',
      changed: [],
    });
    assert.equal(added && heardOf(added, { events: ['changed', 'removed'], fields: [] }), undefined);
    assert.equal(changeBetween(undefined, undefined), undefined);
  });

  it('has the state as it was, unchanged by what comes after', () => {
    const before = entry({});
    const change = changeBetween(before, entry({ isOn: false }));
    assert.equal(change?.previous, before.state);
    assert.deepEqual(countedFields(change, []), ['on']);
  });
});
