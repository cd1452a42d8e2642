import assert from 'node:assert/strict';
import { readDiagnostics } from '../../../../nodes/editor/account/diagnostics.js';

describe('what the dialog reads out of the diagnostics', () => {
  const AT = '2030-01-01T12:03:00.000Z';

  it('is that the cloud has ended the login, and when it is asked again', () => {
    const token = { isRejected: true, rejectedAt: AT, nextCheckAt: null };
    assert.deepEqual(readDiagnostics({ token, problem: null }), { lost: { at: AT, nextCheckAt: null } });
    assert.deepEqual(readDiagnostics({ token: { ...token, isRejected: false } }), {});
  });

  it('is the problem that keeps the account from running', () => {
    const problem = { code: 'COZIFY_BAD_INPUT', message: 'The address should begin with https.' };
    assert.deepEqual(readDiagnostics({ problem, token: null }), { problem: 'COZIFY_BAD_INPUT' });
  });

  it('is nothing where the answer is of another version', () => {
    for (const answer of [{}, { token: 'x', problem: 7 }, { problem: { code: 'COZIFY_NEWER' } }]) {
      assert.deepEqual(readDiagnostics(answer), {});
    }
  });
});
