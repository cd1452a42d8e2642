import assert from 'node:assert/strict';
import type { Simulator } from '../../simulator/index.js';
import { SECOND } from '../support/fake-clock.js';
import { EMAIL, failure, type Player, type SimulatedStage, Stage } from '../support/stage.js';
import { makeToken } from '../support/tokens.js';

describe('Account: reset', () => {
  let stage: SimulatedStage;
  let simulator: Simulator;
  let player: Player;
  let token: string;

  beforeEach(async () => ({ stage, simulator, player, token } = await Stage.withLoggedIn()));

  afterEach(() => stage.end());

  const keys = () => stage.stored.hubs.map(({ key }) => key !== null);

  it('forgets the login without a call, and keeps the hubs and their keys', async () => {
    const { hubs } = player.account.snapshot();
    assert.deepEqual(await player.account.reset(), { value: true, isRefreshed: false });
    const after = player.account.snapshot();
    assert.deepEqual(
      [after.state, after.lastRefresh, after.expiresAt, after.nextRefresh, after.otpSentAt, after.saved],
      ['otp-required', null, null, null, null, true],
    );
    assert.deepEqual(after.hubs, hubs);
    assert.deepEqual(keys(), [true, true]);
    assert.deepEqual(player.topics, ['reset', 'otp-required']);
    assert.equal(simulator.count('*'), 0);
    assert.equal(simulator.isValid(token), true);
    await failure(player.account.token(), 'COZIFY_OTP_REQUIRED');
    player = await stage.restart(player);
    assert.equal(player.account.snapshot().state, 'otp-required');
    assert.deepEqual(player.account.snapshot().hubs, hubs);
  });

  it('leaves no copy of the old token in the store', async () => {
    await player.account.reset();
    assert.equal(stage.store.lastOptions.isFinal, true);
    assert.ok(!(stage.store.text ?? '').includes(token));
  });

  it('forgets a pending code', async () => {
    await player.account.reset();
    await player.account.requestOtp();
    assert.equal(player.account.snapshot().state, 'otp-sent');
    player.topics.length = 0;
    await player.account.reset();
    assert.equal(player.account.snapshot().otpSentAt, null);
    assert.deepEqual(player.topics, ['reset', 'otp-required']);
    await player.account.reset();
    assert.deepEqual(player.topics, ['reset', 'otp-required', 'reset'], 'the state was otp-required already');
  });

  it('restores the configured e-mail address', async () => {
    await player.account.email('maija@example.fi');
    await player.account.reset();
    assert.equal((await player.account.email()).value, EMAIL);
  });

  it('keeps the code limits', async () => {
    await player.account.requestOtp();
    await player.account.reset();
    await player.account.requestOtp();
    assert.equal(simulator.count('requestlogin'), 1);
    for (let tries = 0; tries < 5; tries++) {
      await failure(player.account.authenticate({ otp: 'WRONG1' }), 'COZIFY_OTP_REJECTED');
      await player.account.reset();
    }
    await failure(player.account.authenticate({ otp: simulator.latestCode(EMAIL) }), 'COZIFY_OTP_REJECTED');
    assert.equal(simulator.count('emaillogin'), 5);
  });

  it('revokes the token and drops the hub keys with logout: true', async () => {
    const { hubs } = player.account.snapshot();
    await player.account.reset({ logout: true });
    assert.deepEqual(simulator.counts(), { logout: 1 });
    assert.equal(simulator.isValid(token), false);
    const keyless = hubs.map((hub) => ({ ...hub, role: null }));
    assert.deepEqual(player.account.snapshot().hubs, keyless);
    assert.deepEqual(keys(), [false, false]);
    assert.deepEqual(player.topics, ['reset', 'otp-required']);
  });

  it('succeeds with logout: true when the token was revoked before', async () => {
    simulator.revoke(token);
    await player.account.reset({ logout: true });
    assert.equal(player.account.snapshot().state, 'otp-required');
    assert.deepEqual(keys(), [false, false]);
  });

  it('makes no call with logout: true and no token', async () => {
    await player.account.reset();
    await player.account.reset({ logout: true });
    assert.equal(simulator.count('*'), 0);
    assert.deepEqual(keys(), [false, false]);
  });

  for (const [fault, code] of [
    [{ status: 503 }, 'COZIFY_API'],
    [{ status: 403 }, 'COZIFY_FORBIDDEN'],
    [{ status: 429 }, 'COZIFY_RATE_LIMITED'],
    [{ status: 401, body: '<html>' }, 'COZIFY_API'],
    [{ reset: true }, 'COZIFY_UNREACHABLE'],
  ] as const) {
    it(`changes nothing with logout: true when the cloud answers ${JSON.stringify(fault)}`, async () => {
      const before = player.account.snapshot();
      const { text } = stage.store;
      simulator.fault('logout', fault);
      await failure(player.account.reset({ logout: true }), code);
      const isReachable = code !== 'COZIFY_UNREACHABLE';
      assert.deepEqual(player.account.snapshot(), { ...before, reachable: isReachable });
      assert.equal(stage.store.text, text);
      assert.deepEqual(player.topics, []);
      simulator.clearFaults();
      assert.equal((await player.account.ping()).value, true);
    });
  }

  it('fails with COZIFY_STORE when it cannot be saved, and changes nothing', async () => {
    const before = player.account.snapshot();
    stage.store.isFull = true;
    await failure(player.account.reset(), 'COZIFY_STORE');
    assert.deepEqual({ ...player.account.snapshot(), saved: true }, before);
    assert.equal((await player.account.ping()).value, true);
    assert.deepEqual(player.topics, []);
    stage.store.isFull = false;
    player = await stage.restart(player);
    assert.equal(player.account.snapshot().state, 'authenticated');
  });

  it('can be followed by a login that gets the hub keys again', async () => {
    await player.account.reset({ logout: true });
    await stage.logIn(player);
    assert.equal(player.account.snapshot().state, 'authenticated');
    assert.deepEqual(keys(), [true, true]);
  });
});

describe('Account: logout', () => {
  let stage: Stage;
  let player: Player;
  let token: string;

  beforeEach(async () => {
    ({ stage, player, token } = await Stage.withLogin());
    await stage.clock.advance(5 * SECOND);
  });
  afterEach(() => stage.end());

  const revoked = (): unknown[] => stage.cloud.of('logout').map(({ request }) => request.headers?.['Authorization']);

  it('revokes the token of a login made during the logout, too', async () => {
    const fresh = makeToken(stage.clock.now() + SECOND);
    stage.cloud.reply('logout', { body: 'null', delayMs: 3 * SECOND });
    stage.cloud.reply('emaillogin', { body: fresh, delayMs: 500 });
    const out = player.account.reset({ logout: true });
    await stage.clock.advance(500);
    const login = player.account.authenticate({ otp: 'P7BQ8E' });
    await stage.clock.advance(10 * SECOND);
    await Promise.all([out, login]);
    assert.deepEqual([revoked(), player.account.snapshot().state], [[token, fresh], 'otp-required']);
  });

  it('revokes the saved token as well as a temporary one', async () => {
    await player.account.token('guest-token-guest-token', { commit: false });
    await player.account.reset({ logout: true });
    assert.deepEqual(revoked(), ['guest-token-guest-token', token]);
    assert.equal(stage.stored.login, null);
  });
});
