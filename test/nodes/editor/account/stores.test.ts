import assert from 'node:assert/strict';
import { storeOptions } from '../../../../nodes/editor/account/stores.js';
import { translateIn } from '../support/texts.js';

const labels = (...given: Parameters<typeof storeOptions> extends [unknown, ...infer Rest] ? Rest : never): string[] =>
  storeOptions(translateIn('en'), ...given).map(({ label }) => label);

const FILES = 'Files in the user directory';

describe('the places where an account can be kept', () => {
  it('are the files alone where Node-RED has no store but its memory', () => {
    assert.deepEqual(labels({}, ''), [FILES]);
    assert.deepEqual(labels({ stores: ['memory'], default: 'memory' }, ''), [FILES]);
  });

  it('are the context stores as well, also one called memory among others', () => {
    assert.deepEqual(labels({ stores: ['memory', 'disk'], default: 'memory' }, ''), [
      FILES,
      'Context store memory',
      'Context store disk',
    ]);
  });

  it('keep one that is gone, as missing', () => {
    assert.deepEqual(labels({ stores: ['disk'], default: 'disk' }, 'attic'), [
      FILES,
      'Context store disk',
      'Context store attic (missing)',
    ]);
  });
});
