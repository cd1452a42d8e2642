import assert from 'node:assert/strict';
import { failureOf } from '../../../../nodes/editor/account/api.js';

/** An answer as jQuery hands it over. */
function answer(status: number, responseJSON?: unknown, cloudStatus: string | null = null) {
  return { status, responseJSON, getResponseHeader: () => cloudStatus };
}

describe('what the dialog makes of an answer that is a failure', () => {
  it('is the code, the wait and what the cloud said', () => {
    const body = { code: 'COZIFY_RATE_LIMITED', message: 'Wait.', retryAfter: 30 };
    assert.deepEqual(failureOf(answer(429, body, '429')), {
      status: 429,
      code: 'COZIFY_RATE_LIMITED',
      retryAfter: 30,
      cloudStatus: 429,
    });
  });

  it('is the bare status where the body is nobody’s we know', () => {
    for (const body of [undefined, null, 'text', {}, { code: 5, retryAfter: 'soon' }]) {
      assert.deepEqual(failureOf(answer(502, body)), { status: 502 });
    }
  });
});
