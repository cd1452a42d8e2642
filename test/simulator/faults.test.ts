import assert from 'node:assert/strict';
import { until } from '../support/wait';
import type { SimulatedHub, Simulator } from './index';
import { Caller, EMAIL, firstHub } from './support';

describe('Planned faults', () => {
  let simulator: Simulator;
  const caller = Caller.forSuite();
  beforeEach(() => ({ simulator } = caller));

  const ping = () => caller.call('user/hubkeys', simulator.issueToken(EMAIL));

  it('replace the real answer a number of times', async () => {
    simulator.fault('hubkeys', { status: 500 });
    simulator.fault('hubkeys', { times: 1, status: 429, headers: { 'Retry-After': '7' }, body: 'slow down' });
    simulator.fault('hubkeys', { times: 2, body: '<html>Log in to the WLAN</html>' });
    const limited = await ping();
    assert.deepEqual([limited.status, limited.headers.get('retry-after')], [429, '7']);
    assert.equal(await limited.text(), 'slow down');
    assert.match((await ping()).headers.get('content-type') ?? '', /^text\/html/);
    assert.equal((await ping()).status, 200);
    assert.equal((await ping()).status, 500);
    simulator.clearFaults();
    assert.equal((await ping()).status, 200);
  });

  it('apply to one call, the cloud, the hubs or everything', async () => {
    const hub = () => fetch(`http://${firstHub(simulator).host}/hub`);
    const statuses = async () => [
      (await ping()).status,
      (await caller.call('hub/lan_ip')).status,
      (await hub()).status,
    ];
    simulator.fault('lan_ip', { status: 503 });
    assert.deepEqual(await statuses(), [200, 503, 200]);
    simulator.fault('hub', { status: 404 });
    assert.deepEqual(await statuses(), [200, 503, 404]);
    simulator.fault('cloud', { status: 502 });
    assert.deepEqual(await statuses(), [502, 503, 404]);
    simulator.clearFaults();
    simulator.fault('*', { status: 500 });
    assert.deepEqual(await statuses(), [500, 500, 500]);
  });

  it('apply to one hub, one transport and some paths', async () => {
    const [koti, mokki] = simulator.hubs as [SimulatedHub, SimulatedHub];
    const token = simulator.issueToken(EMAIL);
    const remote = (hub: SimulatedHub, path: string) =>
      caller.call(`hub/remote${path}`, token, { headers: { 'X-Hub-Key': hub.key(EMAIL) } });
    const local = (hub: SimulatedHub, path: string) =>
      fetch(`http://${hub.host}${path}`, { headers: { Authorization: hub.key(EMAIL) } });
    const statuses = async (path: string) =>
      Promise.all(
        [local(koti, path), remote(koti, path), local(mokki, path)].map(async (answer) => (await answer).status),
      );
    const slowDown = { status: 429, headers: { 'Retry-After': '7' } };
    simulator.fault('hub', { hubId: koti.id, path: '/hub/poll', ...slowDown });
    simulator.fault('remote', { hubId: koti.id, path: '/hub/tz', times: 1, status: 503 });
    assert.deepEqual(await statuses('/cc/1.14/hub/poll?ts=0'), [429, 200, 200]);
    assert.deepEqual(await statuses('/cc/1.14/hub/tz'), [200, 503, 200]);
    simulator.fault('hub', { hubId: koti.id, path: '/hub/poll', times: 0 });
    simulator.fault('hub', { hubId: koti.id, path: '/hub/poll', delayMs: 1 });
    assert.deepEqual(await statuses('/cc/1.14/hub/poll?ts=0'), [200, 200, 200], 'the later fault replaces the earlier');
    simulator.fault('hub', { status: 500 });
    assert.deepEqual(await statuses('/cc/1.14/hub/tz'), [500, 200, 500]);
  });

  it('reset the connection', async () => {
    simulator.fault('hubkeys', { reset: true });
    await assert.rejects(ping(), (error: Error) => (error.cause as { code: string }).code === 'ECONNRESET');
    assert.equal(simulator.requests[0]?.status, null);
  });

  it('hang, delay and drip', async () => {
    simulator.fault('hubkeys', { times: 1, hang: true });
    const signal = AbortSignal.timeout(60);
    const token = simulator.issueToken(EMAIL);
    await assert.rejects(caller.call('user/hubkeys', token, { signal }), { name: 'TimeoutError' });
    const took = async () => {
      const start = performance.now();
      await (await caller.call('hub/lan_ip')).text();
      return performance.now() - start;
    };
    simulator.fault('lan_ip', { times: 1, delayMs: 60 });
    assert.ok((await took()) >= 58);
    simulator.latencyMs = 60;
    assert.ok((await took()) >= 58);
    simulator.latencyMs = 0;
    simulator.fault('lan_ip', { times: 1, body: '[1234]', drip: { everyMs: 20, bytes: 2 } });
    assert.ok((await took()) >= 58);
  });

  it('hold an answer before or after its effect', async () => {
    const token = simulator.issueToken(EMAIL);
    simulator.graceRequests = 0;
    for (const after of [false, true]) {
      const held = simulator.hold('refreshsession', { after });
      const old = after ? token : simulator.issueToken(EMAIL);
      const answer = caller.call('user/refreshsession', old);
      await until('the request', () => held.isAsked);
      assert.equal(simulator.isValid(old), !after);
      assert.equal(simulator.requests.at(-1)?.status, null);
      held.release();
      assert.ok(simulator.isValid(await (await answer).text()));
    }
    assert.equal((await caller.call('hub/lan_ip')).status, 200);
  });

  it('cut the body short', async () => {
    simulator.fault('hubkeys', { times: 1, truncateAt: 10 });
    const answer = await ping();
    assert.equal(answer.status, 200);
    assert.ok(Number(answer.headers.get('content-length')) > 10);
    const reader = answer.body?.getReader();
    assert.equal(((await reader?.read())?.value as Uint8Array).length, 10);
    await assert.rejects(async () => reader?.read());
  });

  it('compress the body or hide its length', async () => {
    simulator.fault('hubkeys', { times: 1, body: ' '.repeat(1e6), gzip: true });
    const bomb = await ping();
    assert.ok(Number(bomb.headers.get('content-length')) < 10_000);
    assert.equal((await bomb.text()).length, 1e6);
    simulator.fault('hubkeys', { times: 1, chunked: true });
    const chunked = await ping();
    assert.equal(chunked.headers.get('content-length'), null);
    assert.equal(Object.keys((await chunked.json()) as object).length, 2);
  });

  it('send an empty answer or a redirect', async () => {
    simulator.fault('hubkeys', { times: 1, status: 204 });
    assert.equal(await (await ping()).text(), '');
    simulator.fault('hubkeys', { times: 1, status: 302, headers: { Location: 'http://example.com/' } });
    const redirect = await ping();
    assert.deepEqual([redirect.status, redirect.headers.get('location')], [302, 'http://example.com/']);
  });

  it('come before or after the effect of the call', async () => {
    simulator.graceRequests = 0;
    const token = simulator.issueToken(EMAIL);
    simulator.fault('refreshsession', { times: 1, status: 502 });
    simulator.fault('refreshsession', { times: 1, status: 502, after: true });
    assert.equal((await caller.call('user/refreshsession', token)).status, 502);
    assert.ok(simulator.isValid(token));
    assert.equal((await caller.call('user/refreshsession', token)).status, 502);
    assert.equal(simulator.isValid(token), false);
    simulator.fault('requestlogin', { reset: true, after: true });
    await assert.rejects(caller.askForCode());
    assert.equal(simulator.mails.length, 1);
  });
});
