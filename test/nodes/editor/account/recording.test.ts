import assert from 'node:assert/strict';
import { recordingText } from '../../../../nodes/editor/account/recording.js';
import { translateIn } from '../support/texts.js';

const t = translateIn('en');
const NONE = { hub: null, startedAt: null, endsAt: null, count: 0, isTooLarge: false } as const;
const AT = { ...NONE, hub: 'hub-1', startedAt: '2030-01-01T10:00:00.000Z', endsAt: '2030-01-01T12:00:00.000Z' };

describe('the text about a recording of the home', () => {
  it('is empty without a recording', () => {
    assert.equal(recordingText({ ...NONE, state: 'none' }, '', t, 'en'), '');
  });

  it('says when it ends, and afterwards how much was recorded', () => {
    assert.match(
      recordingText({ ...AT, state: 'recording' }, 'Koti', t, 'en'),
      /^Recording Koti: it ends on Jan 1, 2030/,
    );
    const done = recordingText({ ...AT, state: 'done', count: 7 }, 'Koti', t, 'en');
    assert.equal(done, t('record.done', { name: 'Koti', count: 7 }));
    const tooLarge = recordingText({ ...AT, state: 'done', count: 7, isTooLarge: true }, 'Koti', t, 'en');
    assert.equal(tooLarge, `${done} ${t('record.tooLarge')}`);
  });
});
