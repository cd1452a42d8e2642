import assert from 'node:assert/strict';
import { ClaimsCache } from '../../../src/cloud/token.js';
import { heapInUse } from '../../endurance/support/heap.js';
import { makeToken } from '../support/tokens.js';

describe('ClaimsCache', () => {
  it('decodes a token once for each record', () => {
    const claims = new ClaimsCache();
    const holder = {};
    const token = makeToken(1_000_000);
    assert.equal(claims.of(holder, token), claims.of(holder, token));
    assert.equal(claims.of(holder, token).issuedAt, 1_000_000);
    assert.equal(claims.of({}, makeToken(2_000_000)).issuedAt, 2_000_000);
  });

  it('frees the claims with the record', async () => {
    const claims = new ClaimsCache();
    const before = await heapInUse();
    for (let made = 0; made < 2_000; made++) claims.of({}, makeToken(made * 1000, { userId: 'x'.repeat(2_000) }));
    const grown = (await heapInUse()) - before;
    assert.ok(grown < 1_000_000, `${grown} bytes are left`);
  });
});
