import assert from 'node:assert/strict';
import type { Simulator } from '../../simulator/index.js';
import { DAY, HOUR, MINUTE } from '../support/fake-clock.js';
import { EMAIL, type AccountFixture, type SimulatedStage, Stage } from '../support/stage.js';
import { makeToken } from '../support/tokens.js';
import { until } from '../../support/wait.js';

describe('Account: ping and refresh', () => {
  let stage: SimulatedStage;
  let simulator: Simulator;
  let fixture: AccountFixture;
  let token: string;

  beforeEach(async () => ({ stage, simulator, fixture, token } = await Stage.withLoggedIn()));

  afterEach(() => stage.end());

  const tokenNow = async () => (await fixture.account.token()).value;

  it('asks the cloud in a ping, and renews a due token', async () => {
    assert.deepEqual(await fixture.account.ping(), { value: true, isRefreshed: false });
    assert.deepEqual(simulator.counts(), { hubkeys: 1 });
    await stage.passWithoutTimers(25 * HOUR);
    assert.deepEqual(await fixture.account.ping({ autorefresh: false }), { value: true, isRefreshed: false });
    assert.deepEqual(await fixture.account.ping({ expiryMs: 2 * DAY }), { value: true, isRefreshed: false });
    assert.equal(await tokenNow(), token);
    assert.deepEqual(await fixture.account.ping(), { value: true, isRefreshed: true });
    assert.notEqual(await tokenNow(), token);
    assert.equal(simulator.count('refreshsession'), 1);
  });

  it('returns false from a ping without a token, and makes no call', async () => {
    await fixture.account.reset();
    assert.deepEqual(await fixture.account.ping(), { value: false, isRefreshed: false });
    assert.deepEqual(simulator.counts(), {});
  });

  it('returns true from a ping whose renewal failed', async () => {
    await stage.passWithoutTimers(25 * HOUR);
    simulator.fault('refreshsession', { status: 503 });
    assert.deepEqual(await fixture.account.ping(), { value: true, isRefreshed: false });
    assert.equal(await tokenNow(), token);
  });

  it('returns true from a refresh of a token that is not due, and makes no call', async () => {
    assert.deepEqual(await fixture.account.refresh(), { value: true, isRefreshed: false });
    assert.deepEqual(simulator.counts(), {});
  });

  it('renews a due or forced token in a refresh, and saves it', async () => {
    await stage.passWithoutTimers(25 * HOUR);
    assert.deepEqual(await fixture.account.refresh(), { value: true, isRefreshed: true });
    const second = await tokenNow();
    assert.deepEqual(await fixture.account.refresh(), { value: true, isRefreshed: false }, 'not due again');
    assert.deepEqual(await fixture.account.refresh({ force: true }), { value: true, isRefreshed: true });
    const third = await tokenNow();
    assert.equal(new Set([token, second, third]).size, 3);
    fixture = await stage.restart(fixture);
    assert.equal(await tokenNow(), third);
    assert.equal(fixture.account.snapshot().lastRefresh, new Date(stage.clock.now()).toISOString());
  });

  it('returns false from a refresh without a token, and makes no call', async () => {
    await fixture.account.reset();
    for (const force of [false, true]) {
      assert.deepEqual(await fixture.account.refresh({ force }), { value: false, isRefreshed: false });
    }
    assert.deepEqual(simulator.counts(), {});
  });

  it('returns false from a refresh of a rejected token, and asks again at the next refresh', async () => {
    simulator.revoke(token);
    assert.deepEqual(await fixture.account.refresh({ force: true }), { value: false, isRefreshed: false });
    assert.equal(fixture.account.snapshot().state, 'otp-required');
    assert.deepEqual(await fixture.account.refresh(), { value: false, isRefreshed: false });
    simulator.reinstate(token);
    assert.equal((await fixture.account.refresh()).value, true);
    assert.equal(fixture.account.snapshot().state, 'authenticated');
    assert.equal(simulator.count('refreshsession'), 3);
  });

  it('sends one request for 1,000 concurrent refreshes', async () => {
    const results = await Promise.all(Array.from({ length: 1_000 }, () => fixture.account.refresh({ force: true })));
    assert.ok(results.every(({ value, isRefreshed }) => value && isRefreshed));
    assert.equal(simulator.count('refreshsession'), 1);
    assert.deepEqual(fixture.topics, ['refreshed']);
  });

  it('sends one key list and one renewal for 1,000 concurrent pings', async () => {
    await stage.passWithoutTimers(25 * HOUR);
    const results = await Promise.all(Array.from({ length: 1_000 }, () => fixture.account.ping()));
    assert.ok(results.every(({ value, isRefreshed }) => value && isRefreshed));
    assert.deepEqual(simulator.counts(), { hubkeys: 1, refreshsession: 1 });
  });

  describe('while a request is in flight', () => {
    const renewing = async () => {
      const held = simulator.hold('refreshsession');
      const step = fixture.account.refresh({ force: true });
      await until('the request', () => held.isAsked);
      return { step, held };
    };

    it('keeps a new login made during a refresh', async () => {
      await fixture.account.authenticate({ trustCloud: false });
      const { step, held } = await renewing();
      await fixture.account.authenticate({ otp: simulator.latestCode(EMAIL) });
      const mine = await tokenNow();
      held.release();
      assert.deepEqual(await step, { value: true, isRefreshed: false });
      assert.equal(await tokenNow(), mine);
      assert.equal(stage.stored.login?.token, mine);
      assert.ok(!fixture.topics.includes('refreshed'));
    });

    it('keeps a new login when the old token gets a late 401', async () => {
      await fixture.account.authenticate({ trustCloud: false });
      const held = simulator.hold('hubkeys', { status: 401 });
      const ping = fixture.account.ping();
      await until('the ping', () => held.isAsked);
      await fixture.account.authenticate({ otp: simulator.latestCode(EMAIL) });
      held.release();
      assert.equal((await ping).value, true);
      assert.equal(fixture.account.snapshot().state, 'authenticated');
      assert.ok(!fixture.topics.includes('otp-required'));
    });
  });

  it('saves nothing for pings that change nothing', async () => {
    const { saves } = stage.store;
    for (let tries = 0; tries < 5; tries++) await fixture.account.ping();
    assert.equal(stage.store.saves, saves);
    await stage.clock.advance(MINUTE);
    assert.equal(stage.store.saves, saves);
  });
});

describe('Account: the saved time of the last refresh', () => {
  it('is read as UTC in any time zone of the host', async () => {
    const zone = process.env['TZ'];
    process.env['TZ'] = 'Pacific/Kiritimati';
    const stage = new Stage();
    const yesterday = stage.clock.now() - DAY;
    stage.saveLogin(makeToken(yesterday), { lastRefresh: yesterday });
    try {
      const { account } = await stage.open();
      assert.equal(account.snapshot().lastRefresh, '2026-03-01T06:00:00.000Z');
      process.env['TZ'] = 'Pacific/Pago_Pago';
      assert.equal((await account.refresh({ expiryMs: 2 * DAY })).isRefreshed, false);
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
      await stage.end();
    }
  });
});
