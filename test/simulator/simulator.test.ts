import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { until } from '../support/wait';
import { Simulator, TOKEN_LIFE_MS, type SimulatedHub } from './index';

const EMAIL = 'matti+test@example.fi';

describe('simulator', () => {
  let simulator: Simulator;
  let now: number;

  beforeEach(async () => {
    now = Date.now();
    simulator = await Simulator.start({ now: () => now });
  });

  afterEach(async () => {
    await simulator.stop();
  });

  function call(path: string, token?: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...(token !== undefined && { Authorization: token }), ...(init.headers as object) };
    return fetch(`${simulator.cloudUrl}/${path}`, { redirect: 'manual', ...init, headers });
  }

  const askForCode = (email = EMAIL) =>
    call(`user/requestlogin?email=${encodeURIComponent(email)}`, undefined, { method: 'POST' });

  const logIn = (password: unknown, email = EMAIL) =>
    call('user/emaillogin', undefined, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ email, password }),
    });

  const hubKeys = async (token: string) => (await (await call('user/hubkeys', token)).json()) as Record<string, string>;

  function firstHub(): SimulatedHub {
    const hub = simulator.hubs[0];
    assert.ok(hub);
    return hub;
  }

  function claimsOf(token: string): Record<string, unknown> {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
  }

  describe('login', () => {
    it('mails a code for an address in the query', async () => {
      const answer = await askForCode();
      assert.equal(answer.status, 200);
      assert.equal(await answer.json(), null);
      assert.equal(simulator.mails[0]?.to, EMAIL);
      assert.match(simulator.latestCode(EMAIL), /^[A-Z0-9]{6}$/);
    });

    it('takes no form or JSON body in place of the query', async () => {
      for (const body of [new URLSearchParams({ email: EMAIL }), JSON.stringify({ email: EMAIL })]) {
        const answer = await call('user/requestlogin', undefined, { method: 'POST', body });
        assert.equal(answer.status, 500);
        assert.deepEqual(await answer.json(), { code: 1, message: 'General error' });
      }
      assert.throws(() => simulator.latestCode(EMAIL));
    });

    it('gives a token for a code, once', async () => {
      await askForCode();
      const code = simulator.latestCode(EMAIL);
      const answer = await logIn(code);
      assert.equal(answer.status, 200);
      assert.match(answer.headers.get('content-type') ?? '', /^text\/plain/);
      assert.ok(simulator.isValid(await answer.text()));
      assert.equal(simulator.mails[0]?.used, true);
      const again = await logIn(code);
      assert.equal(again.status, 401);
      assert.equal(((await again.json()) as { code: number }).code, 401);
    });

    it('takes a form as well, and keeps a leading zero', async () => {
      simulator.nextCode('012345');
      await askForCode();
      assert.equal((await logIn(12345)).status, 400);
      assert.equal((await logIn('12345')).status, 401);
      const body = new URLSearchParams({ email: EMAIL, password: '012345' });
      assert.equal((await call('user/emaillogin', undefined, { method: 'POST', body })).status, 200);
    });

    it('refuses a wrong, foreign or expired code with the status that is set', async () => {
      await askForCode();
      simulator.rejectedCodeStatus = 403;
      assert.equal((await logIn('WRONG1')).status, 403);
      assert.equal((await logIn(simulator.latestCode(EMAIL), 'other@example.fi')).status, 403);
      now += simulator.codeLifeMs;
      assert.equal((await logIn(simulator.latestCode(EMAIL))).status, 403);
      await askForCode();
      assert.equal((await logIn(simulator.latestCode(EMAIL))).status, 200);
    });
  });

  describe('tokens', () => {
    it('are HS512 tokens that live 28 days and 10 minutes', () => {
      const token = simulator.issueToken(EMAIL);
      const claims = claimsOf(token);
      const header = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { alg: string };
      assert.equal(header.alg, 'HS512');
      assert.equal(claims['iss'], 'Cloud');
      assert.equal(Number(claims['exp']) - Number(claims['iat']), TOKEN_LIFE_MS / 1000);
      assert.equal(claims['user_id'], claimsOf(simulator.issueToken(EMAIL.toUpperCase()))['user_id']);
      assert.notEqual(claims['user_id'], claimsOf(simulator.issueToken('other@example.fi'))['user_id']);
    });

    it('are needed raw', async () => {
      const token = simulator.issueToken(EMAIL);
      assert.equal((await call('user/hubkeys', token)).status, 200);
      for (const wrong of [undefined, '', 'nonsense', `Bearer ${token}`, `${token}x`]) {
        const answer = await call('user/hubkeys', wrong);
        assert.equal(answer.status, 401);
        assert.equal(typeof ((await answer.json()) as { message: unknown }).message, 'string');
      }
    });

    it('expire', async () => {
      const { tokenLifeMs } = simulator;
      const token = simulator.issueToken(EMAIL);
      assert.ok(simulator.isValid(token));
      now += tokenLifeMs;
      assert.equal((await call('user/refreshsession', token)).status, 401);
      const past = Math.floor(now / 1000) - 1;
      assert.equal(simulator.isValid(simulator.issueToken(EMAIL, { iat: past - 100, exp: past })), false);
    });

    it('are refreshed, the old one staying valid for a while', async () => {
      simulator.graceRequests = 3;
      const old = simulator.issueToken(EMAIL);
      const renewed = await (await call('user/refreshsession', old)).text();
      assert.notEqual(renewed, old);
      const statuses: number[] = [];
      for (const token of [old, renewed, old, old, renewed]) statuses.push((await call('user/hubkeys', token)).status);
      assert.deepEqual(statuses, [200, 200, 200, 401, 200]);
    });

    it('are revoked by a refresh at once or never', async () => {
      for (const [graceRequests, isOldValid] of [
        [0, false],
        [Infinity, true],
      ] as const) {
        simulator.graceRequests = graceRequests;
        const old = simulator.issueToken(EMAIL);
        await call('user/refreshsession', old);
        assert.equal(simulator.isValid(old), isOldValid);
      }
    });

    it('are revoked by a logout and from outside, and can be taken again', async () => {
      const [first, second] = [simulator.issueToken(EMAIL), simulator.issueToken(EMAIL)];
      assert.equal((await call('user/logout', first, { method: 'PUT' })).status, 200);
      assert.equal((await call('user/logout', first, { method: 'PUT' })).status, 401);
      assert.ok(simulator.isValid(second));
      simulator.revokeAll();
      assert.equal(simulator.isValid(second), false);
      simulator.reinstate(second);
      assert.equal((await call('user/hubkeys', second)).status, 200);
      simulator.revoke(second);
      assert.equal(simulator.isValid(second), false);
    });

    it('can be any string that was made one', async () => {
      simulator.acceptToken('opaque-token-of-some-kind', EMAIL);
      assert.equal((await call('user/hubkeys', 'opaque-token-of-some-kind')).status, 200);
    });
  });

  it('knows no other version, path or method', async () => {
    const token = simulator.issueToken(EMAIL);
    const old = await fetch(`${simulator.origin}/ui/0.1/user/hubkeys`, { headers: { Authorization: token } });
    assert.equal(old.status, 410);
    assert.equal((await call('user/nothing', token)).status, 404);
    assert.equal((await call('user/hubkeys', token, { method: 'POST' })).status, 405);
    assert.equal((await call('user/logout', token)).status, 405);
    assert.ok(simulator.isValid(token));
  });

  describe('hubs', () => {
    it('are listed with a key each', async () => {
      const keys = await hubKeys(simulator.issueToken(EMAIL));
      assert.deepEqual(
        Object.values(keys).map((key) => claimsOf(key)['hub_name']),
        ['Koti', 'Mökki 100 %'],
      );
      for (const hub of simulator.hubs) {
        assert.equal(keys[hub.id], hub.key(EMAIL));
        const { hub_id: hubId, email, role, owner } = claimsOf(hub.key(EMAIL));
        assert.deepEqual({ hubId, email, role, owner }, { hubId: hub.id, email: EMAIL, role: 32, owner: EMAIL });
      }
      firstHub().isKeyNull = true;
      assert.equal((await hubKeys(simulator.issueToken(EMAIL)))[firstHub().id], null);
    });

    it('are found by lan_ip, as URLs or bare addresses, in both orders', async () => {
      const list = async (): Promise<unknown> => (await call('hub/lan_ip')).json();
      const urls = simulator.hubs.map(({ host }) => `http://${host}`);
      assert.deepEqual(await list(), urls);
      simulator.lanIpOrder = 'reversed';
      assert.deepEqual(await list(), urls.toReversed());
      await simulator.removeHub(firstHub().id);
      await simulator.addHub({ address: '127.0.0.3', port: 8893, name: 'Autotalli' });
      await simulator.addHub({ onLan: false });
      simulator.lanIpForm = 'bare';
      assert.deepEqual(await list(), ['127.0.0.3', '127.0.0.1']);
      assert.deepEqual(
        simulator.hubs.slice(1).map(({ host }) => host),
        ['127.0.0.3', null],
      );
    });

    it('are none in three ways', async () => {
      simulator.lanIpForm = 'empty';
      assert.deepEqual(await (await call('hub/lan_ip')).json(), []);
      simulator.lanIpForm = 'null';
      assert.equal(await (await call('hub/lan_ip')).json(), null);
      simulator.lanIpForm = 'error';
      assert.equal((await call('hub/lan_ip')).status, 404);
    });

    it('say who they are without a token', async () => {
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

    it('take their own keys only, and only for their version of the API', async () => {
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

    it('forget keys that were rotated, revoked or expired', async () => {
      const hub = firstHub();
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

    it('change their name and port, go away and come back', async () => {
      const hub = firstHub();
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

    it('are reached through the cloud with any method', async () => {
      const hub = firstHub();
      const token = simulator.issueToken(EMAIL);
      const remote = (path: string, key = hub.key(EMAIL), init: RequestInit = {}) =>
        call(`hub/remote${path}`, token, { ...init, headers: { 'X-Hub-Key': key } });
      const { hubId } = (await (await remote('/hub')).json()) as { hubId: string };
      assert.equal(hubId, hub.id);
      assert.equal(await (await remote('/cc/1.14/hub/tz')).json(), 'Europe/Helsinki');
      assert.equal((await remote('/cc/1.13/hub/tz')).status, 410);
      assert.equal((await remote('/cc/1.14/hub/tz', 'nonsense')).status, 401);
      assert.equal((await remote('/cc/1.14/devices/command', undefined, { method: 'PUT', body: '[]' })).status, 200);
      assert.equal((await remote('/cc/1.14/hub/poll?ts=0')).status, 200);
      simulator.revokeAll();
      assert.equal((await remote('/cc/1.14/hub/tz')).status, 401);
      simulator.reinstate(token);
      await hub.goOffline();
      assert.equal((await remote('/cc/1.14/hub/tz')).status, 400);
    });
  });

  describe('faults', () => {
    const ping = () => call('user/hubkeys', simulator.issueToken(EMAIL));

    it('put another answer in the place of the real one, so many times', async () => {
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

    it('reach one call, the cloud, the hubs or everything', async () => {
      const hub = () => fetch(`http://${firstHub().host}/hub`);
      const statuses = async () => [(await ping()).status, (await call('hub/lan_ip')).status, (await hub()).status];
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

    it('reset the connection', async () => {
      simulator.fault('hubkeys', { reset: true });
      await assert.rejects(ping(), (error: Error) => (error.cause as { code: string }).code === 'ECONNRESET');
      assert.equal(simulator.requests[0]?.status, null);
    });

    it('hang, delay and drip', async () => {
      simulator.fault('hubkeys', { times: 1, hang: true });
      const signal = AbortSignal.timeout(60);
      const token = simulator.issueToken(EMAIL);
      await assert.rejects(call('user/hubkeys', token, { signal }), { name: 'TimeoutError' });
      const took = async () => {
        const start = performance.now();
        await (await call('hub/lan_ip')).text();
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

    it('hold an answer back until a test lets it go, before or after its work', async () => {
      const token = simulator.issueToken(EMAIL);
      simulator.graceRequests = 0;
      for (const after of [false, true]) {
        const held = simulator.hold('refreshsession', { after });
        const old = after ? token : simulator.issueToken(EMAIL);
        const answer = call('user/refreshsession', old);
        await until('the request', () => held.isAsked);
        assert.equal(simulator.isValid(old), !after);
        assert.equal(simulator.requests.at(-1)?.status, null);
        held.release();
        assert.ok(simulator.isValid(await (await answer).text()));
      }
      assert.equal((await call('hub/lan_ip')).status, 200);
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

    it('leave the work undone, or come after it', async () => {
      simulator.graceRequests = 0;
      const token = simulator.issueToken(EMAIL);
      simulator.fault('refreshsession', { times: 1, status: 502 });
      simulator.fault('refreshsession', { times: 1, status: 502, after: true });
      assert.equal((await call('user/refreshsession', token)).status, 502);
      assert.ok(simulator.isValid(token));
      assert.equal((await call('user/refreshsession', token)).status, 502);
      assert.equal(simulator.isValid(token), false);
      simulator.fault('requestlogin', { reset: true, after: true });
      await assert.rejects(askForCode());
      assert.equal(simulator.mails.length, 1);
    });
  });

  it('notes every request', async () => {
    const token = simulator.issueToken(EMAIL);
    await logIn('WRONG1');
    await call('user/hubkeys', token);
    await fetch(`http://${firstHub().host}/hub`);
    await call('nothing');
    const [login, keys, hub, unknown] = simulator.requests;
    assert.deepEqual(
      { ...login, at: 0 },
      {
        at: 0,
        call: 'emaillogin',
        method: 'POST',
        path: '/ui/0.2/user/emaillogin',
        status: 401,
        contentType: 'application/json',
        body: JSON.stringify({ email: EMAIL, password: 'WRONG1' }),
      },
    );
    assert.equal(keys?.token, token);
    assert.deepEqual([hub?.call, hub?.hubId], ['hub', firstHub().id]);
    assert.deepEqual([unknown?.call, unknown?.status], ['unknown', 404]);
    assert.deepEqual([simulator.count('hubkeys'), simulator.count('logout'), simulator.count('*')], [1, 0, 4]);
    simulator.clearRequests();
    assert.deepEqual([simulator.count('hubkeys'), simulator.requests.length], [0, 0]);
  });

  it('shows the mails, newest first and escaped', async () => {
    assert.match(await (await fetch(simulator.mailboxUrl)).text(), /No mail yet/);
    await askForCode('"<b>old</b>"@example.fi');
    await askForCode(EMAIL);
    simulator.codeLifeMs = 0;
    const answer = await fetch(simulator.mailboxUrl);
    assert.match(answer.headers.get('content-type') ?? '', /^text\/html/);
    const page = await answer.text();
    const codes = [...page.matchAll(/data-code="(\w+)" data-state="expired"/g)].map(([, code]) => code);
    assert.deepEqual(codes, [simulator.latestCode(EMAIL), simulator.mails[0]?.code]);
    assert.doesNotMatch(page, /<b>old/);
    assert.equal(simulator.count('*'), 2);
  });

  describe('control interface', () => {
    const post = (command: string, body?: unknown) =>
      fetch(`${simulator.controlUrl}/${command}`, {
        method: 'POST',
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });

    it('tells the state', async () => {
      await askForCode();
      const state = (await (await fetch(`${simulator.controlUrl}/state?requests=1`)).json()) as Record<string, unknown>;
      assert.equal(state['cloudUrl'], simulator.cloudUrl);
      assert.deepEqual(state['counts'], { requestlogin: 1 });
      assert.deepEqual(state['mails'], simulator.mails);
      assert.deepEqual(state['requests'], simulator.requests);
      assert.deepEqual((state['hubs'] as { host: string }[])[1]?.host, simulator.hubs[1]?.host);
    });

    it('plans faults, revokes tokens and changes settings', async () => {
      const token = simulator.issueToken(EMAIL);
      assert.equal((await post('fault', { call: 'hubkeys', fault: { status: 503 } })).status, 200);
      assert.equal((await call('user/hubkeys', token)).status, 503);
      await post('clear-faults');
      assert.equal((await call('user/hubkeys', token)).status, 200);
      await post('revoke-all');
      assert.equal(simulator.isValid(token), false);
      await post('reinstate', { token });
      assert.equal(simulator.isValid(token), true);
      const issued = (await (await post('issue-token', { email: EMAIL })).json()) as string;
      assert.equal(simulator.isValid(issued), true);
      await post('settings', { tokenLifeMs: 5000, graceRequests: null, lanIpForm: 'empty' });
      assert.deepEqual(
        [simulator.tokenLifeMs, simulator.graceRequests, simulator.lanIpForm],
        [5000, Infinity, 'empty'],
      );
      await post('next-code', { code: '000001' });
      await askForCode();
      assert.equal(simulator.latestCode(EMAIL), '000001');
      await post('clear-requests');
      assert.equal(simulator.count('*'), 0);
    });

    it('switches hubs', async () => {
      const hub = firstHub();
      await post('hub', { id: hub.id, action: 'offline' });
      assert.equal(hub.isOnline, false);
      const { name } = (await (await post('hub', { id: hub.id, action: 'rename', name: 'Uusi' })).json()) as {
        name: string;
      };
      assert.equal(name, 'Uusi');
    });

    it('refuses what makes no sense', async () => {
      for (const [command, body] of [
        ['fault', { call: 'hubkeys', fault: { statsu: 503 } }],
        ['fault', { call: 'nothing', fault: {} }],
        ['settings', { latencyMs: -1 }],
        ['settings', { stop: 1 }],
        ['hub', { id: 'nothing', action: 'offline' }],
        ['revoke', []],
      ] as const) {
        assert.equal((await post(command, body)).status, 400, command);
      }
      assert.equal((await post('nothing')).status, 404);
      assert.equal((await fetch(`${simulator.controlUrl}/revoke-all`)).status, 405);
    });
  });

  describe('start and stop', () => {
    it('ends what hangs and leaves no port open', async () => {
      simulator.fault('*', { times: 1, hang: true });
      simulator.hold('*');
      simulator.fault('*', { delayMs: 60_000 });
      const calls = [
        call('hub/lan_ip'),
        call('hub/lan_ip'),
        call('hub/lan_ip'),
        fetch(`http://${firstHub().host}/hub`),
      ];
      const results = Promise.allSettled(calls);
      await until('the requests', () => simulator.count('*') === 4);
      const ports = [Number(new URL(simulator.origin).port), ...simulator.hubs.map(({ port }) => port)];
      await simulator.stop();
      assert.deepEqual(
        (await results).map(({ status }) => status),
        ['rejected', 'rejected', 'rejected', 'rejected'],
      );
      for (const port of ports) {
        const server = createServer().listen(port, '127.0.0.1');
        await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
        await new Promise((resolve) => server.close(resolve));
      }
      await simulator.stop();
    });

    it('takes the cloud away and brings it back as it was', async () => {
      const token = simulator.issueToken(EMAIL);
      await simulator.goOffline();
      await assert.rejects(call('user/hubkeys', token));
      await simulator.goOnline();
      assert.equal((await call('user/hubkeys', token)).status, 200);
    });

    it('fails for a taken port or an address of the outside world', async () => {
      const port = Number(new URL(simulator.origin).port);
      await assert.rejects(Simulator.start({ port }), { code: 'EADDRINUSE' });
      await assert.rejects(Simulator.start({ hubs: [{ address: '0.0.0.0' }] }), /not within/);
      await assert.rejects(Simulator.start({ hubs: [{}, { port }] }), { code: 'EADDRINUSE' });
    });
  });
});
