import assert from 'node:assert/strict';
import helper from 'node-red-node-test-helper';
import { type AdminReply, assertRefused, EDITOR, get, getBelow, post, POSTS } from '../support/admin-client';
import { ACCOUNT, accountNode, EMAIL, testFlow } from '../support/flow';
import { Stage } from '../support/stage';

type Headers = Record<string, string>;

const PATH = `/cozify/accounts/${ACCOUNT}`;
const HOST = 'home.example:1880';
const GETS = ['', '/diagnostics', '/things', '/feed', '/recording', '/recording/file'];
const FOREIGN: Headers[] = [
  { 'Sec-Fetch-Site': 'cross-site' },
  { 'Sec-Fetch-Site': 'same-site' },
  { 'Sec-Fetch-Site': '' },
  { 'Sec-Fetch-Site': 'Same-Origin?' },
  { 'Sec-Fetch-Site': 'cross-site', Origin: `http://${HOST}` },
  { Origin: 'null' },
  { Origin: '' },
  { Origin: 'https://evil.example' },
  { Origin: 'http://home.example' },
  { Origin: 'http://home.example:1881' },
  { Origin: 'http://home.example:1880.evil.example' },
  { Origin: 'http://evil.example/home.example:1880' },
  { Origin: 'http://home.example:1880@evil.example' },
  { Origin: 'home.example:1880' },
  { Origin: 'file://' },
  { Origin: 'not an origin' },
  { Origin: 'https://evil.example', 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'https' },
  { Origin: 'https://evil.example', Forwarded: 'host=evil.example;proto=https' },
  { Origin: 'https://evil.example', Referer: `http://${HOST}/` },
];
const OWN: Headers[] = [
  { 'X-Requested-With': 'a program' },
  { 'Sec-Fetch-Site': 'same-origin' },
  { 'Sec-Fetch-Site': 'none' },
  { Origin: `http://${HOST}` },
  { Origin: `https://${HOST}` },
  { Origin: `http://${HOST.toUpperCase()}` },
  { 'Sec-Fetch-Site': 'same-origin', Origin: `http://${HOST}` },
  { 'Sec-Fetch-Site': 'same-origin', Origin: 'http://outside.example' },
];

/** Sends a request with exactly these headers, and returns the status of the answer. */
async function statusOf(method: 'get' | 'head' | 'post', path: string, headers: Headers): Promise<number> {
  return (await helper.request()[method](path).set(headers)).status;
}

describe('Admin endpoints and other web sites', () => {
  const stage = Stage.forSuite();
  before(async () => {
    await stage.load(testFlow(accountNode()));
    await stage.logIn();
  });

  for (const headers of FOREIGN) {
    it(`refuse the headers ${JSON.stringify(headers)}, and do nothing`, async () => {
      const all = { ...EDITOR, Host: HOST, ...headers };
      const requests = stage.simulator.count('*');
      for (const below of GETS) {
        const reply = await getBelow<AdminReply['body']>(below, ACCOUNT, all);
        assertRefused(reply, 403, 'COZIFY_FORBIDDEN');
        assert.ok(!reply.text.includes(EMAIL));
        assert.equal(await statusOf('head', `${PATH}${below}`, all), 403, below);
      }
      assertRefused(await get('nobody', all), 403, 'COZIFY_FORBIDDEN');
      for (const action of POSTS) {
        assertRefused(await post(action, { otp: 'P7BQ8E' }, ACCOUNT, all), 403, 'COZIFY_FORBIDDEN');
      }
      assert.equal(await statusOf('post', '/cozify/nodes/any/test', all), 403);
      assert.equal(stage.simulator.count('*'), requests);
      assert.equal((await stage.account().readSnapshot()).state, 'authenticated');
    });
  }

  it('refuse a request without these headers, such as that of an image in a page', async () => {
    assert.equal(await statusOf('get', PATH, {}), 403);
  });

  for (const headers of OWN) {
    it(`accept the headers ${JSON.stringify(headers)}`, async () => {
      const all = { Host: HOST, ...headers };
      assert.equal((await get(ACCOUNT, all)).status, 200);
      assert.equal((await post('authenticate', {}, ACCOUNT, all)).body.code, 'COZIFY_BAD_INPUT');
    });
  }

  it('accept an origin with the default port', async () => {
    for (const [Host, Origin] of [
      ['home.example', 'http://home.example'],
      ['home.example:80', 'http://home.example'],
      ['home.example', 'https://home.example'],
      ['home.example:443', 'https://home.example'],
      ['[::1]:1880', 'http://[::1]:1880'],
    ] as const) {
      assert.equal((await get(ACCOUNT, { Host, Origin })).status, 200, `${Host} ${Origin}`);
    }
    assertRefused(
      await get(ACCOUNT, { Host: 'home.example', Origin: 'http://home.example:1880' }),
      403,
      'COZIFY_FORBIDDEN',
    );
  });
});
