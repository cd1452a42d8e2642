import assert from 'node:assert/strict';
import { DEFAULT_EXPIRY_MS, parseAccountExpiry, parseExpiry } from '../../src/input.js';

describe('parseExpiry', () => {
  const good: [unknown, number | undefined][] = [
    ['90s', 90_000],
    ['15m', 900_000],
    ['12h', 43_200_000],
    ['20d', 1_728_000_000],
    ['2w', 1_209_600_000],
    ['0.5h', 1_800_000],
    [' 12h ', 43_200_000],
    [30, 30_000],
    [0.5, 500],
    ['', undefined],
    [undefined, undefined],
  ];
  for (const [given, expected] of good) {
    it(`reads ${JSON.stringify(given)}`, () => assert.equal(parseExpiry(given), expected));
  }

  const bad = [
    0,
    -1,
    NaN,
    Infinity,
    null,
    true,
    {},
    [],
    '0s',
    '-5m',
    '12',
    'h',
    '1y',
    '1 fortnight',
    '1h30m',
    'NaNs',
    ' ',
  ];
  for (const given of bad) {
    it(`refuses ${typeof given === 'number' ? given : JSON.stringify(given)}`, () => {
      assert.throws(() => parseExpiry(given), { code: 'COZIFY_BAD_INPUT' });
    });
  }
});

describe('parseAccountExpiry', () => {
  it('has a default of a day', () => assert.equal(DEFAULT_EXPIRY_MS, 86_400_000));

  const good: [unknown, unknown, number][] = [
    ['1', 'days', 86_400_000],
    ['2', 'seconds', 2_000],
    ['1.5', 'hours', 5_400_000],
    [10, 'minutes', 600_000],
  ];
  for (const [amount, unit, expected] of good) {
    it(`reads ${String(amount)} ${String(unit)}`, () => assert.equal(parseAccountExpiry(amount, unit), expected));
  }

  const senseless: [unknown, unknown][] = [
    ['', 'days'],
    ['0', 'days'],
    ['-1', 'days'],
    ['one', 'days'],
    [null, 'days'],
    [{}, 'days'],
    ['1', 'years'],
    ['1', undefined],
    ['1', 'constructor'],
    ['1e400', 'days'],
  ];
  for (const [amount, unit] of senseless) {
    it(`returns undefined for ${JSON.stringify(amount)} ${JSON.stringify(unit)}`, () => {
      assert.equal(parseAccountExpiry(amount, unit), undefined);
    });
  }
});
