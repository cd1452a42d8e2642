import assert from 'node:assert/strict';
import fc from 'fast-check';
import { normalized, withoutEnd } from '../../src/text.js';

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

  it('normalize like String.normalize, except for more than 30 marks on one letter', () => {
    const text = fc.array(fc.constantFrom('e\u0301', 'a\u0316\u0301', 'é', 'x', '😀')).map((parts) => parts.join(''));
    fc.assert(fc.property(text, (given) => assert.equal(normalized(given, 'NFC'), given.normalize('NFC'))));
    const marks = 'a' + '\u0301'.repeat(200);
    assert.equal(normalized(`${marks}b`, 'NFD'), `a${'\u0301'.repeat(30)}b`);
  });
});
