import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { seal, unseal } from '../../../src/store/envelope.js';

describe('Envelope', () => {
  const key = randomBytes(32);
  const content = { token: 'eyJhbGciOi.very.secret', name: 'Mökki 100 %' };
  const sealed = seal(content, key, 'a.json', 7);
  const change = (part: object): string => JSON.stringify({ ...(JSON.parse(sealed) as object), ...part });

  it('opens the sealed content', () => {
    assert.deepEqual(unseal(sealed, key, 'a.json'), { is: 'good', sequence: 7, content });
  });

  it('hides its content, and differs each time', () => {
    assert.ok(!sealed.includes('secret'));
    assert.ok(!sealed.includes(key.toString('base64')));
    assert.notEqual(seal(content, key, 'a.json', 7), sealed);
  });

  const changed: [string, string, string][] = [
    ['the data', change({ data: Buffer.from('x').toString('base64') }), 'broken'],
    ['the tag', change({ tag: Buffer.alloc(16).toString('base64') }), 'broken'],
    ['a shorter tag', change({ tag: Buffer.alloc(4).toString('base64') }), 'broken'],
    ['the iv', change({ iv: Buffer.alloc(12).toString('base64') }), 'broken'],
    ['no iv', change({ iv: '' }), 'broken'],
    ['the sequence', change({ sequence: 8 }), 'broken'],
    ['a negative sequence', change({ sequence: -1 }), 'broken'],
    ['the key name and the data', change({ key: 'other', data: '' }), 'foreign'],
    ['version 0 and the data', change({ cozify: 0, data: '' }), 'broken'],
    ['only the first half', sealed.slice(0, sealed.length / 2), 'broken'],
    ['an empty text', '', 'broken'],
    ['NULs', '\0'.repeat(300), 'broken'],
    ['other JSON', '{"cloud_token":"x"}', 'broken'],
    ['null', 'null', 'broken'],
    ['a later version in the same shape', change({ cozify: 2, tag: '' }), 'newer'],
    ['a later version in another shape', '{"cozify":9,"anything":1}', 'newer'],
  ];
  for (const [part, text, is] of changed) {
    it(`is ${is} when changed: ${part}`, () => assert.equal(unseal(text, key, 'a.json').is, is));
  }

  for (const label of [{ cozify: 2 }, { cozify: 0 }, { cozify: 7.5 }, { cozify: 'x' }, { key: 'other' }]) {
    it(`opens with a damaged label (${JSON.stringify(label)})`, () => {
      assert.deepEqual(unseal(change(label), key, 'a.json'), { is: 'good', sequence: 7, content });
    });
  }

  it('does not open under another name, with another key or without a key', () => {
    assert.equal(unseal(sealed, key, 'b.json').is, 'broken');
    assert.equal(unseal(sealed, randomBytes(32), 'a.json').is, 'foreign');
    assert.equal(unseal(sealed, undefined, 'a.json').is, 'foreign');
  });
});
