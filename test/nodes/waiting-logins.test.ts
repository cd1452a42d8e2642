import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sinon from 'sinon';
import { WaitingLogins } from '../../nodes/waiting-logins';
import { Account, type AccountRecord, CodeRation, createHttp, createNoStore, Pace } from '../../src';
import { StateDirectory, systemClock } from '../../src';
import { Simulator } from '../simulator';
import { assertRefused, assertSnapshot, get, post } from './support/admin-client';
import { ACCOUNT, accountNode, actionNode, testFlow } from './support/flow';
import { Stage } from './support/stage';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('logins in waiting', () => {
  let simulator: Simulator;
  let folder: string;
  let logins: WaitingLogins;
  let accounts: Account[];
  let names = 0;

  before(async () => {
    simulator = await Simulator.start({ hubs: [] });
  });
  after(() => simulator.stop());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cozify-waiting-'));
    accounts = [];
    logins = open();
  });
  afterEach(async () => {
    sinon.restore();
    for (const account of accounts) await account.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Another process, or the same one after a restart. */
  function open(directory: StateDirectory | null = new StateDirectory(folder, log)): WaitingLogins {
    const codes = new CodeRation(createNoStore('codes'), systemClock);
    return new WaitingLogins(directory ?? undefined, (id, cloudUrl, store) => {
      const account = new Account({
        ...{ id, name: '', cloudUrl, store, codes, log, clock: systemClock, pace: new Pace(systemClock) },
        ...{ http: createHttp(), isAutorefresh: false, expiryMs: DAY, isResting: true },
      });
      accounts.push(account);
      return account;
    });
  }

  /** Logs in under an id, at an address not used before, which it gives. */
  async function logIn(id: string, cloudUrl = simulator.cloudUrl): Promise<string> {
    const email = `owner${(names += 1)}@example.fi`;
    const account = await logins.begin(id, cloudUrl);
    await account.requestOtp(email);
    await account.authenticate({ email, otp: simulator.latestCode(email) });
    return email;
  }

  const found = (id: string, email: string | undefined, cloudUrl = simulator.cloudUrl): Promise<AccountRecord | null> =>
    logins.find(id, cloudUrl, email);
  const isThere = async (id: string): Promise<boolean> => (await logins.get(id)) !== undefined;
  /** Makes the wall clock say that so much time has passed. */
  function passed(ms: number): void {
    sinon.restore();
    sinon.useFakeTimers({ now: Date.now() + ms, toFake: ['Date'] });
  }

  it('are none at first', async () => {
    assert.equal(await logins.get('one'), undefined);
    assert.equal(await found('one', 'a@b.fi'), null);
    await logins.drop('one');
    assert.ok(!existsSync(join(folder, 'one+waiting.json')));
  });

  it('are found with the same address and cloud only', async () => {
    const email = await logIn('one');
    const record = await found('one', email);
    assert.equal(record?.email, email);
    assert.ok(record?.clouds[0]?.login);
    assert.equal(await found('one', 'someone-else@example.fi'), null);
    assert.equal(await found('one', undefined), null);
    assert.equal(await found('one', email, 'https://api.cozify.fi/ui/0.2'), null);
    assert.equal(await found('one', email, `${simulator.cloudUrl}/more`), null);
    assert.equal(await found('two', email), null);
  });

  it('are found while only a code is on its way', async () => {
    const account = await logins.begin('one', simulator.cloudUrl);
    await account.requestOtp('pending@example.fi');
    const record = await found('one', 'pending@example.fi');
    assert.equal(record?.clouds[0]?.otp?.email, 'pending@example.fi');
    assert.equal(await found('one', 'someone-else@example.fi'), null);
  });

  it('go by the address of the login, not of a code sent later', async () => {
    const email = await logIn('one');
    const account = await logins.begin('one', simulator.cloudUrl);
    await account.requestOtp('later@example.fi');
    assert.equal(await found('one', 'later@example.fi'), null);
    assert.equal((await found('one', email))?.email, email);
  });

  it('are kept over a restart, encrypted', async () => {
    const email = await logIn('one');
    const token = (await (await logins.get('one'))?.account.token())?.value ?? '';
    for (const name of readdirSync(folder)) {
      const text = readFileSync(join(folder, name), 'utf8');
      for (const secret of [token, email]) assert.ok(!text.includes(secret), name);
    }
    logins = open();
    assert.equal((await found('one', email))?.clouds[0]?.login?.token, token);
    assert.equal((await logins.get('one'))?.cloudUrl, simulator.cloudUrl);
  });

  it('are kept for 24 hours', async () => {
    const email = await logIn('one');
    passed(DAY - HOUR);
    assert.ok(await found('one', email));
    logins = open();
    assert.ok(await found('one', email), 'after a restart too');
    passed(DAY + HOUR);
    assert.equal(await found('one', email), null);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.includes('waiting')),
      [],
      'the files are gone',
    );
  });

  it('are gone after 24 hours also when it was a restart that long ago, and somebody else is asked for', async () => {
    await logIn('one');
    logins = open();
    passed(DAY + HOUR);
    await logins.get('two');
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.includes('waiting')),
      [],
    );
  });

  it('are swept away without anybody asking', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'], now: Date.now() });
    await logIn('one');
    for (let hour = 0; hour < 26; hour += 1) clock.tick(HOUR);
    for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.includes('waiting')),
      [],
    );
  });

  it('are twenty at most: the oldest goes', async () => {
    const start = Date.now();
    for (let number = 0; number < 22; number += 1) {
      const clock = sinon.useFakeTimers({ now: start + number * 1000, toFake: ['Date'] });
      await logIn(`login-${number}`);
      clock.restore();
      if (number === 10) logins = open();
    }
    const kept = [];
    for (let number = 0; number < 22; number += 1) kept.push(await isThere(`login-${number}`));
    assert.deepEqual(kept, [false, false, ...Array.from({ length: 20 }, () => true)]);
  });

  it('are replaced by one at another cloud', async () => {
    const email = await logIn('one');
    const other = simulator.cloudUrl.replace('127.0.0.1', 'localhost');
    const again = await logIn('one', other);
    assert.equal(await found('one', email), null);
    assert.ok(await found('one', again, other));
  });

  it('go on where they were', async () => {
    await logIn('one');
    assert.equal(await logins.begin('one', simulator.cloudUrl), (await logins.get('one'))?.account);
  });

  it('leave nothing open when dropped, however many began one at once', async () => {
    await Promise.all([1, 2, 3].map(() => logins.begin('one', simulator.cloudUrl)));
    await logins.drop('one');
    for (const account of accounts) await assert.rejects(account.report(), { code: 'COZIFY_CLOSED' });
  });

  it('are dropped with their files, and closed', async () => {
    const email = await logIn('one');
    const account = (await logins.get('one'))?.account;
    await logins.drop('one');
    assert.equal(await found('one', email), null);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.includes('waiting')),
      [],
    );
    await assert.rejects(account?.ping() ?? Promise.resolve(), { code: 'COZIFY_CLOSED' });
  });

  it('wait in memory where there is no user directory', async () => {
    logins = open(null);
    const email = await logIn('one');
    assert.ok(await found('one', email));
    await logins.drop('one');
    assert.equal(await found('one', email), null);
  });

  it('lie beside the accounts, whatever their ids', async () => {
    for (const id of ['../x', 'a/b', '..', '%2e%2e', 'ä', 'one+waiting', 'key', 'codes']) {
      const email = await logIn(id);
      logins = open();
      assert.ok(await found(id, email), id);
    }
    assert.equal(existsSync(join(folder, '..', 'x+waiting.json')), false);
  });
});

