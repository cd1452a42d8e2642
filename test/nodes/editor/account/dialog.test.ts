import assert from 'node:assert/strict';
import { storeOptions } from '../../../../nodes/editor/account/dialog.js';
import { translateIn } from '../support/texts.js';

const labels = (...given: Parameters<typeof storeOptions> extends [unknown, ...infer Rest] ? Rest : never): string[] =>
  storeOptions(translateIn('en'), ...given).map(({ text }) => text);

const FILES = 'Files in the user directory';

describe('the context stores offered to an account', () => {
  it('are only the files if Node-RED has no store except its memory', () => {
    assert.deepEqual(labels({}, ''), [FILES]);
    assert.deepEqual(labels({ stores: ['memory'], default: 'memory' }, ''), [FILES]);
  });

  it('include each context store, even one named memory', () => {
    assert.deepEqual(labels({ stores: ['memory', 'disk'], default: 'memory' }, ''), [
      FILES,
      'Context store memory',
      'Context store disk',
    ]);
  });

  it('include a removed store, marked as missing', () => {
    assert.deepEqual(labels({ stores: ['disk'], default: 'disk' }, 'attic'), [
      FILES,
      'Context store disk',
      'Context store attic (missing)',
    ]);
  });

  it('are saved by name, and the files as an empty text', () => {
    const options = storeOptions(translateIn('en'), { stores: ['disk'], default: 'disk' }, 'attic');
    assert.deepEqual(
      options.map(({ value }) => value),
      ['', 'disk', 'attic'],
    );
  });
});
