import assert from 'node:assert/strict';
import { type Condition, meets, parseCondition } from '../../../../src/devices/things/condition.js';

describe('condition', () => {
  const state = { on: true, temperature: 21.4, mode: 'heat', rcData: { bass: 3 }, zero: 0 };
  const rows: [field: string, op: string, value: unknown, isMet: boolean][] = [
    ['on', 'is', true, true],
    ['on', 'is', false, false],
    ['on', 'is', 'TRUE ', true],
    ['on', 'not', 'false', true],
    ['on', 'is', 1, false],
    ['temperature', 'is', 21.4, true],
    ['temperature', 'is', ' 21.4', true],
    ['temperature', 'is', '', false],
    ['temperature', 'is', '21,4', true],
    ['temperature', 'is', '21,4 °C', true],
    ['temperature', 'above', '21,3', true],
    ['temperature', 'below', ' 21,4 °C ', false],
    ['temperature', 'not', 21, true],
    ['temperature', 'above', 21, true],
    ['temperature', 'above', 21.4, false],
    ['temperature', 'below', '21.5', true],
    ['temperature', 'below', 21.4, false],
    ['zero', 'is', '', false],
    ['zero', 'below', 1, true],
    ['mode', 'is', ' Heat', true],
    ['mode', 'not', 'cool', true],
    ['mode', 'above', 0, false],
    ['mode', 'below', 9, false],
    ['on', 'above', 0, false],
    ['rcData', 'is', { bass: 3 }, true],
    ['rcData', 'not', { bass: 4 }, true],
    ['missing', 'is', true, false],
    ['missing', 'not', true, false],
    ['missing', 'below', 5, false],
    ['constructor', 'not', true, false],
  ];
  for (const [field, op, value, isMet] of rows) {
    it(`${isMet ? 'meets' : 'does not meet'} ${field} ${op} ${JSON.stringify(value)}`, () => {
      assert.equal(meets(state, parseCondition({ field, op, value }) as Condition), isMet);
    });
  }

  it('meets changes for a different value and for the first value', () => {
    const changes = parseCondition({ field: 'on', op: 'changes' }, { canChange: true }) as Condition;
    assert.ok(meets(state, changes, { on: false }));
    assert.ok(meets(state, changes, {}));
    assert.ok(!meets(state, changes, { on: true }));
    assert.ok(!meets({}, changes, { on: true }));
    assert.ok(!meets(state, changes, null));
    assert.ok(!meets(state, changes));
  });

  for (const none of [undefined, null, '']) {
    it(`reads ${JSON.stringify(none)} as no condition`, () => assert.equal(parseCondition(none), null));
  }

  const bad: [title: string, condition: unknown, says: RegExp][] = [
    ['a text', 'on', /a field/],
    ['a number', 5, /a field/],
    ['a list', [], /a field/],
    ['no field', { op: 'is', value: 1 }, /a field/],
    ['an empty field', { field: ' ', op: 'is', value: 1 }, /a field/],
    ['an unknown op', { field: 'on', op: 'equals', value: 1 }, /is, not, above, below\./],
    ['changes without canChange', { field: 'on', op: 'changes' }, /is, not, above, below\./],
    ['no value', { field: 'on', op: 'is' }, /a value/],
    ['above a text', { field: 'power', op: 'above', value: 'much' }, /a number for "above"/],
    ['below a boolean', { field: 'power', op: 'below', value: true }, /a number for "below"/],
    ['above an empty text', { field: 'power', op: 'above', value: ' ' }, /a number for "above"/],
    ['above infinity', { field: 'power', op: 'above', value: Infinity }, /a number for "above"/],
  ];
  for (const [title, condition, says] of bad) {
    it(`throws COZIFY_BAD_INPUT with the expected input for ${title}`, () => {
      assert.throws(() => parseCondition(condition), { code: 'COZIFY_BAD_INPUT', message: says });
    });
  }
});