describe('logins in waiting and Deploy', () => {
  let stage: Stage;
  const target = (): { email: string; cloudUrl: string } => ({
    email: 'new@example.fi',
    cloudUrl: stage.simulator.cloudUrl,
  });
  const flow = (properties: object = {}) =>
    testFlow(accountNode({ id: 'other' }), accountNode(properties as Record<string, unknown>), actionNode('token'));
  const deploy = (email: string, properties: object = {}): Promise<void> =>
    stage.deploy(flow(properties), 'full', { [ACCOUNT]: { email } });

  before(async () => {
    stage = await Stage.open();
  });
  after(() => stage.close());
  beforeEach(async () => {
    await stage.load(testFlow(accountNode({ id: 'other' })));
    assertSnapshot(await post('otp', target()), 202, 'otp-sent');
  });
  const logIn = async (): Promise<void> => {
    const otp = stage.simulator.latestCode(target().email);
    assertSnapshot(await post('authenticate', { ...target(), otp }), 200, 'authenticated');
  };
  const files = (): string[] => readdirSync(join(stage.userDir, 'cozify'));

  it('a Deploy with the same address and cloudUrl takes the login up', async () => {
    await logIn();
    await deploy(target().email);
    assert.equal((await stage.account().report()).state, 'authenticated');
    assert.equal((await stage.account().ping()).value, true);
    assert.ok(files().includes(`${ACCOUNT}.json`));
    assert.deepEqual(
      files().filter((name) => name.includes('waiting')),
      [],
    );
  });

  it('and over a restart in between', async () => {
    await logIn();
    await stage.load(flow(), { credentials: { [ACCOUNT]: { email: target().email } }, isKept: true });
    assert.equal((await stage.account().report()).state, 'authenticated');
  });

  it('a Deploy takes a code on its way up', async () => {
    await deploy(target().email);
    assert.equal((await stage.account().report()).state, 'otp-sent');
    const otp = stage.simulator.latestCode(target().email);
    assert.equal((await stage.account().authenticate({ otp })).value, true);
  });

  it('a Deploy with another address or another cloud takes nothing up', async () => {
    await logIn();
    await deploy('someone-else@example.fi');
    assert.equal((await stage.account().report()).state, 'otp-required');
    await deploy(target().email, { cloudUrl: stage.simulator.cloudUrl.replace('127.0.0.1', 'localhost') });
    assert.equal((await stage.account().report()).state, 'otp-required');
  });

  it('a login that was dropped is not taken up', async () => {
    await logIn();
    assertSnapshot(await post('reset', {}), 200, 'otp-required');
    await deploy(target().email);
    assert.equal((await stage.account().report()).state, 'otp-required');
  });

  it('a request that is refused lets none of twenty go', async () => {
    const { cloudUrl } = stage.simulator;
    for (let number = 0; number < 19; number += 1) {
      const email = `guest${number}@example.fi`;
      assertSnapshot(await post('otp', { email, cloudUrl }, `guest-${number}`), 202, 'otp-sent');
    }
    assertRefused(await post('otp', { cloudUrl }, 'one-more'), 400, 'COZIFY_NO_EMAIL');
    assertSnapshot(await get(), 200, 'otp-sent');
  });
});
