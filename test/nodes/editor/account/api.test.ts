import assert from 'node:assert/strict';
import { failureOf } from '../../../../nodes/editor/account/api.js';

/** Returns a response as jQuery passes it to a callback. */
function answer(status: number, responseJSON?: unknown, cloudStatus: string | null = null) {
  return { status, responseJSON, getResponseHeader: () => cloudStatus };
}

describe('a failed response in the dialog', () => {
  it('has the code, the seconds to wait, and the status from the cloud', () => {
    const body = { code: 'COZIFY_RATE_LIMITED', message: 'Wait.', retryAfter: 30 };
    assert.deepEqual(failureOf(answer(429, body, '429')), {
      status: 429,
      code: 'COZIFY_RATE_LIMITED',
      retryAfter: 30,
      cloudStatus: 429,
    });
  });

  it('has only the status if the body is unknown', () => {
    for (const body of [undefined, null, 'text', {}, { code: 5, retryAfter: 'soon' }]) {
      assert.deepEqual(failureOf(answer(502, body)), { status: 502 });
    }
  });
});
