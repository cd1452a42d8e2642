import assert from 'node:assert/strict';
import type { Simulator } from '../../simulator/index.js';
import { HOUR, MINUTE } from '../support/fake-clock.js';
import { MemoryStore } from '../support/memory-store.js';
import { EMAIL, failure, type AccountFixture, type SimulatedStage, Stage } from '../support/stage.js';

describe('Account: authenticate', () => {
  let stage: SimulatedStage;
  let simulator: Simulator;
  let fixture: AccountFixture;

  beforeEach(async () => ({ stage, simulator, fixture } = await Stage.withAccount()));

  afterEach(() => stage.end());

  const logIn = async (on = fixture) => {
    await on.account.authenticate();
    return on.account.authenticate({ otp: simulator.latestCode(EMAIL) });
  };

  it('requests a code, logs in with it, and finds the hubs', async () => {
    assert.deepEqual(await fixture.account.authenticate(), { value: false, isRefreshed: false });
    const waiting = fixture.account.snapshot();
    assert.deepEqual(
      [waiting.state, waiting.otpSentAt, waiting.lastRefresh, waiting.expiresAt, waiting.nextRefresh],
      ['otp-sent', '2026-03-02T06:00:00.000Z', null, null, null],
    );
    await stage.clock.advance(MINUTE);

    const result = await fixture.account.authenticate({ otp: ` ${simulator.latestCode(EMAIL)}\r\n` });
    assert.deepEqual(result, { value: true, isRefreshed: false });
    const defaultHub = simulator.hubs.map(({ id }) => id).sort()[0];
    assert.deepEqual(fixture.account.snapshot(), {
      id: 'a1',
      account: EMAIL,
      state: 'authenticated',
      email: EMAIL,
      otpSentAt: null,
      loginEmail: EMAIL,
      lastRefresh: '2026-03-02T06:01:00.000Z',
      expiresAt: '2026-03-30T06:11:00.000Z',
      nextRefresh: '2026-03-03T06:01:00.000Z',
      reachable: true,
      saved: true,
      hubs: simulator.hubs.map(({ id, name, host, version }) => {
        const known = { reachable: null, role: 'admin' };
        return { id, name, host, remote: false, autoremote: true, version, default: id === defaultHub, ...known };
      }),
    });
    assert.deepEqual(fixture.topics, ['otp-sent', 'authenticated', 'hubs']);
  });

  it('needs no new code after a restart without a network', async () => {
    await logIn();
    const before = fixture.account.snapshot();
    await simulator.goOffline();
    fixture = await stage.restart(fixture);
    assert.deepEqual({ ...fixture.account.snapshot(), nextRefresh: before.nextRefresh }, before);
    await simulator.goOnline();
    assert.equal((await fixture.account.authenticate()).value, true);
    assert.equal(simulator.count('requestlogin'), 1);
  });

  it('keeps leading zeros of a code', async () => {
    simulator.nextCode('012345');
    await fixture.account.authenticate();
    assert.equal((await fixture.account.authenticate({ otp: '012345' })).value, true);
  });

  for (const otp of ['', '  ', '\n']) {
    it(`refuses the code ${JSON.stringify(otp)} with COZIFY_BAD_INPUT, and sends nothing`, async () => {
      await failure(fixture.account.authenticate({ otp }), 'COZIFY_BAD_INPUT');
      assert.equal(simulator.count('*'), 0);
    });
  }

  it('requires an e-mail address, unless the cloud accepts the token', async () => {
    const other = await stage.open({ id: 'a2', email: undefined, store: new MemoryStore() });
    await failure(other.account.authenticate(), 'COZIFY_NO_EMAIL');
    await failure(other.account.authenticate({ otp: 'P7BQ8E' }), 'COZIFY_NO_EMAIL');
    assert.equal(simulator.count('*'), 0);
    await other.account.token(simulator.issueToken('other@example.fi'));
    assert.equal((await other.account.authenticate()).value, true);
    assert.equal(other.account.snapshot().account, 'a2');
  });

  for (const status of [400, 401, 403, 404]) {
    it(`fails with COZIFY_OTP_REJECTED on a wrong code (${status}), and keeps login, address and hubs`, async () => {
      await logIn();
      simulator.rejectedCodeStatus = status;
      const before = { ...fixture.account.snapshot() };
      const { saves } = stage.store;
      const error = await failure(fixture.account.authenticate({ otp: 'WRONG1' }), 'COZIFY_OTP_REJECTED');
      assert.ok(!error.message.includes('WRONG1'));
      assert.deepEqual(fixture.account.snapshot(), before);
      assert.equal(stage.store.saves, saves);
      assert.equal((await fixture.account.ping()).value, true);
    });
  }

  for (const [answer, fault] of [
    ['an outage', { status: 503 }],
    ['a reset connection', { reset: true }],
    ['a web page', { body: '<html>' }],
    ['a web page with 403', { status: 403, body: '<html>' }],
    ['a body that is not a token', { body: 'ok' }],
  ] as const) {
    it(`keeps the code after ${answer} instead of a verdict`, async () => {
      await fixture.account.authenticate();
      simulator.fault('emaillogin', { ...fault, times: 1 });
      await assert.rejects(
        fixture.account.authenticate({ otp: simulator.latestCode(EMAIL) }),
        (error: { code: string }) =>
          ['COZIFY_API', 'COZIFY_FORBIDDEN', 'COZIFY_UNREACHABLE', 'COZIFY_BAD_ANSWER'].includes(error.code),
      );
      assert.equal(fixture.account.snapshot().state, 'otp-sent');
      assert.equal((await fixture.account.authenticate({ otp: simulator.latestCode(EMAIL) })).value, true);
    });
  }

  it('makes one call with a valid token', async () => {
    await logIn();
    simulator.clearRequests();
    assert.deepEqual(await fixture.account.authenticate(), { value: true, isRefreshed: false });
    assert.deepEqual(simulator.counts(), { hubkeys: 1 });
  });

  it('renews a due token, unless autorefresh is off or expiry is longer', async () => {
    await logIn();
    await stage.passWithoutTimers(25 * HOUR);
    assert.deepEqual(await fixture.account.authenticate({ autorefresh: false }), { value: true, isRefreshed: false });
    assert.deepEqual(await fixture.account.authenticate({ expiryMs: 48 * HOUR }), { value: true, isRefreshed: false });
    assert.deepEqual(await fixture.account.authenticate(), { value: true, isRefreshed: true });
  });

  it('requests a code for a rejected token, and keeps that token until the new login', async () => {
    await logIn();
    const { value: token } = await fixture.account.token();
    simulator.revoke(token);
    assert.equal((await fixture.account.authenticate()).value, false);
    assert.equal(fixture.account.snapshot().state, 'otp-sent');
    assert.equal((await fixture.account.token()).value, token);
    assert.equal((await fixture.account.authenticate({ otp: simulator.latestCode(EMAIL) })).value, true);
    assert.notEqual((await fixture.account.token()).value, token);
    const events = ['otp-sent', 'authenticated', 'hubs', 'otp-required', 'otp-sent', 'authenticated'];
    assert.deepEqual(fixture.topics, events);
  });

  it('requests a code without checking the token with trustCloud: false, and keeps the token', async () => {
    await logIn();
    simulator.clearRequests();
    assert.equal((await fixture.account.authenticate({ trustCloud: false })).value, false);
    assert.deepEqual(simulator.counts(), { requestlogin: 1 });
    const { state, otpSentAt } = fixture.account.snapshot();
    assert.deepEqual([state, otpSentAt !== null], ['authenticated', true]);
    assert.equal((await fixture.account.ping()).value, true);
  });

  it('requests no code when the cloud gives no verdict on the token', async () => {
    await logIn();
    simulator.clearRequests();
    for (const fault of [
      { status: 500 },
      { status: 403 },
      { body: '<html>' },
      { reset: true },
      { status: 401, body: '<html>' },
    ]) {
      simulator.fault('hubkeys', fault);
      await assert.rejects(fixture.account.authenticate());
    }
    assert.equal(simulator.count('requestlogin'), 0);
    assert.equal(fixture.account.snapshot().state, 'authenticated');
  });

  it('sends a code only once when 20 steps use it concurrently', async () => {
    await fixture.account.authenticate();
    const otp = simulator.latestCode(EMAIL);
    const results = await Promise.all(Array.from({ length: 20 }, () => fixture.account.authenticate({ otp })));
    assert.ok(results.every(({ value }) => value));
    assert.equal(simulator.count('emaillogin'), 1);
    assert.equal(fixture.topics.filter((topic) => topic === 'authenticated').length, 1);
  });

  it('uses a code for the address it was sent to, and restores that address', async () => {
    await fixture.account.email('first@example.fi');
    await fixture.account.authenticate();
    await fixture.account.email('second@example.fi');
    await fixture.account.authenticate({ otp: simulator.latestCode('first@example.fi') });
    assert.equal(fixture.account.snapshot().email, 'first@example.fi');
  });
});
