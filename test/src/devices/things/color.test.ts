import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseColor } from '../../../../src/devices/things/color.js';

describe('parseColor', () => {
  const rows: [color: unknown, hue: number, saturation: number][] = [
    ['#ff0000', 0, 100],
    ['#ffff00', 60, 100],
    ['#00ff00', 120, 100],
    ['#00ffff', 180, 100],
    ['#0000ff', 240, 100],
    ['#ff00ff', 300, 100],
    ['#FF8000', 30, 100],
    [' #ff8080 ', 0, 50],
    ['#400000', 0, 100],
    ['#ffffff', 0, 0],
    ['#000000', 0, 0],
    ['#808080', 0, 0],
    ['#ff0001', 0, 100],
    ['#fff', 0, 0],
    ['#F80', 32, 100],
    ['ff8000', 30, 100],
    [' 0f0 ', 120, 100],
    [[255, 128, 0], 30, 100],
    [[0, 0, 127.5], 240, 100],
  ];
  for (const [color, hue, saturation] of rows) {
    it(`reads ${JSON.stringify(color)} as hue ${hue}° and saturation ${saturation} %`, () => {
      assert.deepEqual(parseColor(color), { hue, saturation });
    });
  }

  const none = ['', '#', '##fff', '#ffff', '#ff00zz', '#ff000000', 'red', 5, null, undefined, ['#ff0000']];
  const noList = [[], [1, 2], [1, 2, 3, 4], [256, 0, 0], [-1, 0, 0], ['1', 2, 3], [NaN, 0, 0], { 0: 1, 1: 2, 2: 3 }];
  for (const other of [...none, ...noList]) {
    it(`returns undefined for ${JSON.stringify(other)}`, () => assert.equal(parseColor(other), undefined));
  }

  it('returns hue and saturation within their ranges for any color', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffff }), (number) => {
        const { hue, saturation } = parseColor(`#${number.toString(16).padStart(6, '0')}`) ?? {
          hue: -1,
          saturation: -1,
        };
        assert.ok(Number.isInteger(hue) && hue >= 0 && hue < 360 && !Object.is(hue, -0));
        assert.ok(Number.isInteger(saturation) && saturation >= 0 && saturation <= 100);
      }),
    );
  });
});
