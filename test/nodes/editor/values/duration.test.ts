import assert from 'node:assert/strict';
import { type Duration, durationOf, secondsOf } from '../../../../nodes/editor/values/duration.js';

describe('durations', () => {
  const shown: [saved: unknown, Duration][] = [
    [300, { amount: '5', unit: 'min' }],
    ['300', { amount: '5', unit: 'min' }],
    [5400, { amount: '90', unit: 'min' }],
    [7200, { amount: '2', unit: 'h' }],
    [90, { amount: '90', unit: 's' }],
    [0.5, { amount: '0.5', unit: 's' }],
    [0, { amount: '0', unit: 's' }],
    ['', { amount: '', unit: 's' }],
    [undefined, { amount: '', unit: 's' }],
    ['${TIME}', { amount: '${TIME}', unit: 's' }],
    ['soon', { amount: 'soon', unit: 's' }],
  ];
  for (const [saved, duration] of shown) {
    it(`${JSON.stringify(saved)} is shown as ${duration.amount} ${duration.unit}`, () => {
      assert.deepEqual(durationOf(saved), duration);
    });
  }

  it('are saved in seconds, with a comma as a decimal point; other texts stay as typed', () => {
    assert.equal(secondsOf({ amount: '5', unit: 'min' }), 300);
    assert.equal(secondsOf({ amount: ' 1,5 ', unit: 'h' }), 5400);
    assert.equal(secondsOf({ amount: '1.1', unit: 'min' }), 66);
    assert.equal(secondsOf({ amount: '', unit: 'min' }), '');
    assert.equal(secondsOf({ amount: '${TIME}', unit: 's' }), '${TIME}');
    assert.equal(secondsOf({ amount: 'soon', unit: 'min' }), 'soon');
  });
});
