import assert from 'node:assert/strict';
import { createAccount } from '../../../src/account/create-account.js';
import { Simulator } from '../../simulator/index.js';
import { makeFolder, removeFolders } from '../support/folder.js';
import { failure } from '../support/stage.js';

const EMAIL = 'owner@example.fi';

describe('createAccount', () => {
  let simulator: Simulator;

  before(async () => {
    simulator = await Simulator.start();
  });
  after(async () => {
    await simulator?.stop();
    await removeFolders();
  });

  it('keeps a login in its directory until a reset', async () => {
    const options = { email: EMAIL, directory: await makeFolder(), cloudUrl: simulator.cloudUrl };
    const account = createAccount(options);
    assert.equal((await account.authenticate()).value, false);
    assert.equal((await account.authenticate({ otp: simulator.latestCode(EMAIL) })).value, true);
    await account.close();
    const again = createAccount(options);
    assert.equal((await again.ping()).value, true);
    await again.reset();
    await again.close();
    const last = createAccount(options);
    assert.equal((await last.refresh()).value, false);
    await last.close();
  });

  it('separates the accounts of one directory by id', async () => {
    const directory = await makeFolder();
    const options = { email: EMAIL, directory, cloudUrl: simulator.cloudUrl };
    const [home, cottage] = [createAccount({ ...options, id: 'home' }), createAccount({ ...options, id: 'cottage' })];
    await home.token('a-token-of-the-home');
    await failure(cottage.token(), 'COZIFY_OTP_REQUIRED');
    await Promise.all([home.close(), cottage.close()]);
  });

  it('keeps the code limits over a restart for all accounts of a directory', async () => {
    const directory = await makeFolder();
    const open = () =>
      ['home', 'cottage'].map((id) =>
        createAccount({ id, email: `${id}@example.fi`, directory, cloudUrl: simulator.cloudUrl }),
      );
    const before = simulator.mails.length;
    for (let start = 0; start < 2; start++) {
      const accounts = open();
      await Promise.all(accounts.map((account) => account.readSnapshot()));
      for (const account of accounts) await account.requestOtp();
      await Promise.all(accounts.map((account) => account.close()));
    }
    assert.equal(simulator.mails.length - before, 2);
  });

  it('works without a directory, with saved: false', async () => {
    const account = createAccount({ cloudUrl: simulator.cloudUrl });
    await failure(account.authenticate(), 'COZIFY_NO_EMAIL');
    assert.equal(account.snapshot().account, 'cozify');
    assert.equal((await account.token('a-token-of-the-home')).value, 'a-token-of-the-home');
    assert.equal((await account.email('matti@example.fi')).value, 'matti@example.fi');
    const { state, email, saved } = account.snapshot();
    assert.deepEqual([state, email, saved], ['authenticated', 'matti@example.fi', false]);
    assert.equal((await account.reset()).value, true);
    assert.equal(account.snapshot().state, 'otp-required');
    await failure(account.token(), 'COZIFY_OTP_REQUIRED');
    await account.close();
    const another = createAccount({ cloudUrl: simulator.cloudUrl });
    assert.equal((await another.readSnapshot()).state, 'otp-required');
    await another.close();
  });

  it('logs in without a directory', async () => {
    const account = createAccount({ cloudUrl: simulator.cloudUrl, email: 'nowhere@example.fi' });
    assert.equal((await account.authenticate()).value, false);
    assert.equal((await account.authenticate({ otp: simulator.latestCode('nowhere@example.fi') })).value, true);
    assert.deepEqual([account.snapshot().state, account.snapshot().saved], ['authenticated', false]);
    await account.close();
  });

  for (const options of [{ email: 'nobody' }, { cloudUrl: 'http://example.com' }, { expiry: '20' }, { expiry: -1 }]) {
    it(`refuses the options ${JSON.stringify(options)}`, () => {
      assert.throws(() => createAccount(options), { code: 'COZIFY_BAD_INPUT' });
    });
  }
});
