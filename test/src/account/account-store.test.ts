import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account } from '../../../src/account/account.js';
import { OtpLimiter, otpLimiterShape } from '../../../src/login/otp-limiter.js';
import { FileStore, StateDirectory } from '../../../src/store/file-store.js';
import { type AccountRecord, accountShape, emptyAccount } from '../../../src/state/account-record.js';
import { HOUR, MINUTE, SECOND, settle } from '../support/fake-clock.js';
import { FaultyFs } from '../support/faulty-fs.js';
import { FIRST } from '../support/first-version.js';
import { makeFolder, removeFolders } from '../support/folder.js';
import { MemoryStore } from '../support/memory-store.js';
import { EMAIL, failure, type AccountFixture, Stage } from '../support/stage.js';
import { until } from '../../support/wait.js';

describe('Account: store failures', () => {
  let stage: Stage;
  let fixture: AccountFixture;
  let token: string;

  beforeEach(async () => ({ stage, fixture, token } = await Stage.withLogin()));

  afterEach(() => stage.end());

  const away = async () => {
    await stage.close(fixture);
    stage.store.isAway = true;
    fixture = stage.prepare();
    fixture.managed.start();
    await settle();
  };

  it('fails all steps with COZIFY_STORE when the store cannot be read, and keeps its content', async () => {
    await away();
    const { account } = fixture;
    const steps = [
      () => account.ping(),
      () => account.refresh(),
      () => account.authenticate(),
      () => account.authenticate({ otp: 'P7BQ8E' }),
      () => account.token(),
      () => account.token('foobar'),
      () => account.email(),
      () => account.reset(),
      () => account.requestOtp(),
      () => account.readSnapshot(),
    ];
    for (const step of steps) await failure(step(), 'COZIFY_STORE');
    assert.equal(stage.cloud.requests.length, 0);
    assert.deepEqual([account.isReady, account.loadError?.code, fixture.topics], [false, 'COZIFY_STORE', []]);
    assert.equal(stage.stored.login?.token, token);
    assert.equal(stage.log.all.filter((line) => line.startsWith('error')).length, 1, 'one error in the log');
  });

  it('reads the store again every minute, and is ready when it succeeds', async () => {
    await away();
    let isReady = false;
    void fixture.account.ready.then(() => (isReady = true));
    await stage.clock.advance(MINUTE);
    assert.equal(isReady, false);
    stage.store.isAway = false;
    await stage.clock.advance(15 * SECOND);
    assert.equal(isReady, true);
    assert.deepEqual([fixture.account.snapshot().state, fixture.account.loadError], ['authenticated', undefined]);
  });

  it('keeps an unsaved renewal that was made after a step had read the store', async () => {
    await away();
    stage.store.isAway = false;
    await fixture.account.ping();
    stage.store.isFull = true;
    await fixture.account.refresh({ force: true });
    const renewed = (await fixture.account.token()).value;
    await stage.clock.advance(20 * SECOND);
    assert.equal((await fixture.account.token()).value, renewed);
  });

  it('renews with a full store, reports saved: false, and saves later', async () => {
    stage.store.isFull = true;
    assert.deepEqual(await fixture.account.refresh({ force: true }), { value: true, isRefreshed: true });
    assert.equal(fixture.account.snapshot().saved, false);
    const renewed = (await fixture.account.token()).value;
    await stage.clock.advance(HOUR);
    assert.equal(fixture.account.snapshot().saved, false);
    stage.store.isFull = false;
    await stage.clock.advance(MINUTE);
    assert.equal(fixture.account.snapshot().saved, true);
    assert.equal(stage.stored.login?.token, renewed);
  });

  it('logs in with a full store, and saves later', async () => {
    await fixture.account.reset();
    stage.store.isFull = true;
    stage.codesStore.isFull = true;
    assert.equal((await fixture.account.authenticate()).value, false);
    assert.deepEqual([fixture.account.snapshot().state, fixture.account.snapshot().saved], ['otp-sent', false]);
    assert.equal((await fixture.account.authenticate({ otp: 'P7BQ8E' })).value, true);
    assert.equal(fixture.account.snapshot().saved, false);
    stage.store.isFull = false;
    await stage.clock.advance(MINUTE);
    assert.equal(stage.stored.login?.token, (await fixture.account.token()).value);
  });

  it('resolves a step after its result is saved', async () => {
    let free: () => void = () => undefined;
    let isAnswered = false;
    stage.store.gate = new Promise((resolve) => (free = resolve));
    const step = fixture.account.refresh({ force: true }).then(() => (isAnswered = true));
    await settle();
    assert.equal(isAnswered, false);
    free();
    await step;
    assert.notEqual(stage.stored.login?.token, token);
  });

  it('becomes ready only after it has read the new store, when the store changes during the first read', async () => {
    await stage.close(fixture);
    let free = (): void => undefined;
    stage.store.gate = new Promise((resolve) => (free = resolve));
    fixture = stage.prepare();
    fixture.managed.start();
    await settle();
    const next = new MemoryStore<AccountRecord>();
    next.put(stage.store.content ?? emptyAccount);
    stage.store.put(emptyAccount);
    next.isAway = true;
    fixture.managed.configure({ ...fixture.options, store: next });
    free();
    await settle(20);
    assert.equal(fixture.account.isReady, false);
    await failure(fixture.account.ping(), 'COZIFY_STORE');
    next.isAway = false;
    await stage.clock.advance(MINUTE);
    assert.equal((await fixture.account.token()).value, token);
  });
});

