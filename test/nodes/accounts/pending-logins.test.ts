import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../support/wait';
import { DAY, HOUR, PendingLoginsStage } from '../support/pending-logins-stage';

describe('Pending logins', () => {
  const stage = PendingLoginsStage.forSuite();

  it('do not exist at first', async () => {
    assert.equal(await stage.logins.get('one'), undefined);
    assert.equal(await stage.found('one', 'a@b.fi'), null);
    await stage.logins.drop('one');
    assert.ok(!existsSync(join(stage.folder, '+pending.json')));
  });

  it('are found only with the same address and cloud', async () => {
    const email = await stage.logIn('one');
    const record = await stage.found('one', email);
    assert.equal(record?.email, email);
    assert.ok(record?.clouds[0]?.login);
    assert.equal(await stage.found('one', 'someone-else@example.fi'), null);
    assert.equal(await stage.found('one', undefined), null);
    assert.equal(await stage.found('one', email, 'https://api.cozify.fi/ui/0.2'), null);
    assert.equal(await stage.found('one', email, `${stage.simulator.cloudUrl}/more`), null);
    assert.equal(await stage.found('two', email), null);
  });

  it('are found by the address of the login, not of a later code', async () => {
    const email = await stage.logIn('one');
    const account = await stage.begin('one');
    await account.requestOtp('later@example.fi');
    assert.equal(await stage.found('one', 'later@example.fi'), null);
    assert.equal((await stage.found('one', email))?.email, email);
  });

  it('stay over a restart, encrypted', async () => {
    const email = await stage.logIn('one');
    const token = (await (await stage.logins.get('one'))?.account.token())?.value ?? '';
    for (const name of readdirSync(stage.folder)) {
      const text = readFileSync(join(stage.folder, name), 'utf8');
      for (const secret of [token, email]) assert.ok(!text.includes(secret), name);
    }
    stage.restart();
    assert.equal((await stage.found('one', email))?.clouds[0]?.login?.token, token);
    assert.equal((await stage.logins.get('one'))?.cloudUrl, stage.simulator.cloudUrl);
  });

  it('expire after 24 hours', async () => {
    const email = await stage.logIn('one');
    await stage.passed(DAY - HOUR);
    assert.ok(await stage.found('one', email));
    stage.restart();
    assert.ok(await stage.found('one', email), 'after a restart too');
    await stage.passed(2 * HOUR);
    assert.equal(await stage.found('one', email), null);
    assert.deepEqual(stage.files(), [], 'the files are gone');
  });

  it('expire after 24 hours including a restart, at a request for another account', async () => {
    await stage.logIn('one');
    stage.restart();
    await stage.passed(DAY + HOUR);
    await stage.logins.get('two');
    assert.deepEqual(stage.files(), []);
  });

  for (const isRestarted of [false, true]) {
    it(`are deleted after 24 hours without a request${isRestarted ? ', even after a restart' : ''}`, async () => {
      await stage.logIn('one');
      if (isRestarted) stage.restart();
      await stage.clock.advance(DAY + HOUR);
      await until('the files to go', () => stage.files().length === 0);
    });
  }

  it('are limited to the twenty newest', async () => {
    for (let number = 0; number < 22; number += 1) {
      await stage.passed(1_000);
      await stage.logIn(`login-${number}`);
      if (number === 10) stage.restart();
    }
    const kept = [];
    for (let number = 0; number < 22; number += 1) kept.push(await stage.isThere(`login-${number}`));
    assert.deepEqual(kept, [false, false, ...Array.from({ length: 20 }, () => true)]);
  });

  it('are continued by the next request for the same account', async () => {
    await stage.logIn('one');
    assert.equal(await stage.begin('one'), (await stage.logins.get('one'))?.account);
  });

  it('apply a Retry-After from the cloud only to their own account, even after a restart', async () => {
    const requests = (): number => stage.simulator.count('requestlogin');
    const before = requests();
    const ask = (id: string): Promise<unknown> => stage.logins.use(id, stage.cloudUrl, (it) => it.requestOtp('a@b.fi'));
    stage.simulator.fault('requestlogin', { status: 429, headers: { 'retry-after': '30' }, times: 1 });
    const held = { code: 'COZIFY_RATE_LIMITED', statusCode: 429 };
    await assert.rejects(ask('one'), held);
    await assert.rejects(ask('one'), held);
    stage.restart();
    await assert.rejects(ask('one'), held);
    assert.equal(requests() - before, 1);
    assert.equal(await stage.found('one', 'a@b.fi'), null);
    await stage.logins.drop('one');
    assert.deepEqual(stage.files(), []);
  });

  it('are all closed when dropped, if several started concurrently', async () => {
    await Promise.all([1, 2, 3].map(() => stage.begin('one')));
    await stage.logins.drop('one');
    for (const { account } of stage.accounts) await assert.rejects(account.readSnapshot(), { code: 'COZIFY_CLOSED' });
  });

  it('are kept in memory without a user directory', async () => {
    stage.restart(null);
    const email = await stage.logIn('one');
    assert.ok(await stage.found('one', email));
    await stage.logins.drop('one');
    assert.equal(await stage.found('one', email), null);
  });

  it('are saved beside the files of the accounts, for any id', async () => {
    for (const id of ['../x', 'a/b', '..', '%2e%2e', 'ä', 'one+pending', 'key', 'codes']) {
      const email = await stage.logIn(id);
      stage.restart();
      assert.ok(await stage.found(id, email), id);
    }
    assert.equal(existsSync(join(stage.folder, '..', 'x+pending.json')), false);
  });
});
