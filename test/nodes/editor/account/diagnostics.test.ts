import assert from 'node:assert/strict';
import { readDiagnostics } from '../../../../nodes/editor/account/diagnostics.js';

describe('the diagnostics in the dialog', () => {
  const AT = '2030-01-01T12:03:00.000Z';

  it('show that the cloud ended the login, and when the next check is', () => {
    const token = { isRejected: true, rejectedAt: AT, nextCheckAt: null };
    assert.deepEqual(readDiagnostics({ token, problem: null }), { lost: { at: AT, nextCheckAt: null } });
    assert.deepEqual(readDiagnostics({ token: { ...token, isRejected: false } }), {});
  });

  it('show the problem that keeps the account from running', () => {
    const problem = { code: 'COZIFY_BAD_INPUT', message: 'The address should begin with https.' };
    assert.deepEqual(readDiagnostics({ problem, token: null }), { problem: 'COZIFY_BAD_INPUT' });
  });

  it('show nothing if the response is from another version', () => {
    for (const answer of [{}, { token: 'x', problem: 7 }, { problem: { code: 'COZIFY_NEWER' } }]) {
      assert.deepEqual(readDiagnostics(answer), {});
    }
  });
});
