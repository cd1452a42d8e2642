import assert from 'node:assert/strict';
import { DAY, HOUR, MINUTE, SECOND } from '../support/fake-clock.js';
import { EMAIL, failure, type AccountFixture, settle, Stage } from '../support/stage.js';
import { makeToken } from '../support/tokens.js';
import { type AccountRecord, cloudOf, emptyAccount } from '../../../src/state/account-record.js';
import { MemoryStore } from '../support/memory-store.js';
import { createNoStore } from '../../../src/store/store.js';

describe('Account: Deploys', () => {
  let stage: Stage;
  let fixture: AccountFixture;

  beforeEach(() => {
    stage = new Stage();
  });
  afterEach(() => stage.end());

  const deploy = (options = {}): Promise<void> => stage.deploy(fixture, options);
  /** Stops the account, as happens when the flows start and no node uses the account. */
  async function disable(): Promise<void> {
    void fixture.managed.stop();
    await stage.clock.advance(0);
  }
  async function openWithLogin(): Promise<void> {
    stage.saveLogin(makeToken(stage.clock.now()));
    fixture = await stage.open();
  }
  const logIn = async (): Promise<string> => {
    await fixture.account.requestOtp();
    await fixture.account.authenticate({ otp: 'P7BQ8E' });
    return (await fixture.account.token()).value;
  };
  const tokenOf = async (): Promise<string> => (await fixture.account.token()).value;
  /** Opens an account with a saved login, and starts a renewal. Returns the token that the cloud sends after 10 s. */
  async function startRenewal(): Promise<string> {
    await openWithLogin();
    const late = makeToken(stage.clock.now() + SECOND);
    stage.cloud.reply('refreshsession', () => ({ body: late, delayMs: 10 * SECOND }));
    void fixture.account.refresh({ force: true }).catch(() => undefined);
    await stage.clock.advance(0);
    return late;
  }
  /** Renews a saved login while the disk is full; returns the new token, which is only in memory. */
  async function renewUnsaved(): Promise<string> {
    await openWithLogin();
    stage.store.isFull = true;
    await fixture.account.refresh({ force: true });
    return tokenOf();
  }

  it('keeps a login made on a full disk over five Deploys, and saves it when there is room', async () => {
    fixture = await stage.open();
    stage.store.isFull = true;
    const token = await logIn();
    assert.equal(fixture.account.snapshot().saved, false);
    for (let round = 0; round < 5; round++) await deploy();
    assert.deepEqual([fixture.account.snapshot().state, fixture.account.snapshot().saved], ['authenticated', false]);
    assert.equal(await tokenOf(), token);
    stage.store.isFull = false;
    await stage.clock.advance(MINUTE);
    assert.deepEqual([fixture.account.snapshot().saved, stage.stored.login?.token], [true, token]);
  });

  it('saves an unsaved renewal when it closes', async () => {
    const token = await renewUnsaved();
    stage.store.isFull = false;
    await stage.close(fixture);
    assert.equal(stage.stored.login?.token, token);
    fixture = await stage.open();
    assert.equal(await tokenOf(), token, 'a restart finds it');
  });

  it('retries the save of a disabled account until it succeeds, and then stops its timers', async () => {
    const token = await renewUnsaved();
    await disable();
    await stage.clock.advance(5 * MINUTE);
    assert.equal(fixture.managed.isIdle, false);
    stage.store.isFull = false;
    await stage.clock.advance(MINUTE);
    assert.equal(stage.stored.login?.token, token);
    assert.deepEqual([fixture.managed.isIdle, stage.clock.timers], [true, 0]);
  });

  it('does not save a deleted account', async () => {
    fixture = await stage.open();
    stage.store.isFull = true;
    await logIn();
    await fixture.managed.delete();
    await stage.store.remove();
    stage.store.isFull = false;
    await stage.clock.advance(5 * MINUTE);
    assert.equal(stage.store.content, null);
    assert.equal(stage.clock.timers, 0);
  });

  it('keeps a login over a Deploy when there is no store', async () => {
    const store = createNoStore<never>('nowhere');
    fixture = await stage.open({ store });
    const token = await logIn();
    await deploy({ store });
    assert.equal(await tokenOf(), token);
  });

  it('lets a code request in flight finish, and counts it against the limit', async () => {
    fixture = await stage.open();
    stage.cloud.reply('requestlogin', { body: 'null', delayMs: 2 * SECOND });
    const asking = fixture.account.requestOtp();
    await stage.clock.advance(0);
    await deploy();
    await stage.clock.advance(3 * SECOND);
    await asking;
    assert.equal(fixture.account.snapshot().state, 'otp-sent');
    await fixture.account.requestOtp();
    assert.equal(stage.cloud.of('requestlogin').length, 1);
  });

  it('keeps a disabled account until its code request is answered and the code is saved as pending', async () => {
    fixture = await stage.open();
    stage.cloud.reply('requestlogin', { body: 'null', delayMs: 10 * SECOND });
    void fixture.account.requestOtp().catch(() => undefined);
    await stage.clock.advance(0);
    await disable();
    await stage.clock.advance(9 * SECOND);
    assert.equal(fixture.managed.isIdle, false);
    await stage.clock.advance(SECOND);
    assert.deepEqual([fixture.managed.isIdle, stage.stored.otp?.email], [true, EMAIL]);
  });

  it('does not send a queued code request after the account was disabled', async () => {
    fixture = await stage.open();
    await fixture.account.requestOtp();
    stage.cloud.reply('emaillogin', { status: 500, delayMs: 1.5 * SECOND });
    const trying = fixture.account.authenticate({ otp: 'P7BQ8E' }).catch(() => undefined);
    await stage.clock.advance(0);
    stage.clock.jump(HOUR);
    const asking = failure(fixture.account.requestOtp(), 'COZIFY_CLOSED');
    await stage.clock.advance(0);
    await disable();
    await stage.clock.advance(MINUTE);
    await Promise.all([trying, asking]);
    assert.equal(stage.cloud.of('requestlogin').length, 1);
  });

  it('does not send a queued code after the account was disabled', async () => {
    fixture = await stage.open();
    await fixture.account.requestOtp();
    stage.cloud.reply('emaillogin', { status: 500, delayMs: 5 * SECOND });
    const trying = fixture.account.authenticate({ otp: 'WRONG1' }).catch(() => undefined);
    await stage.clock.advance(0);
    const waiting = failure(fixture.account.authenticate({ otp: 'P7BQ8E' }), 'COZIFY_CLOSED');
    await stage.clock.advance(0);
    await disable();
    stage.cloud.reply('emaillogin', { body: makeToken(stage.clock.now()) });
    await stage.clock.advance(MINUTE);
    await Promise.all([trying, waiting]);
    assert.equal(stage.cloud.of('emaillogin').length, 1);
    assert.equal(stage.stored.login, null);
  });

  it('drops the late login of a deleted account, even when a new account has its id', async () => {
    fixture = await stage.open();
    await fixture.account.requestOtp();
    const reply = { body: makeToken(stage.clock.now()), delayMs: 10 * SECOND };
    stage.cloud.reply('emaillogin', () => reply);
    void fixture.account.authenticate({ otp: 'P7BQ8E' }).catch(() => undefined);
    await stage.clock.advance(SECOND);
    await fixture.managed.delete();
    stage.store.text = undefined;
    fixture = await stage.open();
    await stage.clock.advance(10 * SECOND);
    assert.equal(fixture.account.snapshot().state, 'otp-required');
    assert.deepEqual(stage.store.content?.clouds, []);
  });

  it('uses and saves a renewal that is answered while a Deploy moves the state to another store', async () => {
    const late = await startRenewal();
    const { content } = stage.store;
    stage.store = new MemoryStore();
    if (content !== null) stage.store.put(content);
    await deploy({ store: stage.store });
    await stage.clock.advance(10 * SECOND);
    assert.equal(await tokenOf(), late);
    assert.equal(stage.stored.login?.token, late);
  });

  it('reads the state from the store of the second Deploy when the first has not finished', async () => {
    await openWithLogin();
    let release = (): void => undefined;
    stage.store.gate = new Promise((resolve) => (release = resolve));
    void deploy({ email: 'maija@example.fi' });
    await stage.clock.advance(SECOND / 2);
    const moved = new MemoryStore<AccountRecord>();
    moved.text = stage.store.text;
    void deploy({ store: moved });
    await stage.clock.advance(SECOND);
    release();
    await stage.clock.advance(MINUTE);
    assert.equal(fixture.account.isReady, true);
    fixture.topics.length = 0;
    await stage.clock.advance(2 * DAY);
    assert.ok(fixture.topics.includes('refreshed'), 'the refreshed event was emitted');
  });

  it('saves an unsaved renewal to the store that a Deploy chooses', async () => {
    const token = await renewUnsaved();
    const full = stage.store;
    stage.store = new MemoryStore();
    if (full.content !== null) stage.store.put(full.content);
    await deploy({ store: stage.store });
    await stage.clock.advance(MINUTE);
    assert.notEqual(cloudOf(full.content ?? emptyAccount, stage.stored.origin).login?.token, token);
    assert.deepEqual([await tokenOf(), stage.stored.login?.token], [token, token]);
    assert.equal(fixture.account.snapshot().saved, true);
  });

  it('applies a changed e-mail address, name and autorefresh setting without a restart', async () => {
    await openWithLogin();
    await deploy({ email: 'maija@example.fi', name: 'Koti', isAutorefresh: false });
    const { account, email, nextRefresh } = fixture.account.snapshot();
    assert.deepEqual([account, email, nextRefresh], ['Koti', 'maija@example.fi', null]);
    await deploy({ email: '' });
    assert.equal(fixture.account.snapshot().email, 'maija@example.fi');
    await fixture.account.reset();
    assert.equal(fixture.account.snapshot().email, null, 'none is configured any more');
  });

  it('switches to another cloud and back, with the login of each', async () => {
    const token = makeToken(stage.clock.now());
    stage.saveLogin(token);
    fixture = await stage.open();
    await deploy({ cloudUrl: 'https://other.example/ui/0.2' });
    assert.deepEqual([fixture.account.snapshot().state, fixture.topics], ['otp-required', ['otp-required']]);
    await deploy({ cloudUrl: stage.cloudUrl });
    assert.equal(await tokenOf(), token);
    assert.deepEqual(fixture.topics, ['otp-required', 'authenticated']);
  });

  it('keeps a renewal that is answered after a switch to another cloud, and uses it after the switch back', async () => {
    const late = await startRenewal();
    await deploy({ cloudUrl: 'https://other.example/ui/0.2' });
    await stage.clock.advance(10 * SECOND);
    assert.equal(fixture.account.snapshot().state, 'otp-required');
    await deploy({ cloudUrl: stage.cloudUrl });
    assert.equal(await tokenOf(), late);
  });

  it('waits for a renewal that was in flight when it was disabled, instead of sending another', async () => {
    const late = await startRenewal();
    await disable();
    fixture.managed.start();
    const renewed = fixture.account.refresh();
    await stage.clock.advance(11 * SECOND);
    assert.equal((await renewed).value, true);
    assert.deepEqual([await tokenOf(), stage.cloud.of('refreshsession').length], [late, 1]);
  });

  it('fails queued resets with COZIFY_CLOSED when it closes, and keeps the login', async () => {
    const token = makeToken(stage.clock.now());
    stage.saveLogin(token);
    fixture = await stage.open();
    let free: () => void = () => undefined;
    stage.store.gate = new Promise((resolve) => (free = resolve));
    const email = fixture.account.email('maija@example.fi');
    await settle();
    const resets = [1, 2, 3].map(() => failure(fixture.account.reset(), 'COZIFY_CLOSED'));
    await settle();
    const closing = stage.close(fixture);
    free();
    await Promise.all([...resets, closing]);
    assert.equal((await email).value, 'maija@example.fi', 'the save in flight has its own result');
    assert.deepEqual([stage.stored.login?.token, stage.store.content?.email], [token, 'maija@example.fi']);
  });

  it('reports an e-mail address that was saved before the close as saved, though another save hangs', async () => {
    await openWithLogin();
    const { store } = stage;
    let free: () => void = () => undefined;
    store.gate = new Promise((resolve) => (free = resolve));
    const save = store.save.bind(store);
    store.save = async (content, options) => {
      await save(content, options);
      // Later saves never finish.
      store.gate = new Promise(() => undefined);
    };
    const email = fixture.account.email('maija@example.fi');
    const code = failure(fixture.account.requestOtp(), 'COZIFY_CLOSED');
    await settle();
    store.gate = Promise.resolve();
    free();
    await settle();
    void fixture.account.close();
    await stage.clock.advance(MINUTE);
    assert.equal((await email).value, 'maija@example.fi');
    await code;
    store.save = save;
    store.gate = Promise.resolve();
  });
});
