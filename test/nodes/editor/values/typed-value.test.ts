import assert from 'node:assert/strict';
import { checkCondition, conditionOf, shownValue } from '../../../../nodes/editor/values/typed-value.js';

describe('a typed condition', () => {
  const table: [typed: string, value: unknown][] = [
    ['70', 70],
    ['21,5', 21.5],
    [' -3.5 ', -3.5],
    ['1e3', 1000],
    ['true', true],
    ['false', false],
    ['heat', 'heat'],
    ['', ''],
    ['${LIMIT}', '${LIMIT}'],
  ];
  for (const [typed, value] of table) {
    it(`"${typed}" is ${JSON.stringify(value)}`, () => {
      assert.deepEqual(conditionOf(' on ', 'is', typed), { field: 'on', op: 'is', value });
    });
  }

  it('has no value for a change, and is missing without a field', () => {
    assert.deepEqual(conditionOf('open', 'changes', 'true'), { field: 'open', op: 'changes', value: null });
    assert.equal(conditionOf(' ', 'is', '1'), null);
  });

  it('shows a saved value as text', () => {
    assert.deepEqual([70, true, 'heat', null, { a: 1 }].map(shownValue), ['70', 'true', 'heat', '', '{"a":1}']);
  });

  it('is valid with a variable of the environment', () => {
    assert.equal(checkCondition({ field: 'temperature', op: 'above', value: '${LIMIT}' }, {}), true);
    assert.equal(checkCondition({ field: 'temperature', op: 'above', value: 70 }, {}), true);
    assert.equal(checkCondition(null, {}), true);
  });
});