describe('Account: files', () => {
  let path: string;
  let stage: Stage;

  beforeEach(async () => {
    path = join(await makeFolder(), 'cozify');
    stage = new Stage();
  });

  afterEach(async () => {
    await stage.end();
    await removeFolders();
  });

  const storeOn = (disk = new FaultyFs()) => {
    const directory = new StateDirectory(path, stage.log, disk.fs);
    return {
      store: new FileStore(directory, 'a1.json', accountShape),
      codes: new FileStore(directory, 'codes', otpLimiterShape),
    };
  };
  const open = (disk?: FaultyFs) => {
    const { store, codes } = storeOn(disk);
    return stage.open({ store, otpLimiter: new OtpLimiter(codes, stage.clock) });
  };

  /** Saves two tokens, so that there is a last good copy, and closes the account. */
  async function saveTwice(): Promise<void> {
    const first = await open();
    for (const token of ['first-token', 'second-token']) await first.account.token(token);
    await stage.close(first);
  }

  it('keep the login, the e-mail address and the code limits over a restart', async () => {
    const first = await open();
    await first.account.requestOtp('maija@example.fi');
    await first.account.authenticate({ otp: 'P7BQ8E', email: 'maija@example.fi' });
    const before = first.account.snapshot();
    for (let code = 0; code < 3; code++) await first.account.requestOtp().catch(() => stage.clock.skip(MINUTE));
    await stage.close(first);
    const second = await open();
    const { state, email, lastRefresh, expiresAt } = second.account.snapshot();
    assert.deepEqual(
      [state, email, lastRefresh, expiresAt],
      [before.state, before.email, before.lastRefresh, before.expiresAt],
    );
  });

  for (const [when, wait] of [
    ['as soon as there is room', () => stage.clock.advance(MINUTE)],
    ['when the account closes', (account: Account) => void account.close()],
  ] as const) {
    it(`save the code limits after a failed save, ${when}`, async () => {
      const disk = new FaultyFs();
      const first = await open(disk);
      disk.failOn('file.writeFile', 'ENOSPC');
      for (let code = 0; code < 3; code++) {
        await first.account.requestOtp(`maija${code}@example.fi`);
        await stage.clock.advance(SECOND);
      }
      disk.heal();
      await wait(first.account);
      await until('the file of the code limits', () => readdir(path).then((names) => names.includes('codes')));
      await stage.close(first);
      const second = await open();
      await failure(second.account.requestOtp('maija3@example.fi'), 'COZIFY_RATE_LIMITED');
    });
  }

  for (const step of ['file.writeFile', 'file.sync', 'rename'] as const) {
    it(`fail a token change with COZIFY_STORE when ${step} fails, and keep the old token`, async () => {
      const disk = new FaultyFs();
      const fixture = await open(disk);
      await fixture.account.token('first-token');
      disk.failOn(step, 'ENOSPC');
      await failure(fixture.account.token('second-token'), 'COZIFY_STORE');
      assert.equal((await fixture.account.token()).value, 'first-token');
      disk.heal();
      await stage.close(fixture);
      const successor = await open();
      assert.equal((await successor.account.token()).value, 'first-token');
    });
  }

  for (const name of ['a1.json', 'a1.json.last']) {
    it(`fail with COZIFY_STORE while a later version of the package has written ${name}`, async () => {
      await saveTwice();
      const good = await readFile(join(path, name));
      const later = '{"cozify":99}';
      await writeFile(join(path, name), later);
      const { store } = storeOn();
      const second = stage.prepare({ store });
      second.managed.start();
      await until('the failure to read', () => second.account.loadError !== undefined);
      await failure(second.account.ping(), 'COZIFY_STORE');
      await failure(second.account.authenticate(), 'COZIFY_STORE');
      await failure(second.account.token('foobar'), 'COZIFY_STORE');
      assert.deepEqual([second.topics, stage.cloud.requests.length], [[], 0]);
      assert.equal(await readFile(join(path, name), 'utf8'), later);
      await writeFile(join(path, name), good);
      assert.equal((await second.account.token()).value, 'second-token');
    });
  }

  for (const field of ['cozify', 'key']) {
    it(`keep the login when only the field "${field}" of the state file is damaged`, async () => {
      await saveTwice();
      const file = join(path, 'a1.json');
      const envelope = JSON.parse(await readFile(file, 'utf8')) as object;
      await writeFile(file, JSON.stringify({ ...envelope, [field]: 2 }));
      const { account } = await open();
      assert.equal((await account.token()).value, 'second-token');
      assert.deepEqual(
        (await readdir(path)).filter((name) => name.includes('.bad-')),
        [],
      );
    });
  }

  it('are whole again after the next save when their folder is deleted', async () => {
    const first = await open();
    await first.account.token('first-token');
    await rm(path, { recursive: true });
    await first.account.token('second-token');
    assert.equal(first.account.snapshot().saved, true);
    await stage.close(first);
    assert.equal((await (await open()).account.token()).value, 'second-token');
  });

  it('can be those of version 0.1.0, whose login and hubs are kept', async () => {
    await mkdir(path, { mode: 0o700 });
    await writeFile(join(path, 'key'), FIRST.key);
    await writeFile(join(path, 'a1.json'), JSON.stringify(FIRST.state));
    const { store } = storeOn();
    const { account } = await stage.open({ store, cloudUrl: FIRST.cloudUrl });
    assert.equal((await account.token()).value, FIRST.token);
    const { state, email, lastRefresh, hubs } = account.snapshot();
    assert.deepEqual([state, email, lastRefresh], ['authenticated', EMAIL, '2026-03-02T05:00:00.000Z']);
    assert.deepEqual(
      hubs.map(({ id, host }) => [id, host]),
      [['hub-1', '192.168.1.5']],
    );
  });
});
