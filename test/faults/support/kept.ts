import assert from 'node:assert/strict';
import type { Account } from '../../../src/account/account.js';

/** A login that a fault must not cost. */
export interface Kept {
  /** The token it stands on. */
  readonly token: string;
  readonly account: Account;
  /** The token in the store. */
  stored(): Promise<string | undefined>;
  /** Ends the fault, and whatever waiting it has caused. */
  heal(): Promise<void>;
  /** Closes the account and opens another on the same store. */
  reopen(): Promise<Account>;
}

/**
 * "Keep": the token stays, in memory and on disk; the state stays `authenticated`; the next good call works, and a new
 * account on the same state still has the login and can renew it.
 */
export async function assertKept(kept: Kept): Promise<void> {
  const { account, token } = kept;
  assert.equal(endOf((await account.token()).value), endOf(token), 'the token in memory');
  assert.equal(account.snapshot().state, 'authenticated');
  assert.equal(endOf(await kept.stored()), endOf(token), 'the token on disk');
  await kept.heal();
  assert.equal((await account.ping({ autorefresh: false })).value, true, 'the next good call');
  const successor = await kept.reopen();
  assert.equal(endOf((await successor.token()).value), endOf(token), 'the token after a restart');
  assert.equal(successor.snapshot().state, 'authenticated', 'the state after a restart');
  assert.equal((await successor.refresh({ force: true })).value, true, 'a renewal after a restart');
}

/** The end of a token, which tells one from another. */
function endOf(token: string | undefined): string | undefined {
  return token?.slice(-16);
}
