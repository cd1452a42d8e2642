import assert from 'node:assert/strict';
import { clockText, dateText, localeOf, momentText, waitText } from '../../../../nodes/editor/shared/times.js';
import { translateIn } from '../support/texts.js';

describe('times in the editor', () => {
  it('use the format of the viewer’s country and the language of the texts', () => {
    assert.equal(localeOf('en', [null, 'fi-FI', 'en-GB', 'en-US']), 'en-GB');
    assert.equal(localeOf('fi', ['fi', 'en-US']), 'fi');
    assert.equal(localeOf('en', ['sv-SE', 'de']), 'en');
    assert.equal(localeOf('en', []), 'en');
    assert.match(clockText('2030-01-02T03:04:00', 'en-US'), /^3:04\sAM$/);
    assert.equal(clockText('2030-01-02T03:04:00', 'fi'), '3.04');
  });

  it('include the day only if the day is not today', () => {
    const at = new Date(2030, 0, 2, 12, 3).toISOString();
    const moment = (language: 'en' | 'fi', day: number): string =>
      momentText(at, translateIn(language), language, new Date(2030, 0, day, 23, 0)).replace(/\s/g, ' ');
    assert.equal(moment('en', 2), 'at 12:03 PM');
    assert.equal(moment('en', 3), 'on Jan 2, 2030, 12:03 PM');
    assert.equal(moment('fi', 2), 'klo 12.03');
    assert.equal(moment('fi', 3), '2.1.2030 klo 12.03');
  });

  it('contain no line break within a time of day', () => {
    const at = new Date(2030, 0, 2, 4, 3).toISOString();
    assert.ok(dateText(at, 'fi').endsWith('klo\u00a04.03'), dateText(at, 'fi'));
    assert.match(dateText(at, 'en-US'), /,\u00a04:03\sAM$/);
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
