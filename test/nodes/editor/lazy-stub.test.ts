import assert from 'node:assert/strict';
import { stubsOf } from '../../../nodes/editor/lazy-stub.js';

const KEY = '@cozify-community/node-red-cozify/cozify-account:';

describe('a node type whose functions are in the html of the account', () => {
  const node = { name: '', _: (key: string) => `text of ${key}` };
  const call = (path: string, self: object = node): unknown => stubsOf('cozifyPing')(path).call(self, 'one', 'other');
  /** The keys of the texts in the open dialog, and the text that was put above it. */
  let keys: string[];
  let note: string | undefined;

  beforeEach(() => {
    keys = ['label.name', ':label.account', '[placeholder]:placeholder.email;[title]label.name', ':a;:b'];
    note = undefined;
    const dialog = {
      find: () => dialog,
      attr: (_name: string, complete: (index: number, key: string) => string) =>
        (keys = keys.map((key, index) => complete(index, key))),
      prepend: (text: string) => (note = text),
    };
    const $ = (what: string): object => (what.startsWith('<') ? { text: (words: string) => words } : dialog);
    Object.assign(globalThis, { $, RED: { _: (key: string) => key } });
  });
  afterEach(() => {
    for (const name of ['$', 'RED', 'cozifyDialogs']) Reflect.deleteProperty(globalThis, name);
  });

  it('calls them with the node and the parameters', () => {
    const real = function (this: object, ...parameters: unknown[]): unknown[] {
      return [this, ...parameters];
    };
    const cozifyPing = { label: real, oneditprepare: real, defaults: { expiry: { validate: real } } };
    Object.assign(globalThis, { cozifyDialogs: { cozifyPing } });
    for (const path of ['label', 'oneditprepare', 'defaults.expiry.validate']) {
      assert.deepEqual(call(path), [node, 'one', 'other'], path);
    }
    assert.equal(note, undefined);
    assert.deepEqual(keys, [
      'label.name',
      `${KEY}label.account`,
      `[placeholder]${KEY}placeholder.email;[title]label.name`,
      `${KEY}a;${KEY}b`,
    ]);
  });

  it('has default labels, passing checks and an explanation in its dialog if the account is disabled', () => {
    assert.deepEqual([call('label'), call('paletteLabel')], ['text of label.palette', 'text of label.palette']);
    assert.deepEqual([call('label', { name: 'Mine' }), call('label', {})], ['Mine', undefined]);
    assert.deepEqual([call('defaults.expiry.validate'), call('labelStyle')], [true, undefined]);
    assert.equal(note, undefined);
    assert.equal(call('oneditprepare'), undefined);
    assert.equal(note, `${KEY}open.disabled`);
  });
});
