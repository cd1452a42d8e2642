import assert from 'node:assert/strict';
import fc from 'fast-check';
import { lengthOf, normalized, shortened, withoutEnd } from '../../src/text.js';

describe('Text helpers', () => {
  it('remove matching characters from the end only', () => {
    const text = fc.array(fc.constantFrom('/', 'a', ' ', '"')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (given) => {
        assert.equal(withoutEnd(given, /\//), given.replace(/\/+$/, ''));
        assert.equal(withoutEnd(given, /[\s"]/), given.replace(/[\s"]+$/, ''));
      }),
    );
  });

  it('count and shorten by characters, with an ellipsis at the end of a shortened text', () => {
    assert.deepEqual(['', 'öö', '💡💡💡'].map(lengthOf), [0, 2, 3]);
    assert.deepEqual(
      [3, 2, 1, 0].map((longest) => shortened('💡💡💡', longest)),
      ['💡💡💡', '💡…', '…', '…'],
    );
    assert.equal(shortened('a lamp', 3), 'a…');
  });

  it('normalize like String.normalize, except for more than 30 marks on one letter', () => {
    const text = fc.array(fc.constantFrom('e\u0301', 'a\u0316\u0301', 'é', 'x', '😀')).map((parts) => parts.join(''));
    fc.assert(fc.property(text, (given) => assert.equal(normalized(given, 'NFC'), given.normalize('NFC'))));
    const marks = 'a' + '\u0301'.repeat(200);
    assert.equal(normalized(`${marks}b`, 'NFD'), `a${'\u0301'.repeat(30)}b`);
  });
});
