import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Account } from '../../../src/account/account.js';
import type { AccountOptions } from '../../../src/account/account-options.js';
import { OtpLimiter, otpLimiterShape } from '../../../src/login/otp-limiter.js';
import { FileStore, StateDirectory } from '../../../src/store/file-store.js';
import { accountShape } from '../../../src/state/account-record.js';
import { MINUTE, SECOND } from '../support/fake-clock.js';
import { makeFolder, removeFolders } from '../support/folder.js';
import { HangingFs } from '../support/hanging-fs.js';
import { failure, type AccountFixture, Stage } from '../support/stage.js';
import { makeToken } from '../support/tokens.js';
import { until } from '../../support/wait.js';

describe('Account: files on a network share that stops answering', () => {
  let stage: Stage;
  let disk: HangingFs;
  let directory: StateDirectory;
  let fixture: AccountFixture;
  let token: string;

  beforeEach(async () => {
    stage = new Stage();
    disk = new HangingFs();
    directory = new StateDirectory(join(await makeFolder(), 'cozify'), stage.log, disk.fs, { clock: stage.clock });
    fixture = await stage.open(files());
    token = makeToken(stage.clock.now());
    await fixture.account.token(token);
  });

  afterEach(async () => {
    disk.comeBack();
    await stage.end();
    await removeFolders();
  });

  const files = (): Partial<AccountOptions> => ({
    store: new FileStore(directory, 'a1.json', accountShape),
    otpLimiter: new OtpLimiter(new FileStore(directory, 'codes', otpLimiterShape), stage.clock),
  });
  /** Advances the clock until the call has ended, and returns its result. */
  async function afterAll<T>(call: Promise<T>): Promise<T> {
    let isOver = false;
    const end = (): void => void (isOver = true);
    call.then(end, end);
    await until('an answer', async () => {
      await stage.clock.advance(SECOND);
      return isOver;
    });
    return call;
  }
  const saved = async (account: Account): Promise<boolean> => (await account.readSnapshot()).saved;

  it('answers steps, renewals and snapshots, though saves do not finish', async () => {
    const { account } = fixture;
    disk.hang();
    assert.deepEqual(await afterAll(account.refresh({ force: true })), { value: true, isRefreshed: true });
    const renewed = (await afterAll(account.token())).value;
    assert.notEqual(renewed, token);
    assert.equal(await afterAll(saved(account)), false);
    await failure(afterAll(account.reset()), 'COZIFY_STORE');
    await failure(afterAll(account.token('another-token-by-hand')), 'COZIFY_STORE');
    assert.equal((await afterAll(account.token())).value, renewed);
    assert.ok(disk.hung.length <= 2, disk.hung.join('\n'));
  });

  it('saves the renewal when the share answers again', async () => {
    const { account } = fixture;
    disk.hang();
    await afterAll(account.refresh({ force: true }));
    const renewed = (await account.token()).value;
    await failure(afterAll(account.token('another-token-by-hand')), 'COZIFY_STORE');
    disk.comeBack();
    await until('the save', async () => {
      await stage.clock.advance(10 * SECOND);
      return account.snapshot().saved;
    });
    await stage.close(fixture);
    assert.equal((await (await stage.open(files())).account.token()).value, renewed);
  });

  it('fails steps of a newly opened account with COZIFY_STORE, and reads its state when the share is back', async () => {
    await stage.close(fixture);
    disk.hang();
    const { account, managed } = stage.prepare(files());
    managed.start();
    await failure(afterAll(account.ping()), 'COZIFY_STORE');
    await failure(afterAll(account.readSnapshot()), 'COZIFY_STORE');
    await stage.clock.advance(5 * MINUTE);
    assert.ok(disk.hung.length <= 2, disk.hung.join('\n'));
    disk.comeBack();
    await until('its state', async () => {
      await stage.clock.advance(SECOND);
      return account.isReady;
    });
    assert.equal((await account.token()).value, token);
  });
});
