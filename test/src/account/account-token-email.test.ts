import assert from 'node:assert/strict';
import { MINUTE, SECOND } from '../support/fake-clock.js';
import { EMAIL, failure, type Player, Stage } from '../support/stage.js';
import { makeToken } from '../support/tokens.js';

describe('account: the token node', () => {
  let stage: Stage;
  let player: Player;
  let token: string;

  beforeEach(async () => ({ stage, player, token } = await Stage.withLogin()));

  afterEach(() => stage.end());

  it('gives the token in force', async () => {
    assert.deepEqual(await player.account.token(), { value: token, isRefreshed: false });
  });

  it('asks for a login when there is none', async () => {
    await player.account.reset();
    await failure(player.account.token(), 'COZIFY_OTP_REQUIRED');
  });

  it('still gives a rejected one', async () => {
    stage.cloud.reply('hubkeys', { status: 401 });
    await player.account.ping();
    assert.equal(player.account.snapshot().state, 'otp-required');
    assert.equal((await player.account.token()).value, token);
  });

  it('sets foobar, as python-cozify does, and finds out that it means a new login', async () => {
    assert.deepEqual(await player.account.token('foobar'), { value: 'foobar', isRefreshed: false });
    const { state, lastRefresh, expiresAt, saved } = player.account.snapshot();
    assert.deepEqual([state, lastRefresh, expiresAt, saved], ['authenticated', null, null, true]);
    stage.cloud.reply('hubkeys', ({ headers }) => ({ status: headers?.['Authorization'] === 'foobar' ? 401 : 200 }));
    assert.equal((await player.account.ping()).value, false);
    player = await stage.restart(player);
    assert.equal((await player.account.token()).value, 'foobar');
    assert.equal(player.account.snapshot().state, 'otp-required');
  });

  it('renews nothing by itself for the time the flow needs to use what it set', async () => {
    await stage.clock.advance(5 * SECOND);
    await player.account.token('foobar');
    await stage.clock.advance(20 * SECOND);
    assert.deepEqual(stage.cloud.of('refreshsession'), []);
  });

  it('keeps a token that was in memory only when it is set again to be kept', async () => {
    await player.account.token('foobar', { commit: false });
    await player.account.token('foobar');
    assert.equal(player.account.snapshot().saved, true);
    assert.equal(stage.stored.login?.token, 'foobar');
  });

  it('takes the last refresh of a token set by hand for unknown, also of the one at hand', async () => {
    stage.cloud.reply('refreshsession', { body: makeToken(stage.clock.now() + SECOND) });
    await player.account.refresh({ force: true });
    const { value } = await player.account.token();
    await player.account.token(value);
    stage.cloud.reply('refreshsession', { body: makeToken(stage.clock.now() + MINUTE) });
    assert.equal((await player.account.refresh()).isRefreshed, true);
  });

  it('with commit off keeps it in memory only', async () => {
    await player.account.token('foobar', { commit: false });
    assert.equal(player.account.snapshot().saved, false);
    assert.equal((await player.account.token()).value, 'foobar');
    assert.equal(stage.stored.login?.token, token);
    await player.account.email('other@example.fi');
    await stage.clock.advance(MINUTE / 4);
    assert.equal(player.account.snapshot().saved, false);
    player = await stage.restart(player);
    assert.equal((await player.account.token()).value, token);
    assert.equal(player.account.snapshot().saved, true);
    assert.equal(player.account.snapshot().email, 'other@example.fi');
  });

  it('keeps what a renewal of it gives in memory, too, and what is found out by it', async () => {
    await player.account.token('foobar', { commit: false });
    await player.account.refresh({ force: true });
    await stage.clock.advance(2 * MINUTE);
    assert.equal(player.account.snapshot().saved, false);
    assert.notEqual((await player.account.token()).value, 'foobar');
    assert.equal(stage.stored.login?.token, token);
    player = await stage.restart(player);
    assert.equal((await player.account.token()).value, token);
  });

  it('keeps the renewal of the login before, which is on its way, beside one in memory only', async () => {
    const renewed = makeToken(stage.clock.now() + SECOND);
    stage.cloud.reply('refreshsession', { body: renewed, delayMs: 5 * SECOND });
    const refresh = player.account.refresh({ force: true });
    await stage.clock.advance(SECOND);
    await player.account.token('foobar', { commit: false });
    await stage.clock.advance(5 * SECOND);
    await refresh;
    assert.deepEqual([(await player.account.token()).value, stage.stored.login?.token], ['foobar', renewed]);
  });

  it('of one that is kept already renews that with it', async () => {
    await player.account.token(token, { commit: false });
    assert.equal(player.account.snapshot().saved, false);
    const renewed = makeToken(stage.clock.now() + SECOND);
    stage.cloud.reply('refreshsession', { body: renewed });
    await player.account.refresh({ force: true });
    assert.deepEqual([(await player.account.token()).value, stage.stored.login?.token], [renewed, renewed]);
  });

  it('of one that is being renewed takes what comes of that', async () => {
    const renewed = makeToken(stage.clock.now() + SECOND);
    stage.cloud.reply('refreshsession', { body: renewed, delayMs: 5 * SECOND });
    const refresh = player.account.refresh({ force: true });
    await stage.clock.advance(SECOND);
    await player.account.token(token, { commit: false });
    await stage.clock.advance(5 * SECOND);
    await refresh;
    assert.deepEqual([(await player.account.token()).value, stage.stored.login?.token], [renewed, renewed]);
    assert.equal(player.account.snapshot().saved, false);
  });

  for (const bad of ['', ' ', 'foo bar', 'foo\r\nX-Evil: 1', 'fööbar', '\u0000']) {
    it(`refuses ${JSON.stringify(bad)}, and changes nothing`, async () => {
      const { saves } = stage.store;
      await failure(player.account.token(bad), 'COZIFY_BAD_INPUT');
      assert.equal((await player.account.token()).value, token);
      assert.equal(stage.store.saves, saves);
    });
  }

  it('fails with COZIFY_STORE when it can not be saved, and changes nothing', async () => {
    const before = player.account.snapshot();
    stage.store.isFull = true;
    const error = await failure(player.account.token('foobar-secret'), 'COZIFY_STORE');
    assert.ok(!`${error.message}`.includes('foobar'));
    assert.equal((await player.account.token()).value, token);
    assert.deepEqual({ ...player.account.snapshot(), saved: before.saved }, before);
    stage.store.isFull = false;
    player = await stage.restart(player);
    assert.equal((await player.account.token()).value, token);
  });

  it('of the past by its own exp is still a login, with a code on its way too: only the cloud ends it', async () => {
    await player.account.token(makeToken(0, { lifeMs: 1_000 }));
    await player.account.requestOtp();
    assert.deepEqual(
      [player.account.snapshot().state, player.account.snapshot().expiresAt?.slice(0, 4)],
      ['authenticated', '1970'],
    );
    assert.equal((await player.account.ping()).value, true);
  });

  it('is no login: it announces none', async () => {
    await player.account.token('foobar');
    assert.deepEqual(player.topics, []);
  });
});

