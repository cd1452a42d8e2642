import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { sleep, until } from '../support/wait';
import { Simulator, TOKEN_LIFE_MS } from './index';
import { Caller, claimsOf, EMAIL, firstHub } from './support';

describe('Simulator', () => {
  let simulator: Simulator;
  let now: number;
  const caller = Caller.forSuite(() => {
    now = Date.now();
    return { now: () => now };
  });
  beforeEach(() => ({ simulator } = caller));

  describe('login', () => {
    it('mails a code for an address in the query', async () => {
      const answer = await caller.askForCode();
      assert.equal(answer.status, 200);
      assert.equal(await answer.json(), null);
      assert.equal(simulator.mails[0]?.to, EMAIL);
      assert.match(simulator.latestCode(EMAIL), /^[A-Z0-9]{6}$/);
    });

    it('requires the address in the query, not in a form or JSON body', async () => {
      for (const body of [new URLSearchParams({ email: EMAIL }), JSON.stringify({ email: EMAIL })]) {
        const answer = await caller.call('user/requestlogin', undefined, { method: 'POST', body });
        assert.equal(answer.status, 500);
        assert.deepEqual(await answer.json(), { code: 1, message: 'General error' });
      }
      assert.throws(() => simulator.latestCode(EMAIL));
    });

    it('returns a token for a code once', async () => {
      await caller.askForCode();
      const code = simulator.latestCode(EMAIL);
      const answer = await caller.logIn(code);
      assert.equal(answer.status, 200);
      assert.match(answer.headers.get('content-type') ?? '', /^text\/plain/);
      assert.ok(simulator.isValid(await answer.text()));
      assert.equal(simulator.mails[0]?.used, true);
      const again = await caller.logIn(code);
      assert.equal(again.status, 401);
      assert.equal(((await again.json()) as { code: number }).code, 401);
    });

    it('accepts a form, and keeps a leading zero', async () => {
      simulator.nextCode('012345');
      await caller.askForCode();
      assert.equal((await caller.logIn(12345)).status, 400);
      assert.equal((await caller.logIn('12345')).status, 401);
      const body = new URLSearchParams({ email: EMAIL, password: '012345' });
      assert.equal((await caller.call('user/emaillogin', undefined, { method: 'POST', body })).status, 200);
    });

    it('accepts address and code in the query, as in early python-cozify', async () => {
      await caller.askForCode();
      const logInWith = (password: string) => {
        const query = new URLSearchParams({ email: EMAIL, password }).toString();
        return caller.call(`user/emaillogin?${query}`, undefined, { method: 'POST' });
      };
      assert.equal((await logInWith('WRONG1')).status, 401);
      assert.equal((await logInWith(simulator.latestCode(EMAIL))).status, 200);
    });

    it('refuses a wrong, foreign or expired code with the chosen status', async () => {
      await caller.askForCode();
      simulator.rejectedCodeStatus = 403;
      assert.equal((await caller.logIn('WRONG1')).status, 403);
      assert.equal((await caller.logIn(simulator.latestCode(EMAIL), 'other@example.fi')).status, 403);
      now += simulator.codeLifeMs;
      assert.equal((await caller.logIn(simulator.latestCode(EMAIL))).status, 403);
      await caller.askForCode();
      assert.equal((await caller.logIn(simulator.latestCode(EMAIL))).status, 200);
    });
  });

  describe('tokens', () => {
    it('are HS512 tokens that are valid for 28 days and 10 minutes', () => {
      const token = simulator.issueToken(EMAIL);
      const claims = claimsOf(token);
      const header = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { alg: string };
      assert.equal(header.alg, 'HS512');
      assert.equal(claims['iss'], 'Cloud');
      assert.equal(Number(claims['exp']) - Number(claims['iat']), TOKEN_LIFE_MS / 1000);
      assert.equal(claims['user_id'], claimsOf(simulator.issueToken(EMAIL.toUpperCase()))['user_id']);
      assert.notEqual(claims['user_id'], claimsOf(simulator.issueToken('other@example.fi'))['user_id']);
    });

    it('are accepted without a prefix only', async () => {
      const token = simulator.issueToken(EMAIL);
      assert.equal((await caller.call('user/hubkeys', token)).status, 200);
      for (const wrong of [undefined, '', 'nonsense', `Bearer ${token}`, `${token}x`]) {
        const answer = await caller.call('user/hubkeys', wrong);
        assert.equal(answer.status, 401);
        assert.equal(typeof ((await answer.json()) as { message: unknown }).message, 'string');
      }
    });

    it('expire', async () => {
      const { tokenLifeMs } = simulator;
      const token = simulator.issueToken(EMAIL);
      assert.ok(simulator.isValid(token));
      now += tokenLifeMs;
      assert.equal((await caller.call('user/refreshsession', token)).status, 401);
      const past = Math.floor(now / 1000) - 1;
      assert.equal(simulator.isValid(simulator.issueToken(EMAIL, { iat: past - 100, exp: past })), false);
    });

    it('are renewed, and the old one is valid for some more requests', async () => {
      simulator.graceRequests = 3;
      const old = simulator.issueToken(EMAIL);
      const renewed = await (await caller.call('user/refreshsession', old)).text();
      assert.notEqual(renewed, old);
      const statuses: number[] = [];
      for (const token of [old, renewed, old, old, renewed])
        statuses.push((await caller.call('user/hubkeys', token)).status);
      assert.deepEqual(statuses, [200, 200, 200, 401, 200]);
    });

    it('are revoked by a refresh immediately or never', async () => {
      for (const [graceRequests, isOldValid] of [
        [0, false],
        [Infinity, true],
      ] as const) {
        simulator.graceRequests = graceRequests;
        const old = simulator.issueToken(EMAIL);
        await caller.call('user/refreshsession', old);
        assert.equal(simulator.isValid(old), isOldValid);
      }
    });

    it('are revoked by a logout or the test, and can be reinstated', async () => {
      const [first, second] = [simulator.issueToken(EMAIL), simulator.issueToken(EMAIL)];
      assert.equal((await caller.call('user/logout', first, { method: 'PUT' })).status, 200);
      assert.equal((await caller.call('user/logout', first, { method: 'PUT' })).status, 401);
      assert.ok(simulator.isValid(second));
      simulator.revokeAll();
      assert.equal(simulator.isValid(second), false);
      simulator.reinstate(second);
      assert.equal((await caller.call('user/hubkeys', second)).status, 200);
      simulator.revoke(second);
      assert.equal(simulator.isValid(second), false);
    });

    it('can be any string', async () => {
      simulator.acceptToken('opaque-token-of-some-kind', EMAIL);
      assert.equal((await caller.call('user/hubkeys', 'opaque-token-of-some-kind')).status, 200);
    });
  });

  it('refuses other versions, paths and methods', async () => {
    const token = simulator.issueToken(EMAIL);
    const old = await fetch(`${simulator.origin}/ui/0.1/user/hubkeys`, { headers: { Authorization: token } });
    assert.equal(old.status, 410);
    assert.equal((await caller.call('user/nothing', token)).status, 404);
    assert.equal((await caller.call('user/hubkeys', token, { method: 'POST' })).status, 405);
    assert.equal((await caller.call('user/logout', token)).status, 405);
    assert.ok(simulator.isValid(token));
  });

  it('records every request', async () => {
    const token = simulator.issueToken(EMAIL);
    await caller.logIn('WRONG1');
    await caller.call('user/hubkeys', token);
    await fetch(`http://${firstHub(simulator).host}/hub`);
    await caller.call('nothing');
    const [login, keys, hub, unknown] = simulator.requests;
    assert.deepEqual(
      { ...login, at: 0 },
      {
        at: 0,
        call: 'emaillogin',
        from: '127.0.0.1',
        method: 'POST',
        path: '/ui/0.2/user/emaillogin',
        status: 401,
        contentType: 'application/json',
        body: JSON.stringify({ email: EMAIL, password: 'WRONG1' }),
      },
    );
    assert.equal(keys?.token, token);
    assert.deepEqual([hub?.call, hub?.hubId], ['hub', firstHub(simulator).id]);
    assert.deepEqual([unknown?.call, unknown?.status], ['unknown', 404]);
    assert.deepEqual([simulator.count('hubkeys'), simulator.count('logout'), simulator.count('*')], [1, 0, 4]);
    simulator.clearRequests();
    assert.deepEqual([simulator.count('hubkeys'), simulator.requests.length], [0, 0]);
  });

  it('shows the mails, newest first and escaped', async () => {
    assert.match(await (await fetch(simulator.mailboxUrl)).text(), /No mail yet/);
    await caller.askForCode('"<b>old</b>"@example.fi');
    await caller.askForCode(EMAIL);
    simulator.codeLifeMs = 0;
    const answer = await fetch(simulator.mailboxUrl);
    assert.match(answer.headers.get('content-type') ?? '', /^text\/html/);
    const page = await answer.text();
    const codes = [...page.matchAll(/data-code="(\w+)" data-state="expired"/g)].map(([, code]) => code);
    assert.deepEqual(codes, [simulator.latestCode(EMAIL), simulator.mails[0]?.code]);
    assert.doesNotMatch(page, /<b>old/);
    assert.equal(simulator.count('*'), 2);
  });

  describe('start and stop', () => {
    it('ends hanging calls and leaves no port open', async () => {
      simulator.fault('*', { times: 1, hang: true });
      simulator.hold('*');
      simulator.fault('*', { delayMs: 60_000 });
      const calls = [
        caller.call('hub/lan_ip'),
        caller.call('hub/lan_ip'),
        caller.call('hub/lan_ip'),
        fetch(`http://${firstHub(simulator).host}/hub`),
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

    it('takes the cloud offline and online again with the same state', async () => {
      const token = simulator.issueToken(EMAIL);
      await simulator.goOffline();
      await assert.rejects(caller.call('user/hubkeys', token));
      await simulator.goOnline();
      assert.equal((await caller.call('user/hubkeys', token)).status, 200);
    });

    it('waits for its port when another server has taken it', async () => {
      const port = Number(new URL(simulator.origin).port);
      await simulator.goOffline();
      const stranger = createServer().listen(port, '127.0.0.1');
      await once(stranger, 'listening');
      const online = simulator.goOnline();
      await sleep(100);
      stranger.close();
      await online;
      assert.equal((await caller.call('user/hubkeys', simulator.issueToken(EMAIL))).status, 200);
    });

    it('fails for a taken port or an address outside of the loopback network', async () => {
      const port = Number(new URL(simulator.origin).port);
      await assert.rejects(Simulator.start({ port }), { code: 'EADDRINUSE' });
      await assert.rejects(Simulator.start({ hubs: [{ address: '0.0.0.0' }] }), /not within/);
      await assert.rejects(Simulator.start({ hubs: [{}, { port }] }), { code: 'EADDRINUSE' });
    });
  });
});
