import assert from 'node:assert/strict';
import type { Account } from '../../../src/index.js';
import { WaitingRoom } from '../support/waiting-room';

describe('Pending logins adopted during a request', () => {
  const room = WaitingRoom.forSuite();
  let email: string;
  let account: Account;
  let endRequest: () => void;
  let request: Promise<unknown>;

  /** Adopts a pending code while a request of the dialog still runs. */
  beforeEach(async () => {
    email = `${Math.random()}@example.fi`;
    account = await room.begin('one');
    await account.requestOtp(email);
    const isOver = new Promise<void>((resolve) => (endRequest = resolve));
    await new Promise<void>((begin) => {
      request = room.logins.use('one', room.cloudUrl, () => {
        begin();
        return isOver;
      });
    });
    assert.equal((await room.take('one', email))?.clouds[0]?.otp?.email, email);
  });

  const logIn = (): Promise<unknown> => account.authenticate({ email, otp: room.simulator.latestCode(email) });

  it('are dropped when the request ends without a login', async () => {
    assert.deepEqual(room.files().length > 0, true);
    endRequest();
    await request;
    assert.deepEqual(room.files(), []);
    await assert.rejects(account.readSnapshot(), { code: 'COZIFY_CLOSED' });
  });

  it('are dropped when the running requests have ended, one of them with an error', async () => {
    const failed = room.logins.use('one', room.cloudUrl, () => Promise.reject(new Error('no')));
    await assert.rejects(failed, /no/);
    assert.equal(await room.isThere('one'), true, 'the other goes on');
    endRequest();
    await request;
    assert.deepEqual(room.files(), []);
  });

  for (const isOver of [false, true]) {
    it(`are found again with a new login, ${isOver ? 'after' : 'before'} the end of the request`, async () => {
      await logIn();
      if (isOver) endRequest();
      if (isOver) await request;
      assert.ok((await room.take('one', email))?.clouds[0]?.login);
      assert.equal(await room.isThere('one'), !isOver, 'while a request works on it, it is not closed');
      endRequest();
      await request;
      assert.deepEqual(room.files(), []);
    });
  }

  it('stay if a login is made between find and letGo', async () => {
    const offer = await room.logins.find('one', room.cloudUrl, [email]);
    await logIn();
    endRequest();
    await request;
    await offer?.letGo();
    assert.ok((await room.found('one', email))?.clouds[0]?.login);
  });

  it('are dropped at once by Cancel', async () => {
    await room.logins.drop('one');
    await assert.rejects(account.readSnapshot(), { code: 'COZIFY_CLOSED' });
    assert.deepEqual(room.files(), []);
    endRequest();
    await request;
    assert.deepEqual(room.files(), []);
  });
});

describe('Login before it is pending', () => {
  const room = WaitingRoom.forSuite();

  it('is dropped by Cancel, though its request still runs', async () => {
    let goOn: () => void = () => undefined;
    const isCancelled = new Promise<void>((resolve) => (goOn = resolve));
    const request = room.logins.use('one', room.cloudUrl, async (account) => {
      await isCancelled;
      await account.requestOtp('late@example.fi').catch(() => undefined);
    });
    while (room.accounts.length === 0) await new Promise(setImmediate);
    await room.logins.drop('one');
    goOn();
    await request;
    assert.equal(await room.isThere('one'), false);
    assert.deepEqual([room.files(), room.simulator.mails], [[], []]);
  });
});
