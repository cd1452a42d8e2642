import assert from 'node:assert/strict';
import type { Thing } from '../../../../nodes/editor/picker/things-api.js';
import {
  checkCondition,
  conditionOf,
  metCountOf,
  nowText,
  type SavedCondition,
  shownValue,
} from '../../../../nodes/editor/values/condition.js';
import { translateIn } from '../support/texts.js';
import { thing } from '../support/things.js';

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

describe('the current state of a condition', () => {
  const sauna = thing('Sauna', { temperature: 85.8 });
  const bath = thing('Kylpyhuone', { temperature: 23.1 });
  const door = thing('Ulko-ovi', { open: false });
  const say = (condition: SavedCondition | null, things: Thing[], language: 'en' | 'fi' = 'en'): string =>
    nowText(condition, { things, language, t: translateIn(language) });
  const above = (value: unknown): SavedCondition => ({ field: 'temperature', op: 'above', value });

  it('shows the value of one thing', () => {
    assert.equal(say(above(70), [sauna]), 'Now 85.8 °C: true already.');
    assert.equal(say(above(70), [sauna], 'fi'), 'Nyt 85,8 °C: toteutuu jo.');
    assert.equal(say(above('90'), [sauna]), 'Now 85.8 °C: not true.');
    assert.equal(say({ field: 'open', op: 'is', value: false }, [door], 'fi'), 'Nyt kiinni: toteutuu jo.');
    assert.equal(say({ field: 'open', op: 'changes', value: null }, [door]), 'Now closed.');
    assert.equal(say(above(70), [door]), 'There is no such value now.');
  });

  it('shows the number of things among several', () => {
    assert.equal(say(above(70), [sauna, bath, door]), 'Now 1 of 3.');
    assert.equal(say(above(70), [sauna, bath], 'fi'), 'Nyt 1/2.');
    assert.deepEqual(metCountOf(above(20), [sauna, bath]), { met: 2, count: 2 });
  });

  it('is empty if no state is known', () => {
    assert.equal(say(null, [sauna]), '');
    assert.equal(say(above(70), []), '');
    assert.equal(say(above('hot'), [sauna]), '');
    assert.equal(say(above('${LIMIT}'), [sauna]), '');
    assert.equal(say({ field: 'open', op: 'is', value: '${WANTED}' }, [door]), '');
  });
});
