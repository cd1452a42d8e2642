import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Account } from '../../../src/index.js';
import { StateDirectory } from '../../../src/nodes-api.js';
import { FaultyFs } from '../../src/support/faulty-fs';
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
    const odd = ['koti\ud83c', 'koti\udfe1', '\u20ac'.repeat(90), 'y'.repeat(5000)];
    for (const id of ['../x', 'a/b', '..', '%2e%2e', 'ä', 'one+pending', 'key', 'codes', ...odd]) {
      const email = await stage.logIn(id);
      stage.restart();
      assert.ok(await stage.found(id, email), id);
    }
    assert.equal(existsSync(join(stage.folder, '..', 'x+pending.json')), false);
  });
});

const MINUTE = 60_000;

describe('Pending logins with a wrong clock', () => {
  const stage = PendingLoginsStage.forSuite();

  /** Waits until the file of pending logins is rewritten, which happens at a fixed interval. */
  async function untilWritten(): Promise<void> {
    const read = (): string => readFileSync(join(stage.folder, '+pending.json'), 'utf8');
    const before = read();
    await stage.clock.advance(11 * MINUTE);
    await until('the file to be written', () => read() !== before);
  }

  for (const [offset, behindMs] of [
    ['two days behind', 2 * DAY],
    ['a year ahead', -365 * DAY],
  ] as const) {
    it(`expire after 24 hours if the clock was ${offset} and is corrected`, async () => {
      stage.clock.jump(-behindMs);
      const email = await stage.logIn('one');
      stage.clock.jump(behindMs);
      assert.ok(await stage.found('one', email));
      await stage.passed(DAY - HOUR);
      assert.ok(await stage.found('one', email));
      await stage.passed(2 * HOUR);
      assert.equal(await stage.found('one', email), null);
    });

    it(`stay over a restart if the clock was ${offset} and is corrected`, async () => {
      stage.clock.jump(-behindMs);
      const email = await stage.logIn('one');
      stage.clock.jump(behindMs);
      await untilWritten();
      for (const passedMs of [0, DAY - HOUR]) {
        await stage.passed(passedMs);
        stage.restart();
        assert.ok(await stage.found('one', email));
      }
      await stage.passed(2 * HOUR);
      assert.equal(await stage.found('one', email), null);
    });
  }

  it('stay if a process starts with a clock days behind that is then corrected', async () => {
    const email = await stage.logIn('one');
    stage.clock.jump(-3 * DAY);
    stage.restart();
    assert.ok(await stage.found('one', email));
    stage.clock.jump(3 * DAY);
    assert.ok(await stage.found('one', email));
    stage.restart();
    assert.ok(await stage.found('one', email));
  });

  it('expire after 24 hours if the clock was a year ahead in an earlier process', async () => {
    stage.clock.jump(365 * DAY);
    const email = await stage.logIn('one');
    stage.clock.jump(-365 * DAY);
    stage.restart();
    assert.ok(await stage.found('one', email));
    await untilWritten();
    stage.restart();
    await stage.passed(DAY + HOUR);
    assert.equal(await stage.found('one', email), null);
  });

  it('do not age while the machine sleeps', async () => {
    const email = await stage.logIn('one');
    stage.clock.sleep(3 * DAY);
    assert.ok(await stage.found('one', email));
  });

  it('are dropped in the order of their start', async () => {
    await stage.logIn('first');
    stage.clock.jump(-DAY);
    for (let number = 0; number < 20; number += 1) {
      await stage.passed(1_000);
      await stage.logIn(`login-${number}`);
    }
    assert.deepEqual([await stage.isThere('first'), await stage.isThere('login-0')], [false, true]);
  });
});

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

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** The content of a file that a later version has written. */
const NEWER = '{"cozify":99}';

