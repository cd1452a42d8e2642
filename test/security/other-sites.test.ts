import assert from 'node:assert/strict';
import type { OutgoingHttpHeaders } from 'node:http';
import { request, Stage, type Reply } from '../live/harness';

const EVIL = 'https://evil.example';

/** Headers that browsers send with a request from a page of another site. */
const FROM_ELSEWHERE: [string, OutgoingHttpHeaders][] = [
  ['a page that fetches', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'cors', Origin: EVIL }],
  ['a page that fetches, in an old browser', { Origin: EVIL, Referer: `${EVIL}/` }],
  ['a page that opens a window or a frame', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' }],
  ['a sandboxed frame', { Origin: 'null' }],
  ['another site of the same domain', { 'Sec-Fetch-Site': 'same-site', Origin: 'http://127.0.0.1:1' }],
  ['a page that calls itself by our name', { 'Sec-Fetch-Site': 'cross-site', 'X-Forwarded-Host': 'evil.example' }],
  // For images, scripts and no-cors requests, browsers identify the site only over encrypted or local connections.
  ['an image of a page, at a LAN address over plain HTTP', {}],
];

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

describe('other web sites', () => {
  let stage: Stage;
  const ask = (method: string, below: string, headers: OutgoingHttpHeaders, body?: unknown): Promise<Reply> =>
    request(method, `${stage.nodeRed.url}/cozify/accounts/${stage.accountId}${below}`, body, headers);

  before(async () => {
    stage = await Stage.open();
    await stage.newLogin();
  });
  after(() => stage.close());

  it('get no data and have no effect, however a page sends the request', async () => {
    const requests = stage.simulator.count('*');
    for (const [who, headers] of FROM_ELSEWHERE) {
      for (const below of GETS) {
        for (const method of ['GET', 'HEAD']) {
          const reply = await ask(method, below, headers);
          assert.equal(reply.status, 403, `${who}: ${method} ${below}`);
          for (const word of [stage.email, 'authenticated', 'hubs', 'versions']) {
            assert.ok(!reply.text.includes(word), `${who}: ${method} ${below}: ${word}`);
          }
        }
      }
      for (const [below, body] of POSTS) {
        assert.equal((await ask('POST', below, headers, body)).status, 403, `${who}: ${below}`);
        for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
          const reply = await ask('POST', below, { ...headers, 'Content-Type': type }, JSON.stringify(body));
          assert.ok(reply.status === 403 || reply.status === 415, `${who}: ${below} ${type}: ${reply.status}`);
        }
      }
      const node = await request('POST', `${stage.nodeRed.url}/cozify/nodes/any/test`, {}, headers);
      assert.equal(node.status, 403, `${who}: the test of a node`);
    }
    assert.equal(stage.simulator.count('*'), requests, 'the cloud was asked nothing');
    assert.equal((await stage.snapshot()).state, 'authenticated');
  });

  it('get no permission from a preflight that Node-RED answers for every site', async () => {
    const preflight = await ask('OPTIONS', '/reset', {
      ...{ Origin: EVIL, 'Access-Control-Request-Method': 'POST' },
      'Access-Control-Request-Headers': 'content-type, x-forwarded-host',
    });
    // The settings of this Node-RED allow requests from all sites (CORS), so only the routes of this package can refuse them.
    assert.equal(preflight.headers['access-control-allow-origin'], '*');
    assert.equal((await ask('POST', '/reset', { Origin: EVIL }, {})).status, 403);
    assert.equal((await stage.snapshot()).state, 'authenticated');
  });

  it('have no effect with another method or a method-override header', async () => {
    const requests = stage.simulator.count('*');
    const own = { 'X-Requested-With': 'XMLHttpRequest' };
    for (const method of ['PUT', 'DELETE', 'PATCH', 'GET']) {
      for (const below of ['/otp', '/authenticate', '/reset']) {
        const reply = await ask(method, below, own, method === 'GET' ? undefined : {});
        assert.equal(reply.status, 404, `${method} ${below}`);
      }
    }
    await ask('GET', '', { ...own, 'X-HTTP-Method-Override': 'POST', 'X-Method-Override': 'DELETE' });
    assert.equal(stage.simulator.count('*'), requests);
    assert.equal((await stage.snapshot()).state, 'authenticated');
  });
});
