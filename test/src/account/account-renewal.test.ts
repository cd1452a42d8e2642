import assert from 'node:assert/strict';
import type { Simulator } from '../../simulator/index.js';
import { DAY, HOUR, MINUTE } from '../support/fake-clock.js';
import { EMAIL, failure, type Player, type SimulatedStage, Stage } from '../support/stage.js';
import { until } from '../../support/wait.js';

describe('account: ping and refresh', () => {
  let stage: SimulatedStage;
  let simulator: Simulator;
  let player: Player;
  let token: string;

  beforeEach(async () => ({ stage, simulator, player, token } = await Stage.withLoggedIn()));

  afterEach(() => stage.end());

  const tokenNow = async () => (await player.account.token()).value;

  it('ping asks the cloud, and renews only what is due', async () => {
    assert.deepEqual(await player.account.ping(), { value: true, isRefreshed: false });
    assert.deepEqual(simulator.counts(), { hubkeys: 1 });
    await stage.later(25 * HOUR);
    assert.deepEqual(await player.account.ping({ autorefresh: false }), { value: true, isRefreshed: false });
    assert.deepEqual(await player.account.ping({ expiryMs: 2 * DAY }), { value: true, isRefreshed: false });
    assert.equal(await tokenNow(), token);
    assert.deepEqual(await player.account.ping(), { value: true, isRefreshed: true });
    assert.notEqual(await tokenNow(), token);
    assert.equal(simulator.count('refreshsession'), 1);
  });

  it('ping is false without a token, and asks nobody', async () => {
    await player.account.reset();
    assert.deepEqual(await player.account.ping(), { value: false, isRefreshed: false });
    assert.deepEqual(simulator.counts(), {});
  });

  it('ping asks about a rejected token again each time, and takes it back', async () => {
    simulator.revoke(token);
    assert.equal((await player.account.ping()).value, false);
    assert.equal((await player.account.ping()).value, false);
    assert.equal(simulator.count('hubkeys'), 2);
    assert.equal(player.account.snapshot().state, 'otp-required');
    simulator.reinstate(token);
    assert.equal((await player.account.ping()).value, true);
    assert.deepEqual(player.topics, ['otp-required', 'authenticated']);
    assert.equal(await tokenNow(), token);
    assert.equal(simulator.count('requestlogin'), 0);
  });

  it('a renewal that fails after a good ping does not change its true', async () => {
    await stage.later(25 * HOUR);
    simulator.fault('refreshsession', { status: 503 });
    assert.deepEqual(await player.account.ping(), { value: true, isRefreshed: false });
    assert.equal(await tokenNow(), token);
  });

  it('refresh of a token that is not due is true, and sends nothing', async () => {
    assert.deepEqual(await player.account.refresh(), { value: true, isRefreshed: false });
    assert.deepEqual(simulator.counts(), {});
  });

  it('refresh renews when due or forced, and the new token is there after a restart', async () => {
    await stage.later(25 * HOUR);
    assert.deepEqual(await player.account.refresh(), { value: true, isRefreshed: true });
    const second = await tokenNow();
    assert.deepEqual(await player.account.refresh(), { value: true, isRefreshed: false }, 'not due again');
    assert.deepEqual(await player.account.refresh({ force: true }), { value: true, isRefreshed: true });
    const third = await tokenNow();
    assert.equal(new Set([token, second, third]).size, 3);
    player = await stage.restart(player);
    assert.equal(await tokenNow(), third);
    assert.equal(player.account.snapshot().lastRefresh, new Date(stage.clock.now()).toISOString());
  });

  it("refresh goes by the step's expiry", async () => {
    await stage.later(2 * HOUR);
    assert.deepEqual(await player.account.refresh({ expiryMs: 3 * HOUR }), { value: true, isRefreshed: false });
    assert.deepEqual(await player.account.refresh({ expiryMs: HOUR }), { value: true, isRefreshed: true });
  });

  it('refresh is false without a token, and asks nobody', async () => {
    await player.account.reset();
    for (const force of [false, true]) {
      assert.deepEqual(await player.account.refresh({ force }), { value: false, isRefreshed: false });
    }
    assert.deepEqual(simulator.counts(), {});
  });

  it('refresh is false when it is too late, and asks about the rejected token again', async () => {
    simulator.revoke(token);
    assert.deepEqual(await player.account.refresh({ force: true }), { value: false, isRefreshed: false });
    assert.equal(player.account.snapshot().state, 'otp-required');
    assert.deepEqual(await player.account.refresh(), { value: false, isRefreshed: false });
    simulator.reinstate(token);
    assert.equal((await player.account.refresh()).value, true);
    assert.equal(player.account.snapshot().state, 'authenticated');
    assert.equal(simulator.count('refreshsession'), 3);
  });

  for (const [what, fault, code] of [
    ['503', { status: 503 }, 'COZIFY_API'],
    ['403', { status: 403 }, 'COZIFY_FORBIDDEN'],
    ['429', { status: 429 }, 'COZIFY_RATE_LIMITED'],
    ['410', { status: 410 }, 'COZIFY_OBSOLETE'],
    ['a web page', { body: '<html>' }, 'COZIFY_BAD_ANSWER'],
    ['a reset connection', { reset: true }, 'COZIFY_UNREACHABLE'],
  ] as const) {
    it(`refresh and ping fail with ${code} on ${what}`, async () => {
      simulator.fault('cloud', fault);
      await failure(player.account.refresh({ force: true }), code);
      await failure(player.account.ping(), code);
      assert.equal(player.account.snapshot().reachable, code !== 'COZIFY_UNREACHABLE');
      assert.equal(player.account.snapshot().state, 'authenticated');
    });
  }

  it('a thousand refreshes at once are one request, and a thousand answers', async () => {
    const results = await Promise.all(Array.from({ length: 1_000 }, () => player.account.refresh({ force: true })));
    assert.ok(results.every(({ value, isRefreshed }) => value && isRefreshed));
    assert.equal(simulator.count('refreshsession'), 1);
    assert.deepEqual(player.topics, ['refreshed']);
  });

  it('a thousand pings at once are one request, renewal included', async () => {
    await stage.later(25 * HOUR);
    const results = await Promise.all(Array.from({ length: 1_000 }, () => player.account.ping()));
    assert.ok(results.every(({ value, isRefreshed }) => value && isRefreshed));
    assert.deepEqual(simulator.counts(), { hubkeys: 1, refreshsession: 1 });
  });

  it('a thousand refreshes that fail fail together', async () => {
    simulator.fault('refreshsession', { status: 503 });
    const results = await Promise.allSettled(
      Array.from({ length: 1_000 }, () => player.account.refresh({ force: true })),
    );
    assert.ok(results.every(({ status }) => status === 'rejected'));
    assert.equal(simulator.count('refreshsession'), 1);
    assert.deepEqual(player.topics, ['refresh-failed']);
  });

  describe('while something else happens', () => {
    const renewing = async () => {
      const held = simulator.hold('refreshsession');
      const step = player.account.refresh({ force: true });
      await until('the request', () => held.isAsked);
      return { step, held };
    };

    it('a reset during a refresh wins', async () => {
      const { step, held } = await renewing();
      await player.account.reset();
      held.release();
      assert.deepEqual(await step, { value: false, isRefreshed: false });
      assert.equal(player.account.snapshot().state, 'otp-required');
      assert.equal(stage.stored.login, null);
      assert.deepEqual(player.topics, ['reset', 'otp-required']);
    });

    it('a new login during a refresh wins', async () => {
      await player.account.authenticate({ trustCloud: false });
      const { step, held } = await renewing();
      await player.account.authenticate({ otp: simulator.latestCode(EMAIL) });
      const mine = await tokenNow();
      held.release();
      assert.deepEqual(await step, { value: true, isRefreshed: false });
      assert.equal(await tokenNow(), mine);
      assert.equal(stage.stored.login?.token, mine);
      assert.ok(!player.topics.includes('refreshed'));
    });

    it('a token set during a refresh wins', async () => {
      const { step, held } = await renewing();
      await player.account.token('foobar');
      held.release();
      assert.deepEqual(await step, { value: true, isRefreshed: false });
      assert.equal(await tokenNow(), 'foobar');
    });

    it('a refresh that waited for another finds the token gone after a reset', async () => {
      const { step, held } = await renewing();
      await player.account.token(simulator.issueToken(EMAIL));
      const second = player.account.refresh({ force: true });
      await player.account.reset();
      held.release();
      assert.deepEqual(await second, { value: false, isRefreshed: false });
      assert.equal((await step).value, false);
      assert.equal(simulator.count('refreshsession'), 1);
    });

    it('a 401 that comes after a new login says nothing about it', async () => {
      await player.account.authenticate({ trustCloud: false });
      const held = simulator.hold('hubkeys', { status: 401 });
      const ping = player.account.ping();
      await until('the ping', () => held.isAsked);
      await player.account.authenticate({ otp: simulator.latestCode(EMAIL) });
      held.release();
      assert.equal((await ping).value, true);
      assert.equal(player.account.snapshot().state, 'authenticated');
      assert.ok(!player.topics.includes('otp-required'));
    });
  });

  it('does not write when a refresh gives the same token', async () => {
    simulator.fault('refreshsession', { body: token, times: 1 });
    const { saves } = stage.store;
    assert.deepEqual(await player.account.refresh({ force: true }), { value: true, isRefreshed: false });
    assert.equal(stage.store.saves, saves);
    assert.deepEqual(player.topics, []);
  });

  it('writes nothing for a ping that brings no news', async () => {
    const { saves } = stage.store;
    for (let tries = 0; tries < 5; tries++) await player.account.ping();
    assert.equal(stage.store.saves, saves);
    await stage.clock.advance(MINUTE);
    assert.equal(stage.store.saves, saves);
  });
});
