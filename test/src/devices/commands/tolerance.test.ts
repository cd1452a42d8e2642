import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isBetween, isMet } from '../../../../src/devices/commands/tolerance.js';

describe('isMet', () => {
  const rows: [asked: object, state: object, isMet: boolean][] = [
    [{ on: true }, { on: true, brightness: 5 }, true],
    [{ on: true }, { on: false }, false],
    [{ on: true }, {}, false],
    [{ brightness: 60 }, { brightness: 61 }, true],
    [{ brightness: 60 }, { brightness: 62 }, false],
    [{ saturation: 60 }, { saturation: 59 }, true],
    [{ saturation: 60 }, { saturation: 58 }, false],
    [{ hue: 120 }, { hue: 122, saturation: 50 }, true],
    [{ hue: 120 }, { hue: 123, saturation: 50 }, false],
    [{ hue: 359 }, { hue: 1, saturation: 50 }, true],
    [{ hue: 0 }, { hue: 360, saturation: 50 }, true],
    [{ hue: 1 }, { hue: 358, saturation: 50 }, false],
    [{ hue: 120, saturation: 4 }, { hue: 300, saturation: 4 }, true],
    [{ hue: 120, saturation: 5 }, { hue: 300, saturation: 5 }, false],
    [{ hue: 120 }, { hue: 300, saturation: 4 }, true],
    [{ hue: 0, saturation: 0 }, { saturation: 0 }, true],
    [{ hue: 120 }, { saturation: 50 }, false],
    [{ colorTemperature: 2700 }, { colorTemperature: 2703 }, true],
    [{ colorTemperature: 2700 }, { colorTemperature: 2693 }, true],
    [{ colorTemperature: 2700 }, { colorTemperature: 2685 }, false],
    [{ colorTemperature: 6500 }, { colorTemperature: 6536 }, true],
    [{ colorTemperature: 6500 }, { colorTemperature: 6600 }, false],
    [{ targetTemperature: 21.2 }, { targetTemperature: 21 }, true],
    [{ targetTemperature: 21.25 }, { targetTemperature: 21 }, true],
    [{ targetTemperature: 21.3 }, { targetTemperature: 21 }, false],
    [{ position: 40 }, { position: 43 }, true],
    [{ position: 40 }, { position: 44 }, false],
    [{ tilt: 40 }, { tilt: 37 }, true],
    [{ volume: 40 }, { volume: 41 }, false],
    [{ mode: 'heat' }, { mode: 'heat' }, true],
    [{ mode: 'heat' }, { mode: 'cool' }, false],
    [{ mode: 9 }, { mode: 9 }, true],
    [{ rcData: { bass: 3 } }, { rcData: { bass: 3, treble: 1 } }, true],
    [{ rcData: { bass: 3 } }, { rcData: { treble: 1 } }, false],
    [{ rcData: { bass: 3 } }, { rcData: 3 }, false],
    [{ constructor: 1 }, {}, false],
    [{ on: true, brightness: 60 }, { on: true, brightness: 10 }, false],
    [{}, { on: true }, true],
  ];
  for (const [asked, state, met] of rows) {
    it(`${met ? 'accepts' : 'rejects'} ${JSON.stringify(state)} for ${JSON.stringify(asked)}`, () => {
      assert.equal(isMet(asked as Record<string, unknown>, state as Record<string, unknown>), met);
    });
  }

  it('accepts the rounding of lamps to 254 steps and whole mireds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 2203, max: 6536 }), (percent, kelvin) => {
        for (const round of [Math.round, Math.floor, Math.ceil]) {
          const brightness = Math.round((round((percent / 100) * 254) / 254) * 100);
          assert.ok(isMet({ brightness: percent }, { brightness }), `${percent} %`);
          const colorTemperature = Math.round(1e6 / round(1e6 / kelvin));
          assert.ok(isMet({ colorTemperature: kelvin }, { colorTemperature }), `${kelvin} K`);
        }
      }),
    );
  });
});

describe('isBetween', () => {
  const rows: [name: string, from: unknown, to: unknown, value: unknown, is: boolean][] = [
    ['brightness', 10, 60, 30, true],
    ['brightness', 60, 10, 30, true],
    ['brightness', 10, 60, 5, false],
    ['brightness', 10, 60, 61, false],
    ['brightness', undefined, 60, 20, true],
    ['hue', 350, 20, 5, true],
    ['hue', 350, 20, 340, false],
    ['hue', 20, 350, 5, true],
    ['hue', 20, 350, 30, false],
    ['colorTemperature', 2700, 4000, 3000, true],
    ['colorTemperature', undefined, 4000, 3000, false],
    ['on', false, true, true, false],
    ['mode', 'heat', 'cool', 'auto', false],
  ];
  for (const [name, from, to, value, is] of rows) {
    it(`${is ? 'accepts' : 'rejects'} ${name} ${String(value)} between ${String(from)} and ${String(to)}`, () => {
      assert.equal(isBetween(name, { from, to, value }), is);
    });
  }
});
