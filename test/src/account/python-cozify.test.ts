import assert from 'node:assert/strict';
import { hubKeys } from '../../../src/cloud/cloud-api.js';
import { createHttp } from '../../../src/http/http-client.js';
import { lanRoute } from '../../../src/hub/hub-api.js';
import { parseHubAddress } from '../../../src/hub/hub-address.js';
import type { Simulator } from '../../simulator/index.js';
import { DAY, HOUR } from '../support/fake-clock.js';
import { EMAIL, failure, type Player, type SimulatedStage, Stage } from '../support/stage.js';
import { getTimeZone } from '../support/time-zone.js';

/** What python-cozify's own tests check, and the mistakes of it that must not come back. */
describe("python-cozify's cases", () => {
  let stage: SimulatedStage;
  let simulator: Simulator;

  beforeEach(async () => {
    stage = await Stage.withSimulator();
    ({ simulator } = stage);
  });

  afterEach(() => stage.end());

  /** An account with a good token that was received at some time. */
  function withToken(lastRefresh: number | null): Promise<Player> {
    const iat = Math.floor((stage.clock.now() - DAY) / 1000);
    stage.saveLogin(simulator.issueToken(EMAIL, { iat, exp: iat + 28 * 86_400 }), { lastRefresh });
    return stage.open();
  }

  const aDayAgo = () => stage.clock.now() - DAY;

  it('a refresh with the last one unknown is made', async () => {
    const { account } = await withToken(null);
    assert.deepEqual(await account.refresh(), { value: true, isRefreshed: true });
    assert.notEqual(account.snapshot().lastRefresh, null);
  });

  it('a refresh that is forced is made', async () => {
    const { account } = await withToken(stage.clock.now());
    assert.deepEqual(await account.refresh({ force: true }), { value: true, isRefreshed: true });
  });

  it('a refresh with the last one unreadable is made', async () => {
    const { account } = await withToken(8.64e15 + 1);
    assert.equal(account.snapshot().lastRefresh, null);
    assert.deepEqual(await account.refresh(), { value: true, isRefreshed: true });
  });

  it('a refresh with the last one a day ago is due by an expiry of an hour', async () => {
    const { account } = await withToken(aDayAgo());
    assert.deepEqual(await account.refresh({ expiryMs: HOUR }), { value: true, isRefreshed: true });
  });

  it('a refresh with the last one a day ago is not due by an expiry of two days, and true', async () => {
    const { account } = await withToken(aDayAgo());
    assert.deepEqual(await account.refresh({ expiryMs: 2 * DAY }), { value: true, isRefreshed: false });
    assert.equal(simulator.count('*'), 0);
  });

  it('a token set to foobar is read back, and gone after a reset', async () => {
    const { account } = await withToken(aDayAgo());
    assert.equal((await account.token('foobar')).value, 'foobar');
    assert.equal((await account.token()).value, 'foobar');
    await account.reset();
    await failure(account.token(), 'COZIFY_OTP_REQUIRED');
  });

  it('a ping with no state is false', async () => {
    const { account } = await stage.open();
    assert.deepEqual(await account.ping(), { value: false, isRefreshed: false });
  });

  it('a ping without autorefresh refreshes nothing', async () => {
    const { account } = await withToken(aDayAgo());
    assert.deepEqual(await account.ping({ autorefresh: false, expiryMs: HOUR }), { value: true, isRefreshed: false });
    assert.equal(simulator.count('refreshsession'), 0);
  });

  it('a dead hub token is renewed, and the cloud login is not doubted', async () => {
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

  it('names and ids of two hubs belong together, a % in a name included', async () => {
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

  it('a wrong code or an outage costs neither token nor address', async () => {
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

  it('the 5xx of an outage is no dead token', async () => {
    const { account } = await withToken(aDayAgo());
    for (const status of [500, 502, 503, 504]) {
      simulator.fault('cloud', { status, times: 1 });
      await failure(account.ping(), 'COZIFY_API');
    }
    assert.equal(account.snapshot().state, 'authenticated');
    assert.equal((await account.ping()).value, true);
  });

  it('times are UTC, whatever the zone of the host', async () => {
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
