import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PendingLoginsStage } from '../support/pending-logins-stage';

describe('Pending logins at several clouds', () => {
  const stage = PendingLoginsStage.forSuite();

  const askForCode = (email: string, cloudUrl: string): Promise<unknown> =>
    stage.logins.use('one', cloudUrl, (account) => account.requestOtp(email));

  it('keep a finished login when a code is sent at another cloud', async () => {
    const email = await stage.logIn('one');
    await askForCode('moved@example.fi', stage.otherUrl);
    const current = await stage.logins.get('one');
    assert.deepEqual(
      [current?.cloudUrl, (await current?.account.readSnapshot())?.state],
      [stage.otherUrl, 'otp-sent'],
      'the dialog shows its last request',
    );
    assert.ok((await stage.found('one', email))?.clouds[0]?.login);
    stage.restart();
    assert.ok((await stage.found('one', email))?.clouds[0]?.login, 'after a restart too');
    assert.ok(await stage.found('one', 'moved@example.fi', stage.otherUrl));
    assert.equal((await stage.logins.get('one'))?.cloudUrl, stage.otherUrl);
    assert.equal(readdirSync(stage.folder).filter((name) => name.endsWith('pending.json')).length, 1);
  });

  it('keep their addresses apart', async () => {
    const first = await stage.logIn('one');
    const second = await stage.logIn('one', stage.otherUrl);
    assert.equal((await stage.found('one', first))?.email, first);
    assert.equal((await stage.found('one', second, stage.otherUrl))?.email, second);
    assert.equal(await stage.found('one', second), null);
    assert.equal(await stage.found('one', first, stage.otherUrl), null);
  });

  it('keep the token of one cloud out of the record of the other cloud', async () => {
    const first = await stage.logIn('one');
    const token = (await stage.found('one', first))?.clouds[0]?.login?.token ?? '';
    const second = await stage.logIn('one', stage.otherUrl);
    assert.ok(token.length > 0);
    assert.ok(!JSON.stringify(await stage.found('one', second, stage.otherUrl)).includes(token));
  });

  it('show the login of the cloud used last', async () => {
    const email = await stage.logIn('one');
    await askForCode('moved@example.fi', stage.otherUrl);
    await askForCode(email, stage.cloudUrl);
    const current = await stage.logins.get('one');
    assert.deepEqual(
      [current?.cloudUrl, (await current?.account.readSnapshot())?.state],
      [stage.cloudUrl, 'authenticated'],
    );
  });

  it('keep the file unchanged when a request fails at another cloud', async () => {
    const email = await stage.logIn('one');
    const file = join(stage.folder, '+pending.json');
    const before = readFileSync(file);
    const refused = stage.logins.use('one', stage.otherUrl, (account) =>
      account.authenticate({ email: 'wrong@example.fi', otp: 'NOTACODE' }),
    );
    await assert.rejects(refused, { code: 'COZIFY_OTP_REJECTED' });
    assert.deepEqual(readFileSync(file), before);
    stage.restart();
    assert.ok(await stage.found('one', email));
  });

  it('drop an adopted login, and keep the login at the other cloud', async () => {
    const first = await stage.logIn('one');
    const second = await stage.logIn('one', stage.otherUrl);
    await stage.logins.drop('one', stage.cloudUrl);
    assert.deepEqual(stage.files(), ['+pending.json'], 'no older copy has it either');
    stage.restart();
    assert.equal(await stage.found('one', first), null);
    assert.ok(await stage.found('one', second, stage.otherUrl));
    await stage.logins.drop('one', stage.otherUrl);
    assert.deepEqual(stage.files(), []);
  });

  it('are all dropped by Cancel', async () => {
    const first = await stage.logIn('one');
    await stage.logIn('one', stage.otherUrl);
    await stage.logins.drop('one');
    assert.deepEqual(stage.files(), []);
    assert.equal(await stage.found('one', first), null);
    for (const { account } of stage.accounts) await assert.rejects(account.readSnapshot(), { code: 'COZIFY_CLOSED' });
  });

  it('count separately towards the limit of twenty', async () => {
    const first = await stage.logIn('one');
    for (let number = 0; number < 19; number += 1) {
      await stage.passed(1_000);
      await stage.logIn(`login-${number}`);
    }
    const second = await stage.logIn('one', stage.otherUrl);
    assert.equal(await stage.found('one', first), null, 'the oldest went');
    assert.ok(await stage.found('one', second, stage.otherUrl));
    assert.ok(await stage.isThere('login-0'));
  });
});
