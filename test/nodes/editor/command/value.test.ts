import assert from 'node:assert/strict';
import { controlOf, firstValue, fits, valueProblem } from '../../../../nodes/editor/command/value';
import type { Thing } from '../../../../nodes/editor/picker/things-api';
import { LAMP, PUMP, SOCKET, thingWith } from '../support/able-things';
import { translateIn } from '../support/texts';

describe('the control for a value', () => {
  const as = (field: string, things: Thing[] = [LAMP, PUMP]): string | undefined => controlOf(field, things)?.as;

  it('depends on the field', () => {
    assert.deepEqual(
      ['brightness', 'position', 'volume'].map((field) => as(field)),
      ['slider', 'slider', 'slider'],
    );
    assert.deepEqual(
      ['colorTemperature', 'color', 'mode', 'mute'].map((field) => as(field)),
      [...['white', 'color', 'words', 'words']],
    );
    assert.deepEqual(
      ['targetTemperature', 'hue', 'boostMinutes'].map((field) => as(field)),
      [...['number', 'number', 'number']],
    );
  });

  it('is the typed input for an unknown field, mixed values and a variable', () => {
    assert.deepEqual([as(''), as('${FIELD}'), as('unknown'), as('mode', [LAMP])], Array(4).fill(undefined));
  });

  it('has the range of the lamp', () => {
    const { min, max } = controlOf('colorTemperature', [LAMP]) as { min: number; max: number };
    assert.deepEqual([min, max], [2203, 6536]);
    const half = thingWith('Puolikas', [
      { field: 'colorTemperature', type: 'number', min: 1000 },
      { field: 'colorTemperature', type: 'number', max: 9000 },
    ]);
    const usual = controlOf('colorTemperature', [half]) as { min: number; max: number };
    assert.deepEqual([usual.min, usual.max], [2200, 6500]);
  });

  it('has the unit of the field', () => {
    assert.deepEqual(controlOf('targetTemperature', []), { as: 'number', type: 'num', unit: '°C' });
    assert.deepEqual(controlOf('boostMinutes', [PUMP]), { as: 'number', type: 'num', unit: '' });
  });

  it('accepts only values of its type', () => {
    const brightness = controlOf('brightness', []);
    const color = controlOf('color', []);
    const mode = controlOf('mode', [PUMP]);
    assert.ok(brightness && color && mode);
    assert.ok(fits(brightness, { value: '215', type: 'num' }), 'what makes no sense is shown where it can be mended');
    assert.ok(!fits(brightness, { value: 'payload', type: 'msg' }));
    assert.ok(!fits(brightness, { value: '${B}', type: 'num' }));
    assert.ok(fits(color, { value: 'f80', type: 'str' }) && !fits(color, { value: 'red', type: 'str' }));
    assert.ok(fits(mode, { value: 'dance', type: 'str' }) && !fits(mode, { value: '', type: 'str' }));
  });

  it('starts with the first known value', () => {
    const first = (field: string, things: Thing[]): string => {
      const control = controlOf(field, things);
      assert.ok(control);
      return firstValue(control, field, things);
    };
    assert.equal(first('brightness', [SOCKET, LAMP]), '60');
    assert.equal(first('mode', [PUMP]), 'heat');
    assert.equal(first('color', [LAMP]), '#ff8800');
    const lampIn = (state: Thing['state']): Thing[] => [{ ...LAMP, state }];
    assert.equal(first('color', lampIn({ hue: 240, saturation: 100 })), '#0000ff');
    assert.equal(first('color', lampIn({ hue: 240 })), '#ff8800');
    assert.equal(first('color', lampIn({ saturation: 0 })), '#ff8800');
    assert.equal(first('brightness', []), '100');
    assert.equal(first('mute', []), 'true');
  });
});

describe('an invalid value', () => {
  const problem = (field: string, value: string, type = 'num', language: 'en' | 'fi' = 'en'): string =>
    valueProblem(field, { value, type }, translateIn(language), language);

  it('has a message with the expected values', () => {
    assert.equal(problem('targetTemperature', '215'), 'Between 0 and 100 °C, such as 21.5.');
    assert.equal(problem('targetTemperature', '215', 'num', 'fi'), '0–100 °C, esimerkiksi 21,5.');
    assert.equal(problem('brightness', ''), 'Between 0 and 100 %, such as 60.');
    assert.equal(problem('color', 'red', 'str'), 'This needs a colour, such as #ff8800.');
    for (const [field, value, type] of [
      ['mode', '', 'str'],
      ['mute', 'true', 'str'],
      ['', '{', 'json'],
      ['', '5', 'num'],
      ['brightness', 'true', 'bool'],
      ['boostMinutes', 'x', 'num'],
    ] as const) {
      assert.notEqual(problem(field, value, type), '', `${field} ${value}`);
    }
  });

  it('is not reported if it is valid, or comes from a message or the environment', () => {
    for (const [field, value, type] of [
      ['targetTemperature', '21.5', 'num'],
      ['brightness', '21,5 %', 'str'],
      ['color', '#f80', 'str'],
      ['color', '[255, 0, 0]', 'json'],
      ['mode', 'dance', 'str'],
      ['mute', 'false', 'bool'],
      ['', '{"on": true}', 'json'],
      ['brightness', 'payload', 'msg'],
      ['brightness', '${B}', 'num'],
      ['brightness', '0', 'num'],
      ['brightness', '100', 'num'],
      ['${F}', 'x', 'num'],
      ['whatever', 'x', 'str'],
    ] as const) {
      assert.equal(problem(field, value, type), '', `${field} ${value}`);
    }
  });
});
