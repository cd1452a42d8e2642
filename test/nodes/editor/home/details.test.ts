import assert from 'node:assert/strict';
import { factsOf, numberTyped } from '../../../../nodes/editor/home/details.js';
import { HomeTexts } from '../../../../nodes/editor/home/texts.js';
import { translateIn } from '../support/texts.js';
import { thing } from '../support/things.js';

const texts = new HomeTexts(translateIn('en'), 'en-GB');
const finnish = new HomeTexts(translateIn('fi'), 'fi');

describe('the facts about a thing', () => {
  it('are its fields, its last change, its maker and its groups', () => {
    const changedAt = new Date(2030, 0, 1, 6, 9).toISOString();
    const more = { changedAt, manufacturer: 'Ikea', model: 'LED1', groups: ['Alakerta', 'Valot'] };
    assert.deepEqual(factsOf(thing('Lamp', { on: true, hue: null }, more), texts), [
      ['on or off', 'on'],
      ['Last change', texts.date(changedAt)],
      ['Manufacturer', 'Ikea'],
      ['Model', 'LED1'],
      ['Groups', 'Alakerta, Valot'],
    ]);
  });

  it('include only known facts', () => {
    assert.deepEqual(factsOf(thing('Lamp', { on: false }), texts), [['on or off', 'off']]);
    assert.deepEqual(factsOf(thing('Lamp', {}, { manufacturer: '', model: 'LED1' }), texts), [['Model', 'LED1']]);
  });
});

describe('a number typed in an opened row', () => {
  it('is set if it is in the range of the field, with a comma or a point', () => {
    assert.equal(numberTyped('targetTemperature', '21.5', texts), 21.5);
    assert.equal(numberTyped('targetTemperature', ' 21,5 ', finnish), 21.5);
    assert.equal(numberTyped('brightness', '0', texts), 0);
  });

  it('is refused with the range of the field', () => {
    const problem = 'target temperature, °C: Between 0 and 100 °C, such as 21.5.';
    for (const wrong of ['', 'warm', '-1', '150']) {
      assert.equal(numberTyped('targetTemperature', wrong, texts), problem, wrong);
    }
    assert.match(String(numberTyped('targetTemperature', 'x', finnish)), /^tavoitelämpötila, °C: 0–100 °C, .*21,5\.$/);
  });
});
