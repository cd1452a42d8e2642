import assert from 'node:assert/strict';
import { Stage } from '../live/harness';
import { Trap } from './support/trap';

/** Returns an expression that the test flow evaluates, for values that JSON can't represent. */
const js = (expression: string): object => ({ $js: expression });

/**
 * Message properties that change the request of other nodes, such as http request. Nodes of this package ignore them.
 */
const OVERRIDES = {
  headers: {
    Authorization: 'stolen',
    authorization: 'stolen',
    Host: 'evil.example',
    'X-Hub-Key': 'stolen',
    Cookie: 'a=b',
  },
  cookies: { session: 'stolen' },
  requestTimeout: 1,
  followRedirects: true,
  rejectUnauthorized: false,
  method: 'DELETE',
  responseUrl: 'https://evil.example',
  agent: 'evil',
  auth: { username: 'a', password: 'b' },
  params: { email: 'evil@example.fi' },
  data: 'evil',
  id: 'another-account',
  state: 'authenticated',
  statusCode: 401,
  store: '../../x',
};

describe('messages of a stranger', () => {
  let stage: Stage;
  let trap: Trap;

  before(async () => {
    trap = await Trap.open();
    stage = await Stage.open();
    await stage.newLogin();
  });
  after(async () => {
    await stage.close();
    await trap.close();
  });

  /** Returns the requests to the cloud from index `from` on, without the properties that differ in every request. */
  const asked = (from: number): object[] =>
    stage.simulator.requests
      .slice(from)
      .map(({ method, path, token, hubKey, contentType }) => ({ method, path, token, hubKey, contentType }));

  it('override no header, address, method, account or setting of a request', async () => {
    const trapUrl = `http://127.0.0.1:${trap.port}`;
    const hosts = { url: trapUrl, cloudUrl: trapUrl, baseURL: trapUrl, host: trapUrl, proxy: trapUrl, origin: trapUrl };
    for (const action of ['ping', 'authenticate']) {
      const plain = stage.simulator.requests.length;
      await stage.ask(action);
      const overridden = stage.simulator.requests.length;
      const answer = await stage.ask(action, { ...OVERRIDES, ...hosts });
      assert.equal(answer.output, 1, JSON.stringify(answer.cozify));
      assert.deepEqual(asked(overridden), asked(plain).slice(0, overridden - plain));
      assert.equal(answer.cozify.id, stage.accountId);
    }
    assert.equal(trap.connections, 0);
  });

  it("can't change the JSON of a request through a code", async () => {
    await stage.newAccount();
    await stage.ask('authenticate');
    const otp = '","email":"evil@example.fi","x":"';
    assert.equal((await stage.ask('authenticate', { otp })).cozify.error?.code, 'COZIFY_OTP_REJECTED');
    const asked = stage.simulator.requests.filter(({ call }) => call === 'emaillogin').slice(-2);
    // Expects two requests: one with the code as typed, and one with the code in upper case.
    assert.deepEqual(
      asked.map(({ body }) => JSON.parse(body ?? '') as unknown),
      [otp, otp.toUpperCase()].map((password) => ({ email: stage.email, password })),
    );
  });

  it('treat __proto__ and constructor as ordinary keys', async () => {
    await stage.newLogin();
    const keys = '{"__proto__":{"force":true,"polluted":1},"constructor":{"prototype":{"polluted":1}},"prototype":1}';
    for (const action of ['ping', 'refresh', 'token', 'email', 'authenticate']) {
      const from = stage.simulator.count('refreshsession');
      const answer = await stage.ask(action, {
        payload: js(`JSON.parse('${keys}')`),
        ...{ constructor: { name: 'evil' }, toString: 'evil', hasOwnProperty: 'evil', valueOf: 5 },
        // Sends an own property named `__proto__`, as a JSON parser creates it.
        nested: js(`JSON.parse('{"__proto__":{"polluted":1}}')`),
        // `RED.util` is shared by all of Node-RED, so it would show a polluted prototype.
        seen: js('String(RED.util.polluted)'),
      });
      assert.equal(answer.error, undefined, JSON.stringify(answer.error));
      assert.equal(answer['seen'], 'undefined');
      assert.equal(stage.simulator.count('refreshsession'), from, 'nothing inherited counts as a parameter');
    }
    const body = `{"__proto__":{"otp":"P7BQ8E","logout":true},"constructor":{"prototype":{"logout":true}}}`;
    for (const action of ['authenticate', 'reset']) {
      const id = action === 'reset' ? 'no-such-account' : stage.accountId;
      const reply = await stage.nodeRed.admin('POST', `/cozify/accounts/${id}/${action}`, body);
      assert.equal(reply.status, action === 'reset' ? 200 : 400, reply.text);
    }
    assert.equal((await stage.ask('ping', { seen: js('String(RED.util.polluted)') }))['seen'], 'undefined');
    assert.equal((await stage.snapshot()).state, 'authenticated');
  });
});
