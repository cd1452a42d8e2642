import assert from 'node:assert/strict';
import { CozifyError, toCozifyError } from '../../src/errors.js';
import { createNoStore, storeError } from '../../src/store/store.js';

describe('toCozifyError', () => {
  it('returns a known error unchanged', () => {
    const error = new CozifyError('COZIFY_API', 'No.', { statusCode: 500, retryAfter: 5, cause: 'x' });
    assert.equal(toCozifyError(error), error);
    assert.deepEqual([error.name, error.statusCode, error.retryAfter, error.cause], ['CozifyError', 500, 5, 'x']);
  });

  it('hides the text of an unforeseen error, because it may contain secrets', () => {
    const odd = Proxy.revocable({}, {});
    odd.revoke();
    const values = [new TypeError('secret token'), 'secret', { message: 'secret' }, null, undefined, odd.proxy];
    for (const thrown of values) {
      const error = toCozifyError(thrown);
      assert.equal(error.code, 'COZIFY_API');
      assert.ok(!error.message.includes('secret'));
      assert.equal(error.statusCode, undefined);
    }
    assert.equal(toCozifyError(1, 'COZIFY_STORE').code, 'COZIFY_STORE');
    assert.match(toCozifyError(new TypeError('secret')).message, /\(TypeError\)/);
  });

  it('shortens the text of an error, because it goes into logs and messages', () => {
    const { message } = new CozifyError(
      'COZIFY_NOT_FOUND',
      `No room is called "${'💡'.repeat(100_000)}". Choose another.`,
    );
    assert.match(message, /^No room is called "💡.* … .*💡"\. Choose another\.$/u);
    assert.ok(Array.from(message).length < 1_000);
    const short = 'x'.repeat(1_000);
    assert.equal(new CozifyError('COZIFY_API', short).message, short);
  });

  it('builds the hint of a message once, when it is read', () => {
    let made = 0;
    const hint = (): string => ` ${'x'.repeat(2_000)} ${++made}\n.`;
    const error = toCozifyError(new CozifyError('COZIFY_NOT_FOUND', 'No.', { hint }));
    assert.equal(made, 0);
    assert.match(error.message, /^No\. x+ … x+ 1\\u000a\.$/);
    assert.equal(error.message, structuredClone(error).message);
    assert.deepEqual([made, Object.keys(error).includes('message')], [1, false]);
    assert.match(String(error), /^CozifyError: No\. x/);
  });

  it('adds the code of the cause in storeError', () => {
    assert.match(storeError('It failed', { code: 'ENOSPC' }).message, /^It failed \(ENOSPC\)\.$/);
    assert.equal(storeError('It failed').message, 'It failed.');
    assert.equal(storeError('It failed', new Error('x')).code, 'COZIFY_STORE');
  });
});

describe('createNoStore', () => {
  it('loads nothing and fails each save with COZIFY_STORE', async () => {
    const store = createNoStore<object>('none');
    assert.equal(await store.load(), null);
    await assert.rejects(store.save({}), { code: 'COZIFY_STORE' });
    await store.remove();
  });
});
