// The assertion that a fault has not ended the login.
import assert from 'node:assert/strict';
import type { Account } from '../../../src/account/account.js';

/** A login that must survive a fault. */
export interface Kept {
  /** The token of the login. */
  readonly token: string;
  readonly account: Account;
  /** The token in the store. */
  stored(): Promise<string | undefined>;
  /** Ends the fault, and advances the clock past any wait that it caused. */
  heal(): Promise<void>;
  /** Closes the account and opens another on the same store. */
  reopen(): Promise<Account>;
}

/**
 * Asserts that the token is unchanged in memory and on disk, that the state is `authenticated`, that the next call
 * without a fault succeeds, and that the account still has the login after a restart and can renew it.
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

/** Returns the last characters of a token, which differ between tokens. */
function endOf(token: string | undefined): string | undefined {
  return token?.slice(-16);
}
