import assert from 'node:assert/strict';
import type { OutgoingHttpHeaders } from 'node:http';
import { Stage, type Reply } from '../live/harness';

const EVIL = 'https://evil.example';
const OWNER: OutgoingHttpHeaders = { Authorization: 'Bearer owner' };

/** What browsers send along with what a page of another site asks for. */
const FROM_ELSEWHERE: [string, OutgoingHttpHeaders][] = [
  ['a page that fetches', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'cors', Origin: EVIL }],
  ['a page that fetches, in an old browser', { Origin: EVIL, Referer: `${EVIL}/` }],
  ['a page that opens a window or a frame', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' }],
  ['a sandboxed frame', { Origin: 'null' }],
  ['another site of the same domain', { 'Sec-Fetch-Site': 'same-site', Origin: 'http://127.0.0.1:1' }],
  ['a page that calls itself by our name', { 'Sec-Fetch-Site': 'cross-site', 'X-Forwarded-Host': 'evil.example' }],
];

for (const [name, auth] of [
  ['without adminAuth', undefined],
  ['with adminAuth and a token that is good', OWNER],
] as const) {
  describe(`other web sites, on Node-RED 4.1 ${name}`, () => {
    let stage: Stage;
    const at = (below: string): string => `/cozify/accounts/${stage.accountId}${below}`;
    const ask = (method: string, below: string, headers: OutgoingHttpHeaders, body?: unknown): Promise<Reply> =>
      stage.nodeRed.admin(method, at(below), body, headers);

    before(async () => {
      stage = await Stage.open(auth === undefined ? {} : { nodeRed: { settings: { adminUsers: { owner: '*' } } } });
      if (auth !== undefined) stage.nodeRed.adminHeaders = auth;
      await stage.newLogin();
    });
    after(() => stage.close());

    for (const [who, headers] of FROM_ELSEWHERE) {
      it(`${who} reads nothing and does nothing`, async () => {
        const requests = stage.simulator.count('*');
        for (const below of ['', '/diagnostics']) {
          for (const method of ['GET', 'HEAD']) {
            const reply = await ask(method, below, headers);
            assert.equal(reply.status, 403, `${method} ${below}`);
            for (const word of [stage.email, 'authenticated', 'hubs', 'versions']) {
              assert.ok(!reply.text.includes(word), `${method} ${below}: ${word}`);
            }
          }
        }
        for (const [below, body] of [
          ['/otp', { email: 'victim@example.fi' }],
          ['/authenticate', { otp: 'P7BQ8E' }],
          ['/reset', { logout: true }],
        ] as const) {
          assert.equal((await ask('POST', below, headers, body)).status, 403, below);
          for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
            const reply = await ask('POST', below, { ...headers, 'Content-Type': type }, JSON.stringify(body));
            assert.ok(reply.status === 403 || reply.status === 415, `${below} ${type}: ${reply.status}`);
          }
        }
        assert.equal(stage.simulator.count('*'), requests, 'the cloud was asked nothing');
        assert.equal((await stage.snapshot()).state, 'authenticated');
      });
    }

    it('a preflight that Node-RED answers for everybody opens nothing', async () => {
      const preflight = await ask('OPTIONS', '/reset', {
        ...{ Origin: EVIL, 'Access-Control-Request-Method': 'POST' },
        'Access-Control-Request-Headers': 'content-type, x-forwarded-host',
      });
      // What this Node-RED allows, our routes must refuse themselves.
      if (auth === undefined) assert.equal(preflight.headers['access-control-allow-origin'], '*');
      assert.equal((await ask('POST', '/reset', { Origin: EVIL }, {})).status, 403);
      assert.equal((await stage.snapshot()).state, 'authenticated');
    });

    it('no other method does anything, nor one that another header names', async () => {
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
      it('without the token there is nothing, whatever the headers say', async () => {
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
