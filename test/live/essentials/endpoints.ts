import assert from 'node:assert/strict';
import type { OutgoingHttpHeaders } from 'node:http';
import { accountNode, changed, Stage, until, type CozifyReport, type Reply, type NodeRedVersion } from '../harness';

/** The body of an error response. */
interface Refusal {
  code: string;
  message: string;
  retryAfter?: number;
}

type Fault = Parameters<Stage['simulator']['fault']>;

export function endpointTests(version: NodeRedVersion): void {
  describe('Admin endpoints', () => {
    let stage: Stage;
    const post = (action: string, body?: unknown, headers?: OutgoingHttpHeaders, id = stage.accountId) =>
      stage.nodeRed.admin('POST', `/cozify/accounts/${encodeURIComponent(id)}/${action}`, body, headers);
    const get = (headers?: OutgoingHttpHeaders, id = stage.accountId) =>
      stage.nodeRed.admin('GET', `/cozify/accounts/${encodeURIComponent(id)}`, undefined, headers);

    before(async () => {
      stage = await Stage.onSharedNodeRed(version);
    });
    after(() => stage.close());

    function assertRefused(reply: Reply, status: number, code: string): Refusal {
      const refusal = reply.body as Refusal;
      assert.deepEqual([reply.status, refusal.code], [status, code], reply.text);
      assert.ok(refusal.message.length > 0);
      assert.deepEqual(
        Object.keys(refusal).filter((key) => !['code', 'message', 'retryAfter'].includes(key)),
        [],
      );
      assert.doesNotMatch(reply.text, /\bat .*\.js:|node_modules/, 'no stack trace');
      assert.equal(reply.headers['cache-control'], 'no-store');
      return refusal;
    }

    it('log in and reset, and answer with the snapshot', async () => {
      await stage.newAccount();
      const before = await get();
      assert.equal(before.status, 200);
      assert.equal((before.body as CozifyReport).state, 'otp-required');
      const sent = await post('otp', {});
      assert.equal(sent.status, 202);
      assert.equal((sent.body as CozifyReport).state, 'otp-sent');
      const loggedIn = await post('authenticate', { otp: ` ${stage.code()} ` });
      assert.equal(loggedIn.status, 200);
      assert.equal((loggedIn.body as CozifyReport).state, 'authenticated');
      assert.equal((await stage.ask('ping')).output, 1, 'the login works at once');
      const reset = await post('reset', {});
      assert.equal(reset.status, 200);
      assert.equal((reset.body as CozifyReport).state, 'otp-required');
      for (const reply of [before, sent, loggedIn, reset]) {
        assert.equal(reply.headers['cache-control'], 'no-store');
        assert.equal((reply.body as CozifyReport).id, stage.accountId);
      }
    });

    it('revoke the token in a reset with logout, and change nothing if that fails', async () => {
      await stage.newLogin();
      const token = String((await stage.ask('token')).payload);
      stage.simulator.fault('logout', { reset: true, times: 1 });
      assertRefused(await post('reset', { logout: true }), 504, 'COZIFY_UNREACHABLE');
      assert.equal((await stage.snapshot()).state, 'authenticated');
      assert.equal((await post('reset', { logout: true })).status, 200);
      assert.equal(stage.simulator.isValid(token), false);
    });

    it('use the values of the deployed account by default, also from the environment', async () => {
      await stage.newAccount({ email: '${COZIFY_OWNER}' });
      assert.equal((await post('otp', {})).status, 202);
      const email = 'from-the-environment@example.fi';
      assert.equal((await post('authenticate', { otp: stage.simulator.latestCode(email) })).status, 200);
      assert.equal((await stage.snapshot()).email, email);
    });

    const FOREIGN: OutgoingHttpHeaders[] = [
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { Origin: 'http://127.0.0.1:1' },
      { Origin: 'https://evil.example', 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'https' },
      { Origin: 'https://evil.example', Forwarded: 'host=evil.example;proto=https' },
    ];
    for (const headers of FOREIGN) {
      it(`refuse requests from another web site: ${JSON.stringify(headers)}`, async () => {
        await stage.newLogin();
        const requests = stage.simulator.count('*');
        for (const [action, body] of [
          ['otp', {}],
          ['authenticate', { otp: 'P7BQ8E' }],
          ['reset', {}],
        ] as const) {
          assertRefused(await post(action, body, headers), 403, 'COZIFY_FORBIDDEN');
        }
        const reply = await get(headers);
        assertRefused(reply, 403, 'COZIFY_FORBIDDEN');
        assert.ok(!reply.text.includes(stage.email));
        assert.equal(stage.simulator.count('*'), requests);
        assert.equal((await stage.snapshot()).state, 'authenticated');
      });
    }

    it('accept requests from the editor', async () => {
      await stage.newAccount();
      const { host } = new URL(stage.nodeRed.url);
      for (const headers of [
        { 'Sec-Fetch-Site': 'same-origin' },
        { 'Sec-Fetch-Site': 'none' },
        { Origin: `http://${host}` },
        { Origin: `http://${host}`, 'Sec-Fetch-Site': 'same-origin' },
      ]) {
        assert.equal((await get(headers)).status, 200, JSON.stringify(headers));
        assert.equal((await post('reset', {}, headers)).status, 200, JSON.stringify(headers));
      }
    });

    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      undefined,
    ]) {
      it(`accept JSON only, not ${type ?? 'a POST without a type'}`, async () => {
        await stage.newLogin();
        const headers: OutgoingHttpHeaders = type === undefined ? {} : { 'Content-Type': type };
        for (const action of ['otp', 'authenticate', 'reset']) {
          const reply = await post(action, type === undefined ? undefined : '{"otp":"P7BQ8E"}', headers);
          assertRefused(reply, 415, 'COZIFY_BAD_INPUT');
        }
        assert.equal((await stage.snapshot()).state, 'authenticated');
      });
    }

    it('answer 400 to invalid input, and make no request', async () => {
      await stage.newAccount();
      const requests = stage.simulator.count('*');
      const invalid: [string, unknown][] = [
        ['otp', []],
        ['otp', { email: 5 }],
        ['otp', { email: 'nobody' }],
        ['otp', { email: null }],
        ['otp', { cloudUrl: 'http://cloud.example/' }],
        ['otp', { cloudUrl: 'https://user:pass@api.cozify.fi/ui/0.2' }],
        ['otp', { cloudUrl: 'https://api.cozify.fi/ui/0.2?x=1' }],
        ['otp', { cloudUrl: 17 }],
        ['authenticate', {}],
        ['authenticate', { otp: 123456 }],
        ['authenticate', { otp: '  ' }],
        ['authenticate', { otp: null }],
        ['reset', { logout: 'yes' }],
      ];
      for (const [action, body] of invalid) {
        const reply = await post(action, body);
        assert.deepEqual([reply.status, (reply.body as Refusal).code], [400, 'COZIFY_BAD_INPUT'], JSON.stringify(body));
      }
      assert.equal((await post('otp', '{"email":')).status, 400);
      assert.equal(stage.simulator.count('*'), requests);
      await stage.newAccount({ email: undefined });
      assertRefused(await post('otp', {}), 400, 'COZIFY_NO_EMAIL');
      assertRefused(await post('authenticate', { otp: 'P7BQ8E' }), 400, 'COZIFY_NO_EMAIL');
    });

    const TROUBLE: [number, string, string, Fault][] = [
      [422, 'COZIFY_OTP_REJECTED', 'authenticate', ['emaillogin', { status: 401 }]],
      [429, 'COZIFY_RATE_LIMITED', 'otp', ['requestlogin', { status: 429, headers: { 'Retry-After': '17' } }]],
      [502, 'COZIFY_API', 'otp', ['requestlogin', { status: 500 }]],
      [502, 'COZIFY_FORBIDDEN', 'otp', ['requestlogin', { status: 403 }]],
      [502, 'COZIFY_OBSOLETE', 'otp', ['requestlogin', { status: 410 }]],
      [502, 'COZIFY_BAD_ANSWER', 'authenticate', ['emaillogin', { status: 200, body: '<html>' }]],
      [504, 'COZIFY_UNREACHABLE', 'otp', ['requestlogin', { reset: true }]],
    ];
    for (const [status, code, action, fault] of TROUBLE) {
      it(`answer ${status} ${code} to ${JSON.stringify(fault)}`, async () => {
        await stage.newAccount();
        if (action === 'authenticate') assert.equal((await post('otp', {})).status, 202);
        stage.simulator.fault(...fault);
        const reply = await post(action, action === 'otp' ? {} : { otp: stage.code() });
        const refusal = assertRefused(reply, status, code);
        if (status !== 429) return;
        assert.equal(refusal.retryAfter, 17);
        assert.equal(reply.headers['retry-after'], '17');
      });
    }

    it('answer with a login that succeeds after a Deploy of the account', async () => {
      await stage.newAccount();
      assert.equal((await post('otp', {})).status, 202);
      const held = stage.simulator.hold('emaillogin');
      const asked = post('authenticate', { otp: stage.code() });
      await until('the login', () => held.isAsked);
      await stage.deploy(changed(stage.flows, stage.accountId, { name: 'Renamed' }), 'nodes');
      held.release();
      const reply = await asked;
      assert.deepEqual([reply.status, (reply.body as CozifyReport).state], [200, 'authenticated']);
    });

    it('answer 503 when the state can not be read', async () => {
      await stage.newAccount({ store: 'no-such-store' });
      assertRefused(await get(), 503, 'COZIFY_STORE');
      assertRefused(await post('otp', {}), 503, 'COZIFY_STORE');
    });

    it('separate two accounts', async () => {
      await stage.newLogin();
      const other = accountNode({ id: 'neighbour', email: 'neighbour@example.fi', cloudUrl: stage.simulator.cloudUrl });
      await stage.deploy([...stage.flows, other]);
      const { state, email } = (await get({}, 'neighbour')).body as CozifyReport;
      assert.deepEqual([state, email], ['otp-required', 'neighbour@example.fi']);
    });
  });
}
