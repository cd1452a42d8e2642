import assert from 'node:assert/strict';
import { hubKeys } from '../../../src/cloud/cloud-api.js';
import { createHttp } from '../../../src/http/http-client.js';
import { lanRoute } from '../../../src/hub/hub-api.js';
import { parseHubAddress } from '../../../src/hub/hub-address.js';
import type { Simulator } from '../../simulator/index.js';
import { DAY, HOUR } from '../support/fake-clock.js';
import { EMAIL, failure, type Player, type SimulatedStage, Stage } from '../support/stage.js';
import { getTimeZone } from '../support/time-zone.js';

/** The cases of python-cozify's tests, and known bugs of python-cozify that must not appear here. */
describe('Cases of python-cozify', () => {
  let stage: SimulatedStage;
  let simulator: Simulator;

  beforeEach(async () => {
    stage = await Stage.withSimulator();
    ({ simulator } = stage);
  });

  afterEach(() => stage.end());

  /** Opens an account with a valid token and this time of the last refresh. */
  function withToken(lastRefresh: number | null): Promise<Player> {
    const iat = Math.floor((stage.clock.now() - DAY) / 1000);
    stage.saveLogin(simulator.issueToken(EMAIL, { iat, exp: iat + 28 * 86_400 }), { lastRefresh });
    return stage.open();
  }

  const aDayAgo = () => stage.clock.now() - DAY;

  it('renews if the last refresh is unknown', async () => {
    const { account } = await withToken(null);
    assert.deepEqual(await account.refresh(), { value: true, isRefreshed: true });
    assert.notEqual(account.snapshot().lastRefresh, null);
  });

  it('renews if forced', async () => {
    const { account } = await withToken(stage.clock.now());
    assert.deepEqual(await account.refresh({ force: true }), { value: true, isRefreshed: true });
  });

  it('renews if the last refresh is not a date', async () => {
    const { account } = await withToken(8.64e15 + 1);
    assert.equal(account.snapshot().lastRefresh, null);
    assert.deepEqual(await account.refresh(), { value: true, isRefreshed: true });
  });

  it('renews after a day with an expiry of an hour', async () => {
    const { account } = await withToken(aDayAgo());
    assert.deepEqual(await account.refresh({ expiryMs: HOUR }), { value: true, isRefreshed: true });
  });

  it('returns true without a renewal after a day with an expiry of two days', async () => {
    const { account } = await withToken(aDayAgo());
    assert.deepEqual(await account.refresh({ expiryMs: 2 * DAY }), { value: true, isRefreshed: false });
    assert.equal(simulator.count('*'), 0);
  });

  it('returns a token set by hand, until a reset', async () => {
    const { account } = await withToken(aDayAgo());
    assert.equal((await account.token('foobar')).value, 'foobar');
    assert.equal((await account.token()).value, 'foobar');
    await account.reset();
    await failure(account.token(), 'COZIFY_OTP_REQUIRED');
  });

  it('returns false from a ping without a saved state', async () => {
    const { account } = await stage.open();
    assert.deepEqual(await account.ping(), { value: false, isRefreshed: false });
  });

  it('sends no renewal in a ping with autorefresh off', async () => {
    const { account } = await withToken(aDayAgo());
    assert.deepEqual(await account.ping({ autorefresh: false, expiryMs: HOUR }), { value: true, isRefreshed: false });
    assert.equal(simulator.count('refreshsession'), 0);
  });

  it('replaces a revoked hub key without losing the cloud login', async () => {
    const player = await stage.open();
    await stage.logIn(player);
    const [hub] = simulator.hubs;
    assert.ok(hub);
    const http = createHttp();
    const zone = () => {
      const hubKey = stage.stored.hubs[0]?.key ?? '';
      return getTimeZone(lanRoute(http.send, parseHubAddress(hub.host) ?? assert.fail(), { hubKey }), hub.version);
    };
    assert.equal(await zone(), 'Europe/Helsinki');
    hub.rotateKey();
    assert.equal(await zone(), undefined);
    await player.account.ping();
    assert.equal(await zone(), 'Europe/Helsinki');
    assert.equal(player.account.snapshot().state, 'authenticated');
    http.close();
  });

  it('matches the names of two hubs to their ids, even with a % in a name', async () => {
    simulator.lanIpOrder = 'reversed';
    const player = await stage.open();
    const token = await stage.logIn(player);
    const http = createHttp();
    const keys = await hubKeys({ baseUrl: simulator.cloudUrl, send: http.send, now: Date.now }, token);
    http.close();
    assert.deepEqual(
      player.account.snapshot().hubs.map(({ id, name, host }) => ({ id, name, host })),
      simulator.hubs.map(({ id, name, host }) => ({ id, name, host })),
    );
    assert.deepEqual(
      [...(keys ?? new Map<string, string>()).keys()],
      simulator.hubs.map(({ id }) => id),
    );
    assert.ok(player.account.snapshot().hubs.some(({ name }) => name.includes('%')));
  });

  it('keeps token and address after a wrong code and an outage', async () => {
    const { account } = await withToken(aDayAgo());
    const before = (await account.token()).value;
    await account.requestOtp();
    await failure(account.authenticate({ otp: 'WRONG1' }), 'COZIFY_OTP_REJECTED');
    await simulator.goOffline();
    await failure(account.authenticate({ trustCloud: false, email: 'maija@example.fi' }), 'COZIFY_UNREACHABLE');
    await failure(account.authenticate(), 'COZIFY_UNREACHABLE');
    assert.equal((await account.token()).value, before);
    assert.equal((await account.email()).value, EMAIL);
  });

  it('keeps the login during an outage with 5xx responses', async () => {
    const { account } = await withToken(aDayAgo());
    for (const status of [500, 502, 503, 504]) {
      simulator.fault('cloud', { status, times: 1 });
      await failure(account.ping(), 'COZIFY_API');
    }
    assert.equal(account.snapshot().state, 'authenticated');
    assert.equal((await account.ping()).value, true);
  });

  it('reads times as UTC in any time zone of the host', async () => {
    const zone = process.env['TZ'];
    process.env['TZ'] = 'Pacific/Kiritimati';
    try {
      const { account } = await withToken(aDayAgo());
      assert.equal(account.snapshot().lastRefresh, '2026-03-01T06:00:00.000Z');
      process.env['TZ'] = 'Pacific/Pago_Pago';
      assert.equal((await account.refresh({ expiryMs: 2 * DAY })).isRefreshed, false);
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });
});