describe('account: the email node', () => {
  let stage: Stage;
  let player: Player;

  beforeEach(async () => {
    stage = new Stage();
    player = await stage.open();
  });

  afterEach(() => stage.end());

  it('gives the configured address', async () => assert.equal((await player.account.email()).value, EMAIL));

  it('says when there is none', async () => {
    stage = new Stage();
    player = await stage.open({ email: undefined });
    await failure(player.account.email(), 'COZIFY_NO_EMAIL');
  });

  it('sets another, trimmed, which holds across restarts', async () => {
    assert.equal((await player.account.email(' Maija@Example.FI ')).value, 'Maija@Example.FI');
    assert.equal(player.account.snapshot().account, 'Maija@Example.FI');
    player = await stage.restart(player);
    assert.equal((await player.account.email()).value, 'Maija@Example.FI');
  });

  it('ends nothing: the next code goes there, and the login stays', async () => {
    const token = makeToken(stage.clock.now());
    await player.account.token(token);
    await player.account.email('maija@example.fi');
    assert.equal(player.account.snapshot().state, 'authenticated');
    assert.equal((await player.account.token()).value, token);
    await player.account.requestOtp();
    assert.match(stage.cloud.of('requestlogin')[0]?.request.url ?? '', /maija%40example\.fi$/);
  });

  it('holds when the credential can not be read', async () => {
    await player.account.email('maija@example.fi');
    player = await stage.restart(player, { email: undefined });
    assert.equal((await player.account.email()).value, 'maija@example.fi');
    await player.account.reset();
    assert.equal((await player.account.email()).value, EMAIL, 'the configured one of before');
  });

  it('gives way to a Deploy that changes the credential, and only then', async () => {
    await player.account.email('maija@example.fi');
    player = await stage.restart(player, { email: EMAIL });
    assert.equal((await player.account.email()).value, 'maija@example.fi');
    player = await stage.restart(player, { email: 'deployed@example.fi' });
    assert.equal((await player.account.email()).value, 'deployed@example.fi');
  });

  for (const bad of ['', '  ', 'nobody', 'a@b\r\nBcc: c@d', null, 5]) {
    it(`refuses ${JSON.stringify(bad)}, and changes nothing`, async () => {
      await failure(player.account.email(bad as string), 'COZIFY_BAD_INPUT');
      assert.equal((await player.account.email()).value, EMAIL);
    });
  }

  it('fails with COZIFY_STORE when it can not be saved, and changes nothing', async () => {
    stage.store.isFull = true;
    await failure(player.account.email('maija@example.fi'), 'COZIFY_STORE');
    assert.equal((await player.account.email()).value, EMAIL);
    stage.store.isFull = false;
    player = await stage.restart(player);
    assert.equal((await player.account.email()).value, EMAIL);
  });

  it('writes nothing for the address that is in force already', async () => {
    const { saves } = stage.store;
    await player.account.email(EMAIL);
    assert.equal(stage.store.saves, saves);
  });
});
