import assert from 'node:assert/strict';
import type { OutgoingHttpHeaders } from 'node:http';
import { request, Stage, type Reply } from '../live/harness';

const EVIL = 'https://evil.example';
const OWNER: OutgoingHttpHeaders = { Authorization: 'Bearer owner' };

/** Headers that browsers send with a request from a page of another site. */
const FROM_ELSEWHERE: [string, OutgoingHttpHeaders][] = [
  ['a page that fetches', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'cors', Origin: EVIL }],
  ['a page that fetches, in an old browser', { Origin: EVIL, Referer: `${EVIL}/` }],
  ['a page that opens a window or a frame', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' }],
  ['a sandboxed frame', { Origin: 'null' }],
  ['another site of the same domain', { 'Sec-Fetch-Site': 'same-site', Origin: 'http://127.0.0.1:1' }],
  ['a page that calls itself by our name', { 'Sec-Fetch-Site': 'cross-site', 'X-Forwarded-Host': 'evil.example' }],
];

/**
 * A request without headers that identify the requesting site. For images, scripts and no-cors requests, browsers send
 * these headers only over encrypted or local connections.
 */
const UNIDENTIFIED: [string, OutgoingHttpHeaders] = ['an image of a page, at a LAN address over plain HTTP', {}];

const GETS = ['', '/diagnostics', '/things', '/feed', '/recording', '/recording/file'];
const POSTS: [string, object][] = [
  ['/otp', { email: 'victim@example.fi' }],
  ['/authenticate', { otp: 'P7BQ8E' }],
  ['/ping', {}],
  ['/reset', { logout: true }],
  ['/resolve', { targets: [] }],
  ['/dashboard', { flows: [] }],
  ['/identify', { id: 'lamp' }],
  ['/command', { targets: [{ name: 'Lamp' }], command: 'on' }],
  ['/recording', {}],
  ['/recording/stop', {}],
];

for (const [name, auth] of [
  ['without adminAuth', undefined],
  ['with adminAuth and a token that is good', OWNER],
] as const) {
  describe(`other web sites, on Node-RED 4.1 ${name}`, () => {
    let stage: Stage;
    const at = (below: string): string => `/cozify/accounts/${stage.accountId}${below}`;
    const ask = (method: string, below: string, headers: OutgoingHttpHeaders, body?: unknown): Promise<Reply> =>
      request(method, stage.nodeRed.url + at(below), body, { ...stage.nodeRed.adminHeaders, ...headers });

    before(async () => {
      stage = await Stage.open(auth === undefined ? {} : { nodeRed: { settings: { adminUsers: { owner: '*' } } } });
      if (auth !== undefined) stage.nodeRed.adminHeaders = auth;
      await stage.newLogin();
    });
    after(() => stage.close());

    for (const [who, headers] of auth === undefined ? [...FROM_ELSEWHERE, UNIDENTIFIED] : FROM_ELSEWHERE) {
      it(`get no data and have no effect: ${who}`, async () => {
        const requests = stage.simulator.count('*');
        for (const below of GETS) {
          for (const method of ['GET', 'HEAD']) {
            const reply = await ask(method, below, headers);
            assert.equal(reply.status, 403, `${method} ${below}`);
            for (const word of [stage.email, 'authenticated', 'hubs', 'versions']) {
              assert.ok(!reply.text.includes(word), `${method} ${below}: ${word}`);
            }
          }
        }
        for (const [below, body] of POSTS) {
          assert.equal((await ask('POST', below, headers, body)).status, 403, below);
          for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
            const reply = await ask('POST', below, { ...headers, 'Content-Type': type }, JSON.stringify(body));
            assert.ok(reply.status === 403 || reply.status === 415, `${below} ${type}: ${reply.status}`);
          }
        }
        const node = await request(
          'POST',
          `${stage.nodeRed.url}/cozify/nodes/any/test`,
          {},
          {
            ...stage.nodeRed.adminHeaders,
            ...headers,
          },
        );
        assert.equal(node.status, 403, 'the test of a node');
        assert.equal(stage.simulator.count('*'), requests, 'the cloud was asked nothing');
        assert.equal((await stage.snapshot()).state, 'authenticated');
      });
    }

    it('get no permission from a preflight that Node-RED answers for every site', async () => {
      const preflight = await ask('OPTIONS', '/reset', {
        ...{ Origin: EVIL, 'Access-Control-Request-Method': 'POST' },
        'Access-Control-Request-Headers': 'content-type, x-forwarded-host',
      });
      // This Node-RED permits requests of all sites (CORS), so the routes of this package must refuse them themselves.
      if (auth === undefined) assert.equal(preflight.headers['access-control-allow-origin'], '*');
      assert.equal((await ask('POST', '/reset', { Origin: EVIL }, {})).status, 403);
      assert.equal((await stage.snapshot()).state, 'authenticated');
    });

    it('have no effect with another method or a method-override header', async () => {
      const requests = stage.simulator.count('*');
      for (const method of ['PUT', 'DELETE', 'PATCH', 'GET']) {
        for (const below of ['/otp', '/authenticate', '/reset']) {
          const reply = await ask(method, below, {}, method === 'GET' ? undefined : {});
          assert.equal(reply.status, 404, `${method} ${below}`);
        }
      }
      await ask('GET', '', { 'X-HTTP-Method-Override': 'POST', 'X-Method-Override': 'DELETE' });
      assert.equal(stage.simulator.count('*'), requests);
      assert.equal((await stage.snapshot()).state, 'authenticated');
    });

    if (auth !== undefined) {
      it('leave the API open to a program with the token', async () => {
        assert.equal((await ask('GET', '', {})).status, 200);
      });

      it('get nothing without the token, whatever the headers are', async () => {
        for (const headers of [
          { 'Sec-Fetch-Site': 'same-origin' },
          { 'Sec-Fetch-Site': 'none', 'X-Forwarded-For': '127.0.0.1' },
          { Origin: stage.nodeRed.url, Cookie: 'access_token=owner' },
          { Authorization: 'Basic b3duZXI6b3duZXI=' },
        ]) {
          for (const below of ['', '/diagnostics']) {
            const reply = await ask('GET', below, { Authorization: '', ...headers });
            assert.deepEqual([reply.status, reply.text.includes(stage.email)], [401, false]);
          }
          assert.equal((await ask('POST', '/reset', { Authorization: '', ...headers }, {})).status, 401);
        }
        assert.equal((await stage.snapshot()).state, 'authenticated');
      });
    }
  });
}
