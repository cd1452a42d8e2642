import assert from 'node:assert/strict';
import { nowText, metCountOf } from '../../../../nodes/editor/values/now.js';
import type { SavedCondition } from '../../../../nodes/editor/values/typed-value.js';
import type { Thing } from '../../../../nodes/editor/picker/things-api.js';
import { translateIn } from '../support/texts.js';
import { thing } from '../support/things.js';

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
