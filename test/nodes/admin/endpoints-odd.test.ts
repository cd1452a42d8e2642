import assert from 'node:assert/strict';
import helper from 'node-red-node-test-helper';
import { serveEndpoints } from '../../../nodes/admin/lazy-endpoints';
import type { AccountRegistry } from '../../../nodes/accounts/account-registry';
import { CozifyError } from '../../../src/index.js';
import sinon from 'sinon';
import { assertRefused, assertSnapshot, EDITOR, get, getBelow, post } from '../support/admin-client';
import { ACCOUNT, accountNode, EMAIL, testFlow } from '../support/flow';
import { Simulator } from '../../simulator';
import { Stage } from '../support/stage';

describe('Admin endpoints: odd requests and accounts', () => {
  const stage = Stage.forSuite();
  beforeEach(() => stage.load(testFlow(accountNode({ name: 'Koti' }))));
  afterEach(() => sinon.restore());

  it('answer HEAD like GET, without a body', async () => {
    for (const path of [`/cozify/accounts/${ACCOUNT}`, `/cozify/accounts/${ACCOUNT}/diagnostics`]) {
      const reply = await helper.request().head(path).set(EDITOR);
      assert.deepEqual([reply.status, reply.headers['cache-control']], [200, 'no-store']);
    }
  });

  it('refuse an id with invalid encoding, without a stack trace', async () => {
    const reply = await helper.request().get('/cozify/accounts/%E0%A4%A').set(EDITOR);
    assert.equal(reply.status, 400);
    assert.equal(reply.headers['cache-control'], 'no-store');
    assert.deepEqual(JSON.parse(reply.text), {
      code: 'COZIFY_BAD_INPUT',
      message: 'The URL should be encoded correctly, and the body should be a JSON object.',
    });
  });

  for (const [input, body, headers, status] of [
    ['malformed JSON', '{"email":', {}, 400],
    ['null', 'null', {}, 400],
    ['a number', '5', {}, 400],
    ['a body of 6 MB', JSON.stringify({ email: 'x'.repeat(6_000_000) }), {}, 413],
    ['an unknown charset', '{}', { 'Content-Type': 'application/json; charset=latin1' }, 415],
  ] as [string, string, Record<string, string>, number][]) {
    it(`refuse ${input} without a stack trace, and do nothing`, async () => {
      await stage.logIn();
      for (const action of ['otp', 'authenticate', 'ping', 'reset']) {
        assertRefused(await post(action, body, ACCOUNT, headers), status, 'COZIFY_BAD_INPUT');
      }
      assert.equal((await stage.account().readSnapshot()).state, 'authenticated');
    });
  }

  it('refuse a foreign request before they read its body', async () => {
    const reply = await post('reset', 'null', ACCOUNT, { 'Sec-Fetch-Site': 'cross-site' });
    assertRefused(reply, 403, 'COZIFY_FORBIDDEN');
  });

  it('leave errors of other paths to Node-RED', async () => {
    const reply = await helper.request().get('/somewhere/%E0%A4%A').set(EDITOR);
    assert.doesNotMatch(reply.text, /COZIFY/);
  });

  it('treat a very long id as an account without a login', async () => {
    for (const id of ['x'.repeat(300), 'ä'.repeat(60)]) assertSnapshot(await get(id), 200, 'otp-required');
  });

  it('send Retry-After with a 429 even if the cloud named no time', async () => {
    sinon.stub(stage.account(), 'requestOtp').rejects(new CozifyError('COZIFY_RATE_LIMITED', 'Slow down, please.'));
    const reply = await post('otp', {});
    assert.deepEqual([reply.headers['retry-after'], reply.body.retryAfter], ['60', 60]);
  });

  it('send the status of the cloud in a header', async () => {
    sinon
      .stub(stage.account(), 'requestOtp')
      .rejects(new CozifyError('COZIFY_API', 'No such address.', { statusCode: 404 }));
    const reply = await post('otp', {});
    assert.deepEqual([reply.status, reply.headers['cozify-status']], [502, '404']);
  });

  describe('for an account with an invalid cloudUrl', () => {
    beforeEach(() => stage.load(testFlow(accountNode({ cloudUrl: 'http://cloud.example/ui/0.2' }))));

    it('show the deployed e-mail address', async () => {
      const reply = await get();
      assertSnapshot(reply, 200, 'otp-required');
      assert.equal(reply.body.email, EMAIL);
    });

    it('refuse each action with COZIFY_BAD_INPUT, and send nothing', async () => {
      for (const body of [{}, { email: EMAIL }]) assertRefused(await post('otp', body), 400, 'COZIFY_BAD_INPUT');
      assertRefused(await post('authenticate', { otp: 'P7BQ8E' }), 400, 'COZIFY_BAD_INPUT');
    });

    it('start a pending login at another cloud, with the deployed address', async () => {
      const { cloudUrl } = stage.simulator;
      assertSnapshot(await post('otp', { cloudUrl }), 202, 'otp-sent');
      assert.equal(stage.simulator.mails.at(-1)?.to, EMAIL);
    });
  });

  describe('with a cloudUrl in the query', () => {
    const at = (cloudUrl: string) => getBelow<Record<string, unknown>>(`?cloudUrl=${encodeURIComponent(cloudUrl)}`);

    it('show the deployed login if it is at that cloud', async () => {
      await stage.logIn();
      assert.equal((await at(stage.simulator.cloudUrl)).body['state'], 'authenticated');
    });

    it('show the pending login at that cloud', async () => {
      await stage.load(testFlow(accountNode({ cloudUrl: 'http://127.0.0.1:9/ui/0.2' })));
      const { cloudUrl } = stage.simulator;
      assert.deepEqual(
        [(await at(cloudUrl)).body['state'], (await at(cloudUrl)).body['email']],
        ['otp-required', EMAIL],
      );
      await post('otp', { cloudUrl });
      assert.equal((await at(cloudUrl)).body['state'], 'otp-sent');
      assert.equal((await get()).body.state, 'otp-required', 'no code for the deployed account');
    });

    it('refuse an invalid cloudUrl', async () => {
      const { status, body } = await at('nowhere');
      assert.deepEqual([status, body['code']], [400, 'COZIFY_BAD_INPUT']);
    });
  });

  it('revoke all pending logins of an id in a reset with logout', async () => {
    const other = await Simulator.start({ hubs: [] });
    const email = 'new@example.fi';
    for (const cloud of [stage.simulator, other]) {
      const { cloudUrl } = cloud;
      await post('otp', { email, cloudUrl }, 'new');
      assert.equal((await post('authenticate', { email, cloudUrl, otp: cloud.latestCode(email) }, 'new')).status, 200);
    }
    const logouts = stage.simulator.count('logout');
    assertSnapshot(await post('reset', { logout: true }, 'new'), 200, 'otp-required');
    assert.deepEqual([stage.simulator.count('logout'), other.count('logout')], [logouts + 1, 1]);
    await other.stop();
  });

  it('show the address of a pending login in the response to otp', async () => {
    const { cloudUrl } = stage.simulator;
    const { body } = await post('otp', { email: 'waiting@example.fi', cloudUrl }, 'waits');
    assert.deepEqual([body.email, body.account], ['waiting@example.fi', 'waiting@example.fi']);
  });

  it('report a pending login in diagnostics', async () => {
    const { cloudUrl } = stage.simulator;
    await post('otp', { email: 'new@example.fi', cloudUrl }, 'new');
    const { body, text } = await get('new/diagnostics');
    const { isRunning, state, calls } = body as {
      isRunning?: boolean;
      state?: string;
      calls?: Record<string, unknown>;
    };
    assert.deepEqual([isRunning, state], [false, 'otp-sent']);
    assert.ok(calls?.['requestlogin']);
    assert.ok(!text.includes('new@example.fi'));
  });

  it("mask an e-mail address in the account's name in diagnostics", async () => {
    await stage.load(testFlow(accountNode({ name: `Koti ${EMAIL}` })));
    const { text } = await get(`${ACCOUNT}/diagnostics`);
    assert.ok(!text.includes(EMAIL), text);
  });

  it('register each route once with its permission, even if the package is installed again', () => {
    const routes: string[] = [];
    const requestHandlers: ((request: object, response: object, next: () => void) => void)[] = [];
    const route = (method: string) => (path: string, permission: string) =>
      routes.push(`${permission} ${method} ${path.replace('/cozify/accounts/:id', '')}`);
    const httpAdmin = {
      get: route('GET'),
      post: route('POST'),
      use: (path: string, handler: (typeof requestHandlers)[number]) => {
        if (path === '/cozify') requestHandlers.push(handler);
      },
      locals: {},
    };
    const RED = { httpAdmin, auth: { needsPermission: (permission: string) => permission } };
    for (let installation = 0; installation < 2; installation += 1) {
      serveEndpoints(RED as unknown as Parameters<typeof serveEndpoints>[0], {} as AccountRegistry);
      for (const handle of requestHandlers) handle({}, {}, () => undefined);
    }
    const read = ['GET ', ...['diagnostics', 'things', 'feed', 'recording'].map((path) => `GET /${path}`)];
    const asked = ['things', 'resolve', 'dashboard'].map((path) => `POST /${path}`);
    const changes = ['otp', 'authenticate', 'ping', 'reset', 'identify', 'command', 'recording', 'recording/stop'];
    const written = [...changes.map((path) => `POST /${path}`), 'POST /cozify/nodes/:id/test', 'GET /recording/file'];
    const expected = [
      ...[...read, ...asked].map((one) => `cozify.read ${one}`),
      ...written.map((one) => `cozify.write ${one}`),
    ];
    assert.deepEqual(routes.sort(), expected.sort());
  });
});
