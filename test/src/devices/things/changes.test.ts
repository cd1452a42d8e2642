import assert from 'node:assert/strict';
import { changeBetween, type ChangeEvent, countedFields, heardOf } from '../../../../src/devices/things/changes.js';
import { type Entry, readEntry } from '../../../../src/devices/things/device.js';
import { AT, lamp } from '../support.js';

const entry = (state: object, more: object = {}): Entry =>
  readEntry('device', 'a', lamp('a', state as Record<string, unknown>, more as Record<string, unknown>), 'fi') as Entry;

function eventFor(before: object, now: object, events: ChangeEvent[], fields: string[] = []): object | undefined {
  const change = changeBetween(entry(before), entry(now));
  return change && heardOf(change, { events, fields });
}

describe('changes for a subscriber', () => {
  const rows: [
    what: string,
    before: object,
    now: object,
    events: ChangeEvent[],
    fields: string[],
    is: object | undefined,
  ][] = [
    ['reports a changed field', {}, { isOn: false }, ['changed'], [], { event: 'changed', changed: ['on'] }],
    [
      'reports only the selected fields',
      {},
      { isOn: false, brightness: 0.1 },
      ['changed'],
      ['brightness'],
      { event: 'changed', changed: ['brightness'] },
    ],
    ['ignores fields that are not selected', {}, { isOn: false }, ['changed'], ['brightness'], undefined],
    ['ignores lastSeen by default', {}, { lastSeen: AT + 5 }, ['changed'], [], undefined],
    ['ignores rssi by default', { rssi: -5 }, { rssi: -6 }, ['changed'], [], undefined],
    [
      'ignores other times by default',
      { lastChange: AT, opened: AT },
      { lastChange: AT + 1, opened: AT + 1 },
      ['changed'],
      [],
      undefined,
    ],
    ['ignores a removed time by default', { opened: AT }, {}, ['changed'], [], undefined],
    ['ignores reachable by default', {}, { reachable: false }, ['changed'], [], undefined],
    [
      'reports lastSeen and reachable if selected',
      {},
      { lastSeen: AT + 5, reachable: false },
      ['changed'],
      ['lastSeen', 'reachable'],
      { event: 'changed', changed: ['reachable', 'lastSeen'] },
    ],
    [
      'reports that a device became unreachable',
      {},
      { reachable: false },
      ['unreachable'],
      [],
      { event: 'unreachable', changed: [] },
    ],
    [
      'reports that a device became reachable',
      { reachable: false },
      {},
      ['changed', 'reachable'],
      [],
      { event: 'reachable', changed: [] },
    ],
    [
      'reports reachable together with the changed fields',
      { reachable: false },
      { brightness: 0.1 },
      ['changed', 'reachable'],
      [],
      { event: 'reachable', changed: ['brightness'] },
    ],
    [
      'reports fields that changed while unreachable, if only changed is selected',
      { reachable: false },
      { brightness: 0.1 },
      ['changed'],
      [],
      { event: 'changed', changed: ['brightness'] },
    ],
    ['reports nothing without selected events', {}, { isOn: false }, [], [], undefined],
    ['reports nothing without a change', {}, {}, ['changed'], [], undefined],
  ];
  for (const [what, before, now, events, fields, is] of rows) {
    it(what, () => assert.deepEqual(eventFor(before, now, events, fields), is));
  }

  it('reports added and removed things if selected', () => {
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

  it('keeps the previous state unmodified', () => {
    const before = entry({});
    const change = changeBetween(before, entry({ isOn: false }));
    assert.equal(change?.previous, before.state);
    assert.deepEqual(countedFields(change, []), ['on']);
  });
});
