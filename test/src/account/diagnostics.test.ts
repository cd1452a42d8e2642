import assert from 'node:assert/strict';
import { maskEmail } from '../../../src/text.js';
import { failure, EMAIL, Stage } from '../support/stage.js';
import { makeToken } from '../support/tokens.js';

interface Report {
  email: string | null;
  account: string;
  calls: Record<string, { made: number; failed: number }>;
  errors: { at: string; during: string; code: string; statusCode?: number }[];
}

describe('Diagnostics', () => {
  it('counts calls and steps, and lists each failure once', async () => {
    const stage = new Stage();
    stage.saveLogin(makeToken(stage.clock.now()));
    const { account } = await stage.open();
    await account.ping();
    stage.cloud.reply('hubkeys', { status: 503 });
    await failure(account.ping(), 'COZIFY_API');
    const { calls, errors } = account.diagnose() as Report;
    assert.deepEqual(calls['hubkeys'], { made: 2, failed: 1 });
    assert.deepEqual(calls['ping'], { made: 2, failed: 1 });
    assert.equal(errors.length, 1);
    assert.deepEqual(errors[0], {
      at: '2026-03-02T06:00:00.000Z',
      during: 'hubkeys',
      code: 'COZIFY_API',
      statusCode: 503,
    });
    for (let tries = 0; tries < 50; tries++) await failure(account.token(''), 'COZIFY_BAD_INPUT');
    assert.ok((account.diagnose() as Report).errors.length <= 20);
    await stage.end();
  });

  it('contains no tokens, keys, codes or e-mail addresses', async () => {
    const stage = new Stage();
    const token = makeToken(stage.clock.now());
    stage.saveLogin(token);
    stage.cloud.reply('hubkeys', { body: '{"h1":"hub-key-1"}' });
    const { account } = await stage.open();
    await account.authenticate({ trustHub: false });
    await account.authenticate({ otp: 'P7BQ8E' });
    const text = JSON.stringify(account.diagnose());
    for (const secret of [token, (await account.token()).value, 'hub-key-1', 'P7BQ8E', EMAIL, 'example.fi']) {
      assert.ok(!text.includes(secret), secret);
    }
    await stage.end();
  });

  it('masks an e-mail address except for its first letters and domain ending', () => {
    assert.equal(maskEmail('matti@example.fi'), 'm…@e….fi');
    assert.equal(maskEmail('a@localhost'), 'a…@l…');
    assert.equal(maskEmail('a@b.fi'), 'a…@b….fi');
    assert.equal(maskEmail('a@.secret'), 'a…@.…');
  });
});
