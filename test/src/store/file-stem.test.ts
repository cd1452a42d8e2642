import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fileStemOf } from '../../../src/store/file-stem.js';
import { runs } from '../../faults/support/runs.js';

/** The longest endings that follow a stem. */
const LONGEST_ENDINGS = ['+pending.json.bad-1772000000000-999999999', '+pending.json.4194304-140737488355327.tmp'];

describe('fileStemOf', () => {
  it('returns the encoded id if that is a file name without capital letters', () => {
    for (const id of [
      'a1b2c3d4e5f60718',
      '',
      '..',
      '../x',
      'a/b',
      'key',
      'ä',
      '100 %',
      'x'.repeat(200),
      '\ud83c\udfe1',
    ]) {
      assert.equal(fileStemOf(id), encodeURIComponent(id));
    }
  });

  it('keeps ids apart that differ only in case, on file systems that ignore case', () => {
    const ids = ['koti', 'Koti', 'kOTI', 'KOTI', 'Äiti', 'äiti', `A${'x'.repeat(198)}A`, `a${'x'.repeat(198)}a`];
    const stems = ids.map((id) => fileStemOf(id).toLowerCase());
    assert.equal(new Set(stems).size, ids.length, stems.join(' '));
  });

  it('always returns the same stem for an id, because saved logins are found by their stem', () => {
    assert.equal(fileStemOf('Koti'), 'Koti+adfcab84');
    const half = '+6916bc912299cfc03046d74f2381411cc5d13755a57667079e106f0459a6bc34';
    const long = '+9b11fb5a7f552a4f09ea1c7a2fdc4375d9cfd8e655506886a2018423006d08da';
    assert.deepEqual([fileStemOf('koti\ud83c'), fileStemOf('x'.repeat(244))], [half, long]);
  });

  it('leaves room for all endings in 255 bytes, returns no path, and returns no name twice', () => {
    const half = fc.integer({ min: 0xd800, max: 0xdfff }).map((unit) => String.fromCharCode(unit));
    const unit = fc.oneof(fc.string({ unit: 'binary', maxLength: 3 }), half, fc.constantFrom('+', '%', '/', '\0', '.'));
    const id = fc.array(unit, { maxLength: 300 }).map((units) => units.join(''));
    fc.assert(
      fc.property(id, id, (one, other) => {
        const stem = fileStemOf(one);
        for (const ending of LONGEST_ENDINGS) assert.ok(Buffer.byteLength(stem + ending) <= 255, stem);
        assert.match(stem, /^[\w.!~*'()%+-]*$/);
        assert.equal(stem.toLowerCase() === fileStemOf(other).toLowerCase(), one === other);
      }),
      runs(100),
    );
  });

  it('returns different stems for an id and an id that equals its stem', () => {
    const stem = fileStemOf('x'.repeat(244));
    assert.notEqual(fileStemOf(stem), stem);
  });
});
