import assert from 'node:assert/strict';
import { clockText, localeOf, waitText } from '../../../nodes/editor/times.js';

describe('times in the editor', () => {
  it('are written as in the viewer’s country, in the language of the texts', () => {
    assert.equal(localeOf('en', [null, 'fi-FI', 'en-GB', 'en-US']), 'en-GB');
    assert.equal(localeOf('fi', ['fi', 'en-US']), 'fi');
    assert.equal(localeOf('en', ['sv-SE', 'de']), 'en');
    assert.equal(localeOf('en', []), 'en');
    assert.match(clockText('2030-01-02T03:04:00', 'en-US'), /^3:04\sAM$/);
    assert.equal(clockText('2030-01-02T03:04:00', 'fi'), '3.04');
  });

  const waits: [seconds: number, english: string, finnish: string][] = [
    [1, '1 second', '1 sekunti'],
    [99, '99 seconds', '99 sekuntia'],
    [100, '2 minutes', '2 minuuttia'],
    [899, '15 minutes', '15 minuuttia'],
    [5999, '100 minutes', '100 minuuttia'],
    [6000, '2 hours', '2 tuntia'],
  ];
  for (const [seconds, english, finnish] of waits) {
    it(`say ${english} for a wait of ${seconds} s`, () => {
      assert.equal(waitText(seconds, 'en'), english);
      assert.equal(waitText(seconds, 'fi').replace(/\s/g, ' '), finnish);
    });
  }
});
