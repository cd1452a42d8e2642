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

  for (const [part, text] of [
    ['the tag', change({ tag: Buffer.alloc(16).toString('base64') })],
    ['a shorter tag', change({ tag: Buffer.alloc(4).toString('base64') })],
    ['the iv', change({ iv: Buffer.alloc(12).toString('base64') })],
    ['the sequence', change({ sequence: 8 })],
  ] as const) {
    it(`is broken when changed: ${part}`, () => assert.equal(unseal(text, key, 'a.json').is, 'broken'));
  }

  it('does not open under another name, with another key or without a key', () => {
    assert.equal(unseal(sealed, key, 'b.json').is, 'broken');
    assert.equal(unseal(sealed, randomBytes(32), 'a.json').is, 'foreign');
    assert.equal(unseal(sealed, undefined, 'a.json').is, 'foreign');
  });
});
