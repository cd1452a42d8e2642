import assert from 'node:assert/strict';
import { HOUR, MINUTE, SECOND } from '../support/fake-clock.js';
import { EMAIL, type Player, Stage } from '../support/stage.js';
import { makeToken } from '../support/tokens.js';
import { Handover } from '../../../src/state/handover.js';
import { toCozifyError } from '../../../src/errors.js';
import { createNoStore } from '../../../src/store/store.js';

describe('account: a Deploy before everything could be saved', () => {
  let stage: Stage;
  let player: Player;

  beforeEach(() => {
    stage = new Stage();
    stage.handover = new Handover(stage.clock);
  });
  afterEach(() => stage.end());

  /** Closes the account and opens its successor in the same process. */
  async function deploy(options = {}): Promise<void> {
    await stage.close(player);
    player = await stage.open(options);
  }
  const logIn = async (): Promise<string> => {
    await player.account.requestOtp();
    await player.account.authenticate({ otp: 'P7BQ8E' });
    return (await player.account.token()).value;
  };
  const tokenOf = async (): Promise<string> => (await player.account.token()).value;
  /** Renews a saved login once the disk is full, and gives the token that is in memory only. */
  async function renewUnsaved(): Promise<string> {
    stage.saveLogin(makeToken(stage.clock.now()));
    player = await stage.open();
    stage.store.isFull = true;
    await player.account.refresh({ force: true });
    return tokenOf();
  }

  it('keeps a login that was made on a full disk, and saves it when there is room', async () => {
    player = await stage.open();
    stage.store.isFull = true;
    const token = await logIn();
    assert.equal(player.account.snapshot().saved, false);
    await deploy();
    assert.deepEqual([player.account.snapshot().state, player.account.snapshot().saved], ['authenticated', false]);
    assert.equal(await tokenOf(), token);
    stage.store.isFull = false;
    await stage.clock.advance(MINUTE);
    assert.deepEqual([player.account.snapshot().saved, stage.stored.login?.token], [true, token]);
  });

  it('keeps it over many Deploys', async () => {
    player = await stage.open();
    stage.store.isFull = true;
    const token = await logIn();
    for (let round = 0; round < 5; round++) await deploy();
    assert.equal(await tokenOf(), token);
  });

  it('saves while it closes what could not be saved before', async () => {
    const token = await renewUnsaved();
    stage.store.isFull = false;
    await stage.close(player);
    assert.equal(stage.stored.login?.token, token);
    stage.handover = new Handover();
    player = await stage.open();
    assert.equal(await tokenOf(), token, 'a restart finds it');
  });

  it('saves by itself what is left of an account that is disabled, so that a restart finds it', async () => {
    const token = await renewUnsaved();
    await stage.close(player);
    await stage.clock.advance(5 * MINUTE);
    stage.store.isFull = false;
    await stage.clock.advance(MINUTE);
    assert.equal(stage.stored.login?.token, token);
    assert.equal(stage.clock.timers, 0);
  });

  it('does not save what is left of one that is deleted', async () => {
    player = await stage.open();
    stage.store.isFull = true;
    await logIn();
    await stage.close(player);
    stage.handover.forget('a1');
    await stage.store.remove();
    stage.store.isFull = false;
    await stage.clock.advance(5 * MINUTE);
    assert.equal(stage.store.content, null);
    assert.equal(stage.clock.timers, 0);
  });

  it('does not bring back what was deleted while a late answer was on its way', async () => {
    stage.saveLogin(makeToken(stage.clock.now()));
    player = await stage.open();
    stage.cloud.reply('refreshsession', { body: makeToken(stage.clock.now()), delayMs: 10 * SECOND });
    void player.account.refresh({ force: true }).catch(() => undefined);
    await stage.clock.advance(0);
    await stage.close(player);
    await stage.store.remove();
    await stage.clock.advance(5 * MINUTE);
    assert.equal(stage.store.content, null);
  });

  it('keeps a renewal made while the store was away, once the store is back', async () => {
    stage.saveLogin(makeToken(stage.clock.now()));
    player = await stage.open();
    stage.store.isAway = stage.store.isFull = true;
    await player.account.refresh({ force: true });
    const token = await tokenOf();
    await stage.close(player);
    player = stage.prepare();
    player.account.start();
    await stage.clock.advance(SECOND);
    assert.equal(player.account.loadError?.code, 'COZIFY_STORE');
    stage.store.isAway = stage.store.isFull = false;
    await stage.clock.advance(MINUTE);
    assert.equal(await tokenOf(), token);
    assert.equal(stage.stored.login?.token, token);
  });

  it('keeps a login where there is no place to save it', async () => {
    const store = createNoStore<never>('nowhere');
    player = await stage.open({ store });
    const token = await logIn();
    await deploy({ store });
    assert.equal(await tokenOf(), token);
  });

  it('forgets it when the account is deleted', async () => {
    const store = createNoStore<never>('nowhere');
    player = await stage.open({ store });
    await logIn();
    await stage.close(player);
    stage.handover.forget('a1');
    player = await stage.open({ store });
    assert.equal(player.account.snapshot().state, 'otp-required');
  });

  it('counts a code whose sending it did not wait for: the next within a minute is the same', async () => {
    player = await stage.open();
    stage.cloud.reply('requestlogin', { body: 'null', delayMs: 2 * SECOND });
    const asking = player.account.requestOtp().catch((error: unknown) => toCozifyError(error).code);
    await stage.clock.advance(0);
    await deploy();
    assert.equal(await asking, 'COZIFY_CLOSED');
    await stage.clock.advance(3 * SECOND);
    assert.equal(player.account.snapshot().state, 'otp-sent');
    await player.account.requestOtp();
    assert.equal(stage.cloud.of('requestlogin').length, 1);
  });

  it('sends no code that has not been asked for yet when the account closes', async () => {
    player = await stage.open();
    await player.account.requestOtp();
    stage.cloud.reply('emaillogin', { status: 500, delayMs: 1.5 * SECOND });
    const trying = player.account.authenticate({ otp: 'P7BQ8E' }).catch(() => undefined);
    await stage.clock.advance(0);
    stage.clock.jump(HOUR);
    const asking = player.account.requestOtp().catch((error: unknown) => toCozifyError(error).code);
    await stage.clock.advance(0);
    await deploy();
    await trying;
    assert.equal(await asking, 'COZIFY_CLOSED');
    await stage.clock.advance(MINUTE);
    assert.equal(stage.cloud.of('requestlogin').length, 1);
  });

  for (const isBack of [true, false]) {
    it(`drops what comes late for an account that was deleted, ${isBack ? 'also when its id is back' : 'and keeps none of it'}`, async () => {
      player = await stage.open();
      await player.account.requestOtp();
      const reply = { body: makeToken(stage.clock.now()), delayMs: 10 * SECOND };
      stage.cloud.reply('emaillogin', () => reply);
      void player.account.authenticate({ otp: 'P7BQ8E' }).catch(() => undefined);
      await stage.clock.advance(SECOND);
      await stage.close(player);
      stage.store.text = undefined;
      stage.handover.forget('a1');
      if (isBack) player = await stage.open();
      await stage.clock.advance(10 * SECOND);
      if (!isBack) player = await stage.open();
      assert.equal(player.account.snapshot().state, 'otp-required');
      assert.deepEqual(stage.store.content?.clouds, []);
    });
  }

  it('puts a renewal in force that comes late while nothing can be saved', async () => {
    stage.saveLogin(makeToken(stage.clock.now()));
    player = await stage.open();
    const late = makeToken(stage.clock.now() + SECOND);
    stage.cloud.reply('refreshsession', () => ({ body: late, delayMs: 10 * SECOND }));
    void player.account.refresh({ force: true }).catch(() => undefined);
    await stage.clock.advance(0);
    stage.store.isFull = true;
    await stage.close(player);
    await stage.clock.advance(10 * SECOND);
    player = await stage.open();
    assert.equal(await tokenOf(), late);
  });

  it('puts it in force in a successor that keeps its state in another store', async () => {
    stage.saveLogin(makeToken(stage.clock.now()));
    const { content } = stage.store;
    player = await stage.open();
    const late = makeToken(stage.clock.now() + SECOND);
    stage.cloud.reply('refreshsession', () => ({ body: late, delayMs: 10 * SECOND }));
    void player.account.refresh({ force: true }).catch(() => undefined);
    await stage.clock.advance(0);
    await stage.close(player);
    stage.store = new (stage.store.constructor as new () => typeof stage.store)();
    if (content !== null) stage.store.put(content);
    player = await stage.open();
    await stage.clock.advance(10 * SECOND);
    assert.equal(await tokenOf(), late);
    assert.equal(stage.stored.login?.token, late);
  });

  it('does not keep a token that was to be kept in memory only', async () => {
    const kept = makeToken(stage.clock.now());
    stage.saveLogin(kept);
    player = await stage.open();
    await player.account.token('foobar', { commit: false });
    await deploy();
    assert.equal(await tokenOf(), kept);
  });

  it('keeps an address and a code on its way as well', async () => {
    player = await stage.open();
    stage.store.isFull = true;
    await player.account.requestOtp('maija@example.fi');
    await deploy();
    assert.equal(player.account.snapshot().state, 'otp-sent');
    await player.account.authenticate({ otp: 'P7BQ8E' });
    assert.equal(player.account.snapshot().loginEmail, 'maija@example.fi');
    await deploy();
    assert.deepEqual([player.account.snapshot().email, EMAIL], ['maija@example.fi', EMAIL]);
  });
});
