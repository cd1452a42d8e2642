import assert from 'node:assert/strict';
import { clockText, dayText, fitted, statusText } from '../../../nodes/runtime/status-words';

describe('Status texts', () => {
  const morning = new Date(2026, 10, 28, 6, 17).getTime();

  it('have times and days in the format of the language', () => {
    assert.deepEqual([clockText(morning, 'en'), clockText(morning, 'fi')], ['06:17', 'klo 6.17']);
    const day = new Date(2026, 11, 26, 12).toISOString();
    assert.deepEqual([dayText(day, 'en', morning), dayText(day, 'fi', morning)], ['26 Dec', '26.12.']);
    const far = new Date(2028, 0, 3, 12).toISOString();
    assert.deepEqual([dayText(far, 'en', morning), dayText(far, 'fi', morning)], ['3 Jan 2028', '3.1.2028']);
  });

  it('have values in the text of the catalogue', () => {
    assert.equal(statusText('en', 'waiting', { count: '1', time: '06:14' }), '1 waiting since 06:14');
    assert.equal(statusText('fi', 'waiting', { count: '1', time: 'klo 6.14' }), '1 odottaa klo 6.14 alkaen');
    assert.equal(statusText('fi', 'valid-until', { day: '26.12.' }), 'voimassa 26.12. asti');
    assert.equal(statusText('en', 'gone', { name: '$& 💡'.repeat(20) }).startsWith('gone: $& 💡$& 💡'), true);
    assert.equal([...statusText('en', 'gone', { name: '💡'.repeat(99) })].length, 40);
  });

  it('drop a name that does not fit, but never the value', () => {
    assert.equal(
      fitted({ before: '3 devices ·', name: 'Eteinen', after: 'motion 06:09' }),
      '3 devices · Eteinen motion 06:09',
    );
    const after = 'x'.repeat(39);
    assert.equal(fitted({ name: 'Eteinen', after }), after);
    assert.equal(fitted({ name: 'on 60 %' }), 'on 60 %');
    assert.equal(fitted({ name: 'x'.repeat(40) }), 'x'.repeat(40));
    assert.equal(fitted({ before: '3 ·', name: 'Eteinen', after: after.slice(6) }), `3 · E… ${after.slice(6)}`);
    assert.equal(fitted({ before: '3 ·', name: 'Eteinen', after: after.slice(5) }), `3 · ${after.slice(5)}`);
  });
});
