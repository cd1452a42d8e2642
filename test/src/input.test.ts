import assert from 'node:assert/strict';
import { isWithin, kindOf, parseEmail, parseOtp, rangeInWords, SECONDS } from '../../src/input.js';

describe('parseEmail', () => {
  const longest = `${'a'.repeat(242)}@example.com`;
  const good: [string, string][] = [
    [' Matti.Meikäläinen+Koti@Example.FI \n', 'Matti.Meikäläinen+Koti@Example.FI'],
    ['a@b', 'a@b'],
    ['"%<>&@x', '"%<>&@x'],
    [longest, longest],
  ];
  for (const [given, expected] of good) {
    it(`accepts ${JSON.stringify(given.slice(0, 40))} and keeps its case`, () =>
      assert.equal(parseEmail(given), expected));
  }

  const bad: unknown[] = [
    '',
    ' ',
    'matti',
    '@example.fi',
    'matti@',
    'matti@@example.fi',
    'a@b@c',
    'matti meikalainen@example.fi',
    'matti@example.fi\r\nBcc: x@y',
    'mat\u0000ti@example.fi',
    'mat\u0085ti@example.fi',
    `a${longest}`,
    'matti\ud800@example.fi',
    'matti@example\udc00.fi',
    null,
    undefined,
    5,
    true,
    {},
    ['a@b'],
    Buffer.from('a@b'),
  ];
  for (const given of bad) {
    it(`refuses ${JSON.stringify(given)?.slice(0, 60)} without repeating it`, () => {
      assert.throws(
        () => parseEmail(given),
        (error: Error & { code?: string }) => error.code === 'COZIFY_BAD_INPUT' && !error.message.includes('matti'),
      );
    });
  }
});

describe('parseOtp', () => {
  it('removes white space, and keeps case and leading zeros', () => {
    assert.equal(parseOtp(' P7BQ8E\r\n'), 'P7BQ8E');
    assert.equal(parseOtp('p7b\t Q8\u00a0e'), 'p7bQ8e');
    assert.equal(parseOtp('012345'), '012345');
    assert.equal(parseOtp('\u200bP7B\u00adQ8E\u2060\ufeff'), 'P7BQ8E', 'invisible characters of a web mail');
    assert.equal(parseOtp('\u0000P7B\ufe0fQ8E\u115f\u3164'), 'P7BQ8E', 'other invisible characters');
  });

  const bad: unknown[] = [12345, 0, NaN, '', '   ', '\n', null, undefined, {}, ['P7BQ8E'], true, 'x'.repeat(257)];
  for (const given of bad) {
    it(`refuses ${JSON.stringify(given)?.slice(0, 20)}`, () => {
      assert.throws(
        () => parseOtp(given),
        (error: Error & { code?: string }) => error.code === 'COZIFY_BAD_INPUT' && !/12345|P7BQ8E/.test(error.message),
      );
    });
  }
});

describe('isWithin', () => {
  const ranges: [name: keyof typeof SECONDS, smallest: number, largest: number, words: string][] = [
    ['confirm', 0, 60, 'seconds from 0 to 60'],
    ['for', 0, 604_800, 'seconds from 0 to 604800'],
    ['poll', 1, 300, 'seconds from 1 to 300'],
    ['request', 0.001, 300, 'seconds above 0, at most 300'],
    ['transition', 0, 3_600, 'seconds from 0 to 3600'],
    ['wait', 0, 86_400, 'seconds from 0 to 86400'],
  ];
  for (const [name, smallest, largest, words] of ranges) {
    it(`accepts ${words} for ${name}, which rangeInWords describes so`, () => {
      const values = [smallest, largest, smallest - 0.001, largest + 0.001, NaN, String(largest)];
      const isAllowed = values.map((value) => isWithin(value, SECONDS[name]));
      assert.deepEqual(isAllowed, [true, true, false, false, false, false]);
      assert.equal(rangeInWords(SECONDS[name]), words);
    });
  }
});

describe('kindOf', () => {
  const odd = Proxy.revocable({}, {});
  odd.revoke();
  const kinds: [unknown, string][] = [
    [null, 'null'],
    [undefined, 'nothing'],
    [[], 'an array'],
    [{}, 'an object'],
    [Buffer.alloc(0), 'a buffer'],
    [5, 'a number'],
    ['x', 'a string'],
    [() => 1, 'a function'],
    [odd.proxy, 'an object'],
  ];
  for (const [value, kind] of kinds) it(`returns ${kind}`, () => assert.equal(kindOf(value), kind));
});
