import assert from 'node:assert/strict';
import type { Simulator } from '../../simulator/index.js';
import { SECOND } from '../support/fake-clock.js';
import { failure, type AccountFixture, type SimulatedStage, Stage } from '../support/stage.js';
import { makeToken } from '../support/tokens.js';

describe('Account: reset', () => {
  let stage: SimulatedStage;
  let simulator: Simulator;
  let fixture: AccountFixture;
  let token: string;

  beforeEach(async () => ({ stage, simulator, fixture, token } = await Stage.withLoggedIn()));

  afterEach(() => stage.end());

  const keys = () => stage.stored.hubs.map(({ key }) => key !== null);

  it('forgets the login without a call, and keeps the hubs and their keys', async () => {
    const { hubs } = fixture.account.snapshot();
    assert.deepEqual(await fixture.account.reset(), { value: true, isRefreshed: false });
    const after = fixture.account.snapshot();
    assert.deepEqual(
      [after.state, after.lastRefresh, after.expiresAt, after.nextRefresh, after.otpSentAt, after.saved],
      ['otp-required', null, null, null, null, true],
    );
    assert.deepEqual(after.hubs, hubs);
    assert.deepEqual(keys(), [true, true]);
    assert.deepEqual(fixture.topics, ['reset', 'otp-required']);
    assert.equal(simulator.count('*'), 0);
    assert.equal(simulator.isValid(token), true);
    await failure(fixture.account.token(), 'COZIFY_OTP_REQUIRED');
    fixture = await stage.restart(fixture);
    assert.equal(fixture.account.snapshot().state, 'otp-required');
    assert.deepEqual(fixture.account.snapshot().hubs, hubs);
  });

  it('leaves no copy of the old token in the store', async () => {
    await fixture.account.reset();
    assert.equal(stage.store.lastOptions.isFinal, true);
    assert.ok(!(stage.store.text ?? '').includes(token));
  });

  it('forgets a pending code', async () => {
    await fixture.account.reset();
    await fixture.account.requestOtp();
    assert.equal(fixture.account.snapshot().state, 'otp-sent');
    fixture.topics.length = 0;
    await fixture.account.reset();
    assert.equal(fixture.account.snapshot().otpSentAt, null);
    assert.deepEqual(fixture.topics, ['reset', 'otp-required']);
    await fixture.account.reset();
    assert.deepEqual(fixture.topics, ['reset', 'otp-required', 'reset'], 'the state was otp-required already');
  });

  it('revokes the token and drops the hub keys with logout: true', async () => {
    const { hubs } = fixture.account.snapshot();
    await fixture.account.reset({ logout: true });
    assert.deepEqual(simulator.counts(), { logout: 1 });
    assert.equal(simulator.isValid(token), false);
    const keyless = hubs.map((hub) => ({ ...hub, role: null }));
    assert.deepEqual(fixture.account.snapshot().hubs, keyless);
    assert.deepEqual(keys(), [false, false]);
    assert.deepEqual(fixture.topics, ['reset', 'otp-required']);
  });

  it('makes no call with logout: true and no token', async () => {
    await fixture.account.reset();
    await fixture.account.reset({ logout: true });
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
      const before = fixture.account.snapshot();
      const { text } = stage.store;
      simulator.fault('logout', fault);
      await failure(fixture.account.reset({ logout: true }), code);
      const isReachable = code !== 'COZIFY_UNREACHABLE';
      assert.deepEqual(fixture.account.snapshot(), { ...before, reachable: isReachable });
      assert.equal(stage.store.text, text);
      assert.deepEqual(fixture.topics, []);
      simulator.clearFaults();
      assert.equal((await fixture.account.ping()).value, true);
    });
  }

  it('fails with COZIFY_STORE when it cannot be saved, and changes nothing', async () => {
    const before = fixture.account.snapshot();
    stage.store.isFull = true;
    await failure(fixture.account.reset(), 'COZIFY_STORE');
    assert.deepEqual({ ...fixture.account.snapshot(), saved: true }, before);
    assert.equal((await fixture.account.ping()).value, true);
    assert.deepEqual(fixture.topics, []);
    stage.store.isFull = false;
    fixture = await stage.restart(fixture);
    assert.equal(fixture.account.snapshot().state, 'authenticated');
  });

  it('can be followed by a login that gets the hub keys again', async () => {
    await fixture.account.reset({ logout: true });
    await stage.logIn(fixture);
    assert.equal(fixture.account.snapshot().state, 'authenticated');
    assert.deepEqual(keys(), [true, true]);
  });
});

describe('Account: logout', () => {
  let stage: Stage;
  let fixture: AccountFixture;
  let token: string;

  beforeEach(async () => {
    ({ stage, fixture, token } = await Stage.withLogin());
    await stage.clock.advance(5 * SECOND);
  });
  afterEach(() => stage.end());

  const revoked = (): unknown[] => stage.cloud.of('logout').map(({ request }) => request.headers?.['Authorization']);

  it('revokes the token of a login that is answered after the first token is revoked, too', async () => {
    const fresh = makeToken(stage.clock.now() + SECOND);
    stage.cloud.reply('logout', { body: 'null', delayMs: 3 * SECOND });
    stage.cloud.reply('emaillogin', { body: fresh, delayMs: 5 * SECOND });
    const out = fixture.account.reset({ logout: true });
    await stage.clock.advance(500);
    const login = fixture.account.authenticate({ otp: 'P7BQ8E' });
    await stage.clock.advance(10 * SECOND);
    await Promise.all([out, login]);
    assert.deepEqual([revoked(), fixture.account.snapshot().state], [[token, fresh], 'otp-required']);
  });

  it('revokes the saved token as well as a temporary one', async () => {
    await fixture.account.token('guest-token-guest-token', { commit: false });
    await fixture.account.reset({ logout: true });
    assert.deepEqual(revoked(), ['guest-token-guest-token', token]);
    assert.equal(stage.stored.login, null);
  });
});
