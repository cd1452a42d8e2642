import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../support/wait';
import { DAY, HOUR, WaitingRoom } from '../support/waiting-room';

describe('Pending logins', () => {
  const room = WaitingRoom.forSuite();

  it('do not exist at first', async () => {
    assert.equal(await room.logins.get('one'), undefined);
    assert.equal(await room.found('one', 'a@b.fi'), null);
    await room.logins.drop('one');
    assert.ok(!existsSync(join(room.folder, '+waiting.json')));
  });

  it('are found with the same address and cloud only', async () => {
    const email = await room.logIn('one');
    const record = await room.found('one', email);
    assert.equal(record?.email, email);
    assert.ok(record?.clouds[0]?.login);
    assert.equal(await room.found('one', 'someone-else@example.fi'), null);
    assert.equal(await room.found('one', undefined), null);
    assert.equal(await room.found('one', email, 'https://api.cozify.fi/ui/0.2'), null);
    assert.equal(await room.found('one', email, `${room.simulator.cloudUrl}/more`), null);
    assert.equal(await room.found('two', email), null);
  });

  it('are found while only a code was sent', async () => {
    const account = await room.begin('one');
    await account.requestOtp('pending@example.fi');
    const record = await room.found('one', 'pending@example.fi');
    assert.equal(record?.clouds[0]?.otp?.email, 'pending@example.fi');
    assert.equal(await room.found('one', 'someone-else@example.fi'), null);
  });

  it('are found by the address of the login, not of a later code', async () => {
    const email = await room.logIn('one');
    const account = await room.begin('one');
    await account.requestOtp('later@example.fi');
    assert.equal(await room.found('one', 'later@example.fi'), null);
    assert.equal((await room.found('one', email))?.email, email);
  });

  it('stay over a restart, encrypted', async () => {
    const email = await room.logIn('one');
    const token = (await (await room.logins.get('one'))?.account.token())?.value ?? '';
    for (const name of readdirSync(room.folder)) {
      const text = readFileSync(join(room.folder, name), 'utf8');
      for (const secret of [token, email]) assert.ok(!text.includes(secret), name);
    }
    room.restart();
    assert.equal((await room.found('one', email))?.clouds[0]?.login?.token, token);
    assert.equal((await room.logins.get('one'))?.cloudUrl, room.simulator.cloudUrl);
  });

  it('expire after 24 hours', async () => {
    const email = await room.logIn('one');
    await room.passed(DAY - HOUR);
    assert.ok(await room.found('one', email));
    room.restart();
    assert.ok(await room.found('one', email), 'after a restart too');
    await room.passed(2 * HOUR);
    assert.equal(await room.found('one', email), null);
    assert.deepEqual(room.files(), [], 'the files are gone');
  });

  it('expire after 24 hours including a restart, at a request for another account', async () => {
    await room.logIn('one');
    room.restart();
    await room.passed(DAY + HOUR);
    await room.logins.get('two');
    assert.deepEqual(room.files(), []);
  });

  for (const isRestarted of [false, true]) {
    it(`are deleted after 24 hours without a request${isRestarted ? ', also after a restart' : ''}`, async () => {
      await room.logIn('one');
      if (isRestarted) room.restart();
      await room.clock.advance(DAY + HOUR);
      await until('the files to go', () => room.files().length === 0);
    });
  }

  it('are at most twenty, without the oldest', async () => {
    for (let number = 0; number < 22; number += 1) {
      await room.passed(1_000);
      await room.logIn(`login-${number}`);
      if (number === 10) room.restart();
    }
    const kept = [];
    for (let number = 0; number < 22; number += 1) kept.push(await room.isThere(`login-${number}`));
    assert.deepEqual(kept, [false, false, ...Array.from({ length: 20 }, () => true)]);
  });

  it('continue where they were', async () => {
    await room.logIn('one');
    assert.equal(await room.begin('one'), (await room.logins.get('one'))?.account);
  });

  it('apply a Retry-After of the cloud to their own account only, also after a restart', async () => {
    const requests = (): number => room.simulator.count('requestlogin');
    const before = requests();
    const ask = (id: string): Promise<unknown> => room.logins.use(id, room.cloudUrl, (it) => it.requestOtp('a@b.fi'));
    room.simulator.fault('requestlogin', { status: 429, headers: { 'retry-after': '30' }, times: 1 });
    const held = { code: 'COZIFY_RATE_LIMITED', statusCode: 429 };
    await assert.rejects(ask('one'), held);
    await assert.rejects(ask('one'), held);
    room.restart();
    await assert.rejects(ask('one'), held);
    assert.equal(requests() - before, 1);
    assert.equal(await room.found('one', 'a@b.fi'), null);
    await room.logins.drop('one');
    assert.deepEqual(room.files(), []);
  });

  it('are all closed when dropped, if several started at once', async () => {
    await Promise.all([1, 2, 3].map(() => room.begin('one')));
    await room.logins.drop('one');
    for (const { account } of room.accounts) await assert.rejects(account.readSnapshot(), { code: 'COZIFY_CLOSED' });
  });

  it('are closed and deleted when dropped', async () => {
    const email = await room.logIn('one');
    const account = (await room.logins.get('one'))?.account;
    await room.logins.drop('one');
    assert.equal(await room.found('one', email), null);
    assert.deepEqual(room.files(), []);
    await assert.rejects(account?.ping() ?? Promise.resolve(), { code: 'COZIFY_CLOSED' });
  });

  it('are kept in memory without a user directory', async () => {
    room.restart(null);
    const email = await room.logIn('one');
    assert.ok(await room.found('one', email));
    await room.logins.drop('one');
    assert.equal(await room.found('one', email), null);
  });

  it('have files beside the accounts for any id', async () => {
    for (const id of ['../x', 'a/b', '..', '%2e%2e', 'ä', 'one+waiting', 'key', 'codes']) {
      const email = await room.logIn(id);
      room.restart();
      assert.ok(await room.found(id, email), id);
    }
    assert.equal(existsSync(join(room.folder, '..', 'x+waiting.json')), false);
  });
});
