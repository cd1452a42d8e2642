import assert from 'node:assert/strict';
import { colorText, COLORS, whiteText } from '../../../../src/devices/things/shades.js';

describe('names of colours', () => {
  it('names whites by their colour temperature, limits included', () => {
    const whites = [2200, 2500, 2700, 3200, 3201, 4500, 5000, 5500, 5501].map((kelvin) => whiteText(kelvin, 'en'));
    assert.deepEqual(whites, [
      ...['very warm', 'very warm', 'warm white', 'warm white', 'neutral white', 'neutral white'],
      ...['cool white', 'cool white', 'cold'],
    ]);
    assert.equal(whiteText(2700, 'fi'), 'lämmin valkoinen');
  });

  it('names a colour by the nearest hue on the circle', () => {
    assert.equal(colorText(350, 100, 'en'), 'red');
    assert.equal(colorText(25, 80, 'fi'), 'oranssi');
    assert.equal(colorText(200, 50, 'en'), 'turquoise');
    assert.equal(colorText(330, 10, 'fi'), 'pinkki');
    assert.equal(colorText(330, 9, 'fi'), 'valkoinen');
    for (const { hue, en } of COLORS) assert.equal(colorText(hue, 100, 'en'), en);
  });
});
