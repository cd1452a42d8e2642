import assert from 'node:assert/strict';
import type { SimulatedHub, Simulator } from './index';
import { Caller, claimsOf, EMAIL, firstHub } from './support';

describe('Simulated hubs', () => {
  let simulator: Simulator;
  let now: number;
  const caller = Caller.forSuite(() => {
    now = Date.now();
    return { now: () => now };
  });
  beforeEach(() => ({ simulator } = caller));

  it('are listed with a key each', async () => {
    const keys = await caller.hubKeys(simulator.issueToken(EMAIL));
    assert.deepEqual(
      Object.values(keys).map((key) => claimsOf(key)['hub_name']),
      ['Koti', 'Mökki 100 %'],
    );
    for (const hub of simulator.hubs) {
      assert.equal(keys[hub.id], hub.key(EMAIL));
      const { hub_id: hubId, email, role, owner } = claimsOf(hub.key(EMAIL));
      assert.deepEqual({ hubId, email, role, owner }, { hubId: hub.id, email: EMAIL, role: 32, owner: EMAIL });
    }
    firstHub(simulator).isKeyNull = true;
    assert.equal((await caller.hubKeys(simulator.issueToken(EMAIL)))[firstHub(simulator).id], null);
  });

  it('are listed in lan_ip, as URLs or addresses, in both orders', async () => {
    const list = async (): Promise<unknown> => (await caller.call('hub/lan_ip')).json();
    const urls = simulator.hubs.map(({ host }) => `http://${host}`);
    assert.deepEqual(await list(), urls);
    simulator.lanIpOrder = 'reversed';
    assert.deepEqual(await list(), urls.toReversed());
    await simulator.removeHub(firstHub(simulator).id);
    await simulator.addHub({ address: '127.0.0.3', port: 8893, name: 'Autotalli' });
    await simulator.addHub({ onLan: false });
    simulator.lanIpForm = 'bare';
    assert.deepEqual(await list(), ['127.0.0.3', '127.0.0.1']);
    assert.deepEqual(
      simulator.hubs.slice(1).map(({ host }) => host),
      ['127.0.0.3', null],
    );
  });

  it('are missing from lan_ip in three ways', async () => {
    simulator.lanIpForm = 'empty';
    assert.deepEqual(await (await caller.call('hub/lan_ip')).json(), []);
    simulator.lanIpForm = 'null';
    assert.equal(await (await caller.call('hub/lan_ip')).json(), null);
    simulator.lanIpForm = 'error';
    assert.equal((await caller.call('hub/lan_ip')).status, 404);
  });

  it('report their id without a token', async () => {
    for (const hub of simulator.hubs) {
      const description: unknown = await (await fetch(`http://${hub.host}/hub`)).json();
      assert.deepEqual(description, {
        hubId: hub.id,
        name: hub.name,
        version: '1.14.9.124',
        state: 'claimed',
        connected: true,
        features: [1, 2, 5, 7, 12],
      });
    }
  });

  it('accept their own keys only, and only for their API version', async () => {
    const [koti, mokki] = simulator.hubs as [SimulatedHub, SimulatedHub];
    const tz = (key: string, version = '1.14') =>
      fetch(`http://${koti.host}/cc/${version}/hub/tz`, { headers: { Authorization: key } });
    const key = koti.key(EMAIL);
    assert.equal(await (await tz(key)).json(), 'Europe/Helsinki');
    assert.equal((await tz(mokki.key(EMAIL))).status, 401);
    assert.equal((await tz(key, '1.13')).status, 410);
    koti.version = '1.15.0.1';
    assert.equal((await tz(key)).status, 410);
    assert.equal((await tz(key, '1.15')).status, 200);
  });

  it('refuse keys that were rotated, revoked or expired', async () => {
    const hub = firstHub(simulator);
    const status = async (key: string) => {
      const answer = await fetch(`http://${hub.host}/cc/1.14/hub/tz`, { headers: { Authorization: key } });
      return answer.status;
    };
    const first = hub.key(EMAIL);
    hub.rotateKey();
    assert.deepEqual([await status(first), await status(hub.key(EMAIL))], [401, 200]);
    hub.revokeKeys();
    assert.equal(await status(hub.key(EMAIL)), 401);
    const last = hub.key(EMAIL);
    now += hub.keyLifeMs;
    assert.equal(await status(last), 401);
    assert.notEqual(hub.key(EMAIL), last);
  });

  it('change their name and port, and go offline and online', async () => {
    const hub = firstHub(simulator);
    const { port } = hub;
    hub.rename('Uusi koti');
    assert.equal(claimsOf(hub.key(EMAIL))['hub_name'], 'Uusi koti');
    await hub.move();
    assert.notEqual(hub.port, port);
    await assert.rejects(fetch(`http://127.0.0.1:${port}/hub`));
    const moved = hub.port;
    await hub.goOffline();
    await assert.rejects(fetch(`http://${hub.host}/hub`));
    await hub.goOnline();
    assert.equal(hub.port, moved);
    const { name } = (await (await fetch(`http://${hub.host}/hub`)).json()) as { name: string };
    assert.equal(name, 'Uusi koti');
  });

  it('are reached through the cloud, but not with a revoked token', async () => {
    const hub = firstHub(simulator);
    const token = simulator.issueToken(EMAIL);
    const remote = (path: string) =>
      caller.call(`hub/remote${path}`, token, { headers: { 'X-Hub-Key': hub.key(EMAIL) } });
    const { hubId } = (await (await remote('/hub')).json()) as { hubId: string };
    assert.equal(hubId, hub.id);
    assert.equal(await (await remote('/cc/1.14/hub/tz')).json(), 'Europe/Helsinki');
    assert.equal((await remote('/cc/1.13/hub/tz')).status, 410);
    simulator.revokeAll();
    assert.equal((await remote('/cc/1.14/hub/tz')).status, 401);
  });

  it('answer 400 or 408 through the cloud when offline', async () => {
    const hub = firstHub(simulator);
    const token = simulator.issueToken(EMAIL);
    const status = async () =>
      (await caller.call('hub/remote/hub', token, { headers: { 'X-Hub-Key': hub.key(EMAIL) } })).status;
    await hub.goOffline();
    assert.equal(await status(), 400);
    simulator.hubOfflineStatus = 408;
    assert.equal(await status(), 408);
  });

  it('move to another address, which lan_ip lists', async () => {
    const hub = firstHub(simulator);
    await hub.move(0, '127.0.0.9');
    const urls = (await (await caller.call('hub/lan_ip')).json()) as string[];
    assert.equal(urls[0], `http://127.0.0.9:${hub.port}`);
    assert.equal((await fetch(`${urls[0]}/hub`)).status, 200);
  });
});
