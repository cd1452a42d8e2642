import assert from 'node:assert/strict';
import { changeBetween, type ChangeEvent, countedFields } from '../../../../src/devices/things/changes.js';
import { type Entry, readEntry } from '../../../../src/devices/things/device.js';
import { AT, lamp } from '../support.js';

const entry = (state: object, more: object = {}): Entry =>
  readEntry('device', 'a', lamp('a', state as Record<string, unknown>, more as Record<string, unknown>), 'fi') as Entry;

describe('countedFields', () => {
  const rows: [title: string, before: object, now: object, fields: string[], is: string[]][] = [
    ['returns a changed field', {}, { isOn: false }, [], ['on']],
    ['returns only the selected fields', {}, { isOn: false, brightness: 0.1 }, ['brightness'], ['brightness']],
    ['ignores fields that are not selected', {}, { isOn: false }, ['brightness'], []],
    ['ignores lastSeen by default', {}, { lastSeen: AT + 5 }, [], []],
    ['ignores rssi by default', { rssi: -5 }, { rssi: -6 }, [], []],
    ['ignores other times by default', { lastChange: AT, opened: AT }, { lastChange: AT + 1, opened: AT + 1 }, [], []],
    ['ignores a removed time by default', { opened: AT }, {}, [], []],
    ['ignores reachable by default', {}, { reachable: false }, [], []],
    [
      'returns lastSeen and reachable if selected',
      {},
      { lastSeen: AT + 5, reachable: false },
      ['lastSeen', 'reachable'],
      ['reachable', 'lastSeen'],
    ],
    ['returns fields that changed while unreachable', { reachable: false }, { brightness: 0.1 }, [], ['brightness']],
  ];
  for (const [title, before, now, fields, is] of rows) {
    it(title, () => {
      const change = changeBetween(entry(before), entry(now)) ?? assert.fail('no change');
      assert.deepEqual(countedFields(change, fields), is);
    });
  }
});

describe('changeBetween', () => {
  const rows: [title: string, before: Entry | undefined, now: Entry | undefined, is: ChangeEvent[] | undefined][] = [
    ['reports a changed field', entry({}), entry({ isOn: false }), ['changed']],
    ['reports a device that became unreachable', entry({}), entry({ reachable: false }), ['unreachable', 'changed']],
    ['reports a device that became reachable', entry({ reachable: false }), entry({}), ['reachable', 'changed']],
    ['reports an added thing', undefined, entry({}), ['added']],
    ['reports a removed thing', entry({}), undefined, ['removed']],
    ['reports nothing without a difference', entry({}), entry({}), undefined],
    ['reports nothing about a thing that never existed', undefined, undefined, undefined],
  ];
  for (const [title, before, now, is] of rows) {
    it(title, () => assert.deepEqual(changeBetween(before, now)?.events, is));
  }

  it('keeps the previous state unmodified', () => {
    const before = entry({});
    assert.equal(changeBetween(before, entry({ isOn: false }))?.previous, before.state);
  });
});
