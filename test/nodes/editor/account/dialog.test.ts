import assert from 'node:assert/strict';
import { storeOptions } from '../../../../nodes/editor/account/dialog.js';
import { translateIn } from '../support/texts.js';

/** Returns the saved value and the text of each option. */
const options = (...given: [stores: Parameters<typeof storeOptions>[1], now: string]): string[][] =>
  storeOptions(translateIn('en'), ...given).map(({ value, text }) => [value, text]);

const FILES = ['', 'Files in the user directory'];

describe('the context stores offered to an account', () => {
  it('are only the files if Node-RED has no store except its memory', () => {
    assert.deepEqual(options({}, ''), [FILES]);
    assert.deepEqual(options({ stores: ['memory'], default: 'memory' }, ''), [FILES]);
  });

  it('include each context store, even one named memory, and a removed store, marked as missing', () => {
    assert.deepEqual(options({ stores: ['memory', 'disk'], default: 'memory' }, 'attic'), [
      FILES,
      ['memory', 'Context store memory'],
      ['disk', 'Context store disk'],
      ['attic', 'Context store attic (missing)'],
    ]);
  });
});