describe('Damaged file of pending logins', () => {
  const stage = PendingLoginsStage.forSuite();
  let email: string;

  /** Makes a pending login whose file also has a last good copy (`.last`), and restarts the process. */
  beforeEach(async () => {
    email = await stage.logIn('one');
    assert.deepEqual(stage.files().sort(), ['+pending.json', '+pending.json.last']);
    stage.restart();
  });

  const file = (more = ''): string => join(stage.folder, `+pending.json${more}`);
  const askForAnother = (id = 'two'): Promise<unknown> =>
    stage.logins.use(id, stage.cloudUrl, (account) => account.requestOtp(`${id}@example.fi`));

  it('stays unchanged if a later version has written it, and no code is sent', async () => {
    for (const more of ['', '.last']) writeFileSync(file(more), NEWER);
    const sent = stage.simulator.mails.length;
    await assert.rejects(askForAnother(), { code: 'COZIFY_STORE' });
    assert.equal(stage.simulator.mails.length, sent);
    for (const more of ['', '.last']) assert.equal(readFileSync(file(more), 'utf8'), NEWER);
    await assert.rejects(stage.logins.get('one'), { code: 'COZIFY_STORE' });
  });

  it('does not prevent the use of the last good copy', async () => {
    writeFileSync(file(), 'garbage');
    await askForAnother();
    assert.ok(await stage.found('one', email));
    stage.restart();
    assert.ok(await stage.found('one', email));
    assert.equal(await stage.isThere('two'), true);
  });

  it('is set aside under a name that later saves do not touch', async () => {
    for (const more of ['', '.last']) writeFileSync(file(more), `garbage${more}`);
    await askForAnother();
    const kept = stage.files().filter((name) => name.includes('.bad-'));
    assert.deepEqual(kept.map((name) => readFileSync(join(stage.folder, name), 'utf8')).sort(), [
      'garbage',
      'garbage.last',
    ]);
    assert.equal(await stage.isThere('one'), false);
  });

  it('opens again when its key is restored', async () => {
    const key = join(stage.folder, 'key');
    const right = readFileSync(key);
    writeFileSync(key, `${Buffer.alloc(32, 7).toString('base64')}\n`);
    assert.equal(await stage.isThere('one'), false);
    const [aside] = stage.files().filter((name) => name.startsWith('+pending.json.bad-'));
    assert.ok(aside !== undefined, stage.files().join(', '));
    renameSync(join(stage.folder, aside), file());
    writeFileSync(key, right);
    stage.restart();
    assert.ok(await stage.found('one', email));
  });

  it('is read again when access is restored', async () => {
    const disk = new FaultyFs();
    stage.restart(new StateDirectory(stage.folder, silent, disk.fs));
    disk.failOn('readFile', 'EACCES');
    await assert.rejects(askForAnother(), { code: 'COZIFY_STORE' });
    await assert.rejects(stage.logins.get('one'), { code: 'COZIFY_STORE' });
    disk.heal();
    assert.ok((await stage.found('one', email))?.clouds[0]?.login);
    await askForAnother('three');
    stage.restart();
    for (const id of ['one', 'three']) assert.equal(await stage.isThere(id), true, id);
  });

  it('ends an expired login even if it cannot be deleted', async () => {
    const disk = new FaultyFs();
    stage.restart(new StateDirectory(stage.folder, silent, disk.fs));
    assert.equal(await stage.isThere('one'), true);
    await stage.passed(DAY + HOUR);
    disk.failOn('unlink', 'EACCES');
    assert.equal(await stage.logins.get('two'), undefined);
    assert.equal(await stage.isThere('one'), false);
    disk.heal();
    await askForAnother();
    await stage.logins.drop('two');
    assert.deepEqual(stage.files(), [], 'deleted when that is possible again');
  });

  it('is deleted after 24 hours if only the last good copy was left', async () => {
    writeFileSync(file(), 'garbage');
    assert.equal(await stage.logins.get('two'), undefined);
    stage.restart();
    await stage.passed(DAY + HOUR);
    assert.equal(await stage.logins.get('two'), undefined);
    assert.equal(await stage.isThere('one'), false);
    assert.deepEqual([existsSync(file()), existsSync(file('.last'))], [false, false]);
  });
});
