import assert from 'node:assert/strict';
import { MINUTE, SECOND } from '../support/fake-clock.js';
import { EMAIL, failure, type AccountFixture, Stage } from '../support/stage.js';
import { makeToken } from '../support/tokens.js';

describe('Account: token', () => {
  let stage: Stage;
  let fixture: AccountFixture;
  let token: string;

  beforeEach(async () => ({ stage, fixture, token } = await Stage.withLogin()));

  afterEach(() => stage.end());

  it('fails with COZIFY_OTP_REQUIRED without a login', async () => {
    await fixture.account.reset();
    await failure(fixture.account.token(), 'COZIFY_OTP_REQUIRED');
  });

  it('returns a rejected token', async () => {
    stage.cloud.reply('hubkeys', { status: 401 });
    await fixture.account.ping();
    assert.equal(fixture.account.snapshot().state, 'otp-required');
    assert.equal((await fixture.account.token()).value, token);
  });

  it('accepts any text as a token, and learns from the next ping that the cloud rejects it', async () => {
    assert.deepEqual(await fixture.account.token('foobar'), { value: 'foobar', isRefreshed: false });
    const { state, lastRefresh, expiresAt, saved } = fixture.account.snapshot();
    assert.deepEqual([state, lastRefresh, expiresAt, saved], ['authenticated', null, null, true]);
    stage.cloud.reply('hubkeys', ({ headers }) => ({ status: headers?.['Authorization'] === 'foobar' ? 401 : 200 }));
    assert.equal((await fixture.account.ping()).value, false);
    fixture = await stage.restart(fixture);
    assert.equal((await fixture.account.token()).value, 'foobar');
    assert.equal(fixture.account.snapshot().state, 'otp-required');
  });

  it('starts no renewal within 20 s after a token was set', async () => {
    await stage.clock.advance(5 * SECOND);
    await fixture.account.token('foobar');
    await stage.clock.advance(20 * SECOND);
    assert.deepEqual(stage.cloud.of('refreshsession'), []);
  });

  it('saves a temporary token that is set again without commit: false', async () => {
    await fixture.account.token('foobar', { commit: false });
    await fixture.account.token('foobar');
    assert.equal(fixture.account.snapshot().saved, true);
    assert.equal(stage.stored.login?.token, 'foobar');
  });

  it('clears the last refresh when a token is set, even the current one', async () => {
    stage.cloud.reply('refreshsession', { body: makeToken(stage.clock.now() + SECOND) });
    await fixture.account.refresh({ force: true });
    const { value } = await fixture.account.token();
    await fixture.account.token(value);
    stage.cloud.reply('refreshsession', { body: makeToken(stage.clock.now() + MINUTE) });
    assert.equal((await fixture.account.refresh()).isRefreshed, true);
  });

  it('keeps a token with commit: false in memory until a restart', async () => {
    await fixture.account.token('foobar', { commit: false });
    assert.equal(fixture.account.snapshot().saved, false);
    assert.equal((await fixture.account.token()).value, 'foobar');
    assert.equal(stage.stored.login?.token, token);
    await fixture.account.email('other@example.fi');
    await stage.clock.advance(MINUTE / 4);
    assert.equal(fixture.account.snapshot().saved, false);
    fixture = await stage.restart(fixture);
    assert.equal((await fixture.account.token()).value, token);
    assert.equal(fixture.account.snapshot().saved, true);
    assert.equal(fixture.account.snapshot().email, 'other@example.fi');
  });

  it('keeps the renewal of a temporary token in memory', async () => {
    await fixture.account.token('foobar', { commit: false });
    await fixture.account.refresh({ force: true });
    await stage.clock.advance(2 * MINUTE);
    assert.equal(fixture.account.snapshot().saved, false);
    assert.notEqual((await fixture.account.token()).value, 'foobar');
    assert.equal(stage.stored.login?.token, token);
    fixture = await stage.restart(fixture);
    assert.equal((await fixture.account.token()).value, token);
  });

  it('keeps the hubs of a temporary token in memory, but saves a pending code', async () => {
    await fixture.account.token('foobar', { commit: false });
    stage.cloud.reply('hubkeys', { body: '{"hub-of-a-guest":"key-1"}' });
    await fixture.account.authenticate({ trustHub: false });
    await fixture.account.requestOtp();
    const { hubs, otpSentAt } = fixture.account.snapshot();
    assert.equal(hubs[0]?.id, 'hub-of-a-guest');
    assert.ok(!stage.store.text?.includes('hub-of-a-guest'));
    fixture = await stage.restart(fixture);
    assert.deepEqual([fixture.account.snapshot().otpSentAt, fixture.account.snapshot().hubs], [otpSentAt, []]);
  });

  it('saves a renewal of the saved login that was in flight when a temporary token was set', async () => {
    const renewed = makeToken(stage.clock.now() + SECOND);
    stage.cloud.reply('refreshsession', { body: renewed, delayMs: 5 * SECOND });
    const refresh = fixture.account.refresh({ force: true });
    await stage.clock.advance(SECOND);
    await fixture.account.token('foobar', { commit: false });
    await stage.clock.advance(5 * SECOND);
    await refresh;
    assert.deepEqual([(await fixture.account.token()).value, stage.stored.login?.token], ['foobar', renewed]);
  });

  it('renews both tokens when the temporary token equals the saved one', async () => {
    await fixture.account.token(token, { commit: false });
    assert.equal(fixture.account.snapshot().saved, false);
    const renewed = makeToken(stage.clock.now() + SECOND);
    stage.cloud.reply('refreshsession', { body: renewed });
    await fixture.account.refresh({ force: true });
    assert.deepEqual([(await fixture.account.token()).value, stage.stored.login?.token], [renewed, renewed]);
  });

  for (const bad of ['', ' ', 'foo bar', 'foo\r\nX-Evil: 1', 'fööbar', '\u0000', '\u007f']) {
    it(`refuses the token ${JSON.stringify(bad)}, and changes nothing`, async () => {
      const { saves } = stage.store;
      await failure(fixture.account.token(bad), 'COZIFY_BAD_INPUT');
      assert.equal((await fixture.account.token()).value, token);
      assert.equal(stage.store.saves, saves);
    });
  }

  it('fails with COZIFY_STORE when it cannot be saved, and changes nothing', async () => {
    const before = fixture.account.snapshot();
    stage.store.isFull = true;
    const error = await failure(fixture.account.token('foobar-secret'), 'COZIFY_STORE');
    assert.ok(!`${error.message}`.includes('foobar'));
    assert.equal((await fixture.account.token()).value, token);
    assert.deepEqual({ ...fixture.account.snapshot(), saved: before.saved }, before);
    stage.store.isFull = false;
    fixture = await stage.restart(fixture);
    assert.equal((await fixture.account.token()).value, token);
  });

  it('stays authenticated with an expired token, because only the cloud ends a login', async () => {
    await fixture.account.token(makeToken(0, { lifeMs: 1_000 }));
    await fixture.account.requestOtp();
    assert.deepEqual(
      [fixture.account.snapshot().state, fixture.account.snapshot().expiresAt?.slice(0, 4)],
      ['authenticated', '1970'],
    );
    assert.equal((await fixture.account.ping()).value, true);
  });

  it('emits no event for a set token', async () => {
    await fixture.account.token('foobar');
    assert.deepEqual(fixture.topics, []);
  });
});

