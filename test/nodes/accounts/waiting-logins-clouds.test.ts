import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WaitingRoom } from '../support/waiting-room';

describe('Pending logins at several clouds', () => {
  const room = WaitingRoom.forSuite();

  const askForCode = (email: string, cloudUrl: string): Promise<unknown> =>
    room.logins.use('one', cloudUrl, (account) => account.requestOtp(email));

  it('keep a finished login when a code is sent at another cloud', async () => {
    const email = await room.logIn('one');
    await askForCode('moved@example.fi', room.otherUrl);
    const current = await room.logins.get('one');
    assert.deepEqual(
      [current?.cloudUrl, (await current?.account.readSnapshot())?.state],
      [room.otherUrl, 'otp-sent'],
      'the dialog shows its last request',
    );
    assert.ok((await room.found('one', email))?.clouds[0]?.login);
    room.restart();
    assert.ok((await room.found('one', email))?.clouds[0]?.login, 'after a restart too');
    assert.ok(await room.found('one', 'moved@example.fi', room.otherUrl));
    assert.equal((await room.logins.get('one'))?.cloudUrl, room.otherUrl);
    assert.equal(readdirSync(room.folder).filter((name) => name.endsWith('waiting.json')).length, 1);
  });

  it('keep their addresses apart', async () => {
    const first = await room.logIn('one');
    const second = await room.logIn('one', room.otherUrl);
    assert.equal((await room.found('one', first))?.email, first);
    assert.equal((await room.found('one', second, room.otherUrl))?.email, second);
    assert.equal(await room.found('one', second), null);
    assert.equal(await room.found('one', first, room.otherUrl), null);
  });

  it('keep the token of one out of the record of the other', async () => {
    const first = await room.logIn('one');
    const token = (await room.found('one', first))?.clouds[0]?.login?.token ?? '';
    const second = await room.logIn('one', room.otherUrl);
    assert.ok(token.length > 0);
    assert.ok(!JSON.stringify(await room.found('one', second, room.otherUrl)).includes(token));
  });

  it('show the login of the cloud used last', async () => {
    const email = await room.logIn('one');
    await askForCode('moved@example.fi', room.otherUrl);
    await askForCode(email, room.cloudUrl);
    const current = await room.logins.get('one');
    assert.deepEqual(
      [current?.cloudUrl, (await current?.account.readSnapshot())?.state],
      [room.cloudUrl, 'authenticated'],
    );
  });

  it('keep the file unchanged when a request fails at another cloud', async () => {
    const email = await room.logIn('one');
    const file = join(room.folder, '+waiting.json');
    const before = readFileSync(file);
    const refused = room.logins.use('one', room.otherUrl, (account) =>
      account.authenticate({ email: 'wrong@example.fi', otp: 'NOTACODE' }),
    );
    await assert.rejects(refused, { code: 'COZIFY_OTP_REJECTED' });
    assert.deepEqual(readFileSync(file), before);
    room.restart();
    assert.ok(await room.found('one', email));
  });

  it('drop an adopted login and keep the other', async () => {
    const first = await room.logIn('one');
    const second = await room.logIn('one', room.otherUrl);
    await room.logins.drop('one', room.cloudUrl);
    assert.deepEqual(room.files(), ['+waiting.json'], 'no older copy has it either');
    room.restart();
    assert.equal(await room.found('one', first), null);
    assert.ok(await room.found('one', second, room.otherUrl));
    await room.logins.drop('one', room.otherUrl);
    assert.deepEqual(room.files(), []);
  });

  it('are all dropped by Cancel', async () => {
    const first = await room.logIn('one');
    await room.logIn('one', room.otherUrl);
    await room.logins.drop('one');
    assert.deepEqual(room.files(), []);
    assert.equal(await room.found('one', first), null);
    for (const { account } of room.accounts) await assert.rejects(account.readSnapshot(), { code: 'COZIFY_CLOSED' });
  });

  it('count separately among the twenty', async () => {
    const first = await room.logIn('one');
    for (let number = 0; number < 19; number += 1) {
      await room.passed(1_000);
      await room.logIn(`login-${number}`);
    }
    const second = await room.logIn('one', room.otherUrl);
    assert.equal(await room.found('one', first), null, 'the oldest went');
    assert.ok(await room.found('one', second, room.otherUrl));
    assert.ok(await room.isThere('login-0'));
  });
});
