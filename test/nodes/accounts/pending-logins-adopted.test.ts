import assert from 'node:assert/strict';
import type { Account } from '../../../src/index.js';
import { PendingLoginsStage } from '../support/pending-logins-stage';

describe('Pending logins adopted during a request', () => {
  const stage = PendingLoginsStage.forSuite();
  let email: string;
  let account: Account;
  let endRequest: () => void;
  let request: Promise<unknown>;

  /** Adopts a pending code while a request from the dialog is still running. */
  beforeEach(async () => {
    email = `${Math.random()}@example.fi`;
    account = await stage.begin('one');
    await account.requestOtp(email);
    const isOver = new Promise<void>((resolve) => (endRequest = resolve));
    await new Promise<void>((begin) => {
      request = stage.logins.use('one', stage.cloudUrl, () => {
        begin();
        return isOver;
      });
    });
    assert.equal((await stage.take('one', email))?.clouds[0]?.otp?.email, email);
  });

  const logIn = (): Promise<unknown> => account.authenticate({ email, otp: stage.simulator.latestCode(email) });

  it('are dropped when the request ends without a login', async () => {
    assert.deepEqual(stage.files().length > 0, true);
    endRequest();
    await request;
    assert.deepEqual(stage.files(), []);
    await assert.rejects(account.readSnapshot(), { code: 'COZIFY_CLOSED' });
  });

  it('are dropped when the running requests have ended, one of them with an error', async () => {
    const failed = stage.logins.use('one', stage.cloudUrl, () => Promise.reject(new Error('no')));
    await assert.rejects(failed, /no/);
    assert.equal(await stage.isThere('one'), true, 'the other goes on');
    endRequest();
    await request;
    assert.deepEqual(stage.files(), []);
  });

  for (const isOver of [false, true]) {
    it(`are found again with a new login, ${isOver ? 'after' : 'before'} the end of the request`, async () => {
      await logIn();
      if (isOver) endRequest();
      if (isOver) await request;
      assert.ok((await stage.take('one', email))?.clouds[0]?.login);
      assert.equal(await stage.isThere('one'), !isOver, 'while a request works on it, it is not closed');
      endRequest();
      await request;
      assert.deepEqual(stage.files(), []);
    });
  }

  it('stay if a login is made between find and remove', async () => {
    const offer = await stage.logins.find('one', stage.cloudUrl, [email]);
    await logIn();
    endRequest();
    await request;
    await offer?.remove();
    assert.ok((await stage.found('one', email))?.clouds[0]?.login);
  });

  it('are dropped immediately by Cancel', async () => {
    await stage.logins.drop('one');
    await assert.rejects(account.readSnapshot(), { code: 'COZIFY_CLOSED' });
    assert.deepEqual(stage.files(), []);
    endRequest();
    await request;
    assert.deepEqual(stage.files(), []);
  });
});

describe('Login before it is pending', () => {
  const stage = PendingLoginsStage.forSuite();

  it('is dropped by Cancel, though its request still runs', async () => {
    let cancel: () => void = () => undefined;
    const isCancelled = new Promise<void>((resolve) => (cancel = resolve));
    const request = stage.logins.use('one', stage.cloudUrl, async (account) => {
      await isCancelled;
      await account.requestOtp('late@example.fi').catch(() => undefined);
    });
    while (stage.accounts.length === 0) await new Promise(setImmediate);
    await stage.logins.drop('one');
    cancel();
    await request;
    assert.equal(await stage.isThere('one'), false);
    assert.deepEqual([stage.files(), stage.simulator.mails], [[], []]);
  });
});