describe('Account: email', () => {
  let stage: Stage;
  let fixture: AccountFixture;

  beforeEach(async () => {
    stage = new Stage();
    fixture = await stage.open();
  });

  afterEach(() => stage.end());

  it('returns the configured e-mail address', async () => assert.equal((await fixture.account.email()).value, EMAIL));

  it('fails with COZIFY_NO_EMAIL without an address', async () => {
    stage = new Stage();
    fixture = await stage.open({ email: undefined });
    await failure(fixture.account.email(), 'COZIFY_NO_EMAIL');
  });

  it('trims an e-mail address, and keeps it over a restart', async () => {
    assert.equal((await fixture.account.email(' Maija@Example.FI ')).value, 'Maija@Example.FI');
    assert.equal(fixture.account.snapshot().account, 'Maija@Example.FI');
    fixture = await stage.restart(fixture);
    assert.equal((await fixture.account.email()).value, 'Maija@Example.FI');
  });

  it('keeps the login, and sends the next code to the new address', async () => {
    const token = makeToken(stage.clock.now());
    await fixture.account.token(token);
    await fixture.account.email('maija@example.fi');
    assert.equal(fixture.account.snapshot().state, 'authenticated');
    assert.equal((await fixture.account.token()).value, token);
    await fixture.account.requestOtp();
    assert.match(stage.cloud.of('requestlogin')[0]?.request.url ?? '', /maija%40example\.fi$/);
  });

  it('keeps the set address when the credential cannot be read', async () => {
    await fixture.account.email('maija@example.fi');
    fixture = await stage.restart(fixture, { email: undefined });
    assert.equal((await fixture.account.email()).value, 'maija@example.fi');
    await fixture.account.reset();
    assert.equal((await fixture.account.email()).value, EMAIL, 'the last configured one');
  });

  it('replaces the set address only after a Deploy with a changed credential', async () => {
    await fixture.account.email('maija@example.fi');
    fixture = await stage.restart(fixture, { email: EMAIL });
    assert.equal((await fixture.account.email()).value, 'maija@example.fi');
    fixture = await stage.restart(fixture, { email: 'deployed@example.fi' });
    assert.equal((await fixture.account.email()).value, 'deployed@example.fi');
  });

  for (const bad of ['', '  ', 'nobody', 'a@b\r\nBcc: c@d', null, 5]) {
    it(`refuses the address ${JSON.stringify(bad)}, and changes nothing`, async () => {
      await failure(fixture.account.email(bad as string), 'COZIFY_BAD_INPUT');
      assert.equal((await fixture.account.email()).value, EMAIL);
    });
  }

  it('fails with COZIFY_STORE when it cannot be saved, and changes nothing', async () => {
    stage.store.isFull = true;
    await failure(fixture.account.email('maija@example.fi'), 'COZIFY_STORE');
    assert.equal((await fixture.account.email()).value, EMAIL);
    stage.store.isFull = false;
    fixture = await stage.restart(fixture);
    assert.equal((await fixture.account.email()).value, EMAIL);
  });

  it('uses the last of two addresses that are set at the same time, even if it is the current one', async () => {
    await Promise.all([fixture.account.email('maija@example.fi'), fixture.account.email(EMAIL)]);
    assert.equal((await fixture.account.email()).value, EMAIL);
  });

  it('saves nothing when the address is the current one', async () => {
    const { saves } = stage.store;
    await fixture.account.email(EMAIL);
    assert.equal(stage.store.saves, saves);
  });
});
