import assert from 'node:assert/strict';
import { parseHubAddress } from '../../../src/hub/hub-address.js';
import { type Cloud, hubKeys, remote } from '../../../src/cloud/cloud-api.js';
import { createHttp, type HttpResponse } from '../../../src/http/http-client.js';
import { apiVersion, getHub, type HubRoute, lanRoute } from '../../../src/hub/hub-api.js';
import { type SimulatedHub, Simulator } from '../../simulator/index.js';
import { EMAIL, failure } from '../support/stage.js';
import { getTimeZone } from '../support/time-zone.js';

describe('hub-api: real sockets', () => {
  let simulator: Simulator;
  let hub: SimulatedHub;
  let http: ReturnType<typeof createHttp>;
  let cloud: Cloud;
  let token: string;

  beforeEach(async () => {
    simulator = await Simulator.start();
    hub = simulator.hubs[1] as SimulatedHub;
    http = createHttp();
    cloud = { baseUrl: simulator.cloudUrl, send: http.send, now: Date.now };
    token = simulator.issueToken(EMAIL);
  });

  afterEach(async () => {
    http.close();
    await simulator.stop();
  });

  const keyOfHub = async () => (await hubKeys(cloud, token))?.get(hub.id) ?? '';
  const throughCloud =
    (hubKey: string): HubRoute =>
    (path) =>
      remote(cloud, token, hubKey, { path });
  const lan = (hubKey?: string) => lanRoute(http.send, parseHubAddress(hub.host) ?? assert.fail(), { hubKey });

  it("reads the hub's id, name and version without a key", async () => {
    assert.deepEqual(await getHub(lan()), { hubId: hub.id, name: 'Mökki 100 %', version: '1.14.9.124' });
    assert.equal(simulator.requests[0]?.token, undefined);
  });

  it('reads the time zone on the LAN and through the cloud', async () => {
    const key = await keyOfHub();
    assert.equal(await getTimeZone(lan(key), hub.version), 'Europe/Helsinki');
    assert.equal(await getTimeZone(throughCloud(key), hub.version), 'Europe/Helsinki');
    const [direct, through] = simulator.requests.slice(-2);
    assert.deepEqual([direct?.token, direct?.hubKey], [key, undefined]);
    assert.deepEqual([through?.token, through?.hubKey], [token, key]);
  });

  it('reads no time zone with a revoked key, and reads it with the new key from the cloud', async () => {
    const dead = await keyOfHub();
    hub.rotateKey();
    assert.equal(await getTimeZone(lan(dead), hub.version), undefined);
    assert.equal(await getTimeZone(throughCloud(dead), hub.version), undefined);
    assert.equal(await getTimeZone(lan(await keyOfHub()), hub.version), 'Europe/Helsinki');
  });

  it('fails with COZIFY_OBSOLETE after an update of the hub', async () => {
    const key = await keyOfHub();
    hub.version = '1.15.0.1';
    await failure(getTimeZone(lan(key), '1.14.9.124'), 'COZIFY_OBSOLETE');
    assert.equal(await getTimeZone(lan(key), (await getHub(lan())).version ?? ''), 'Europe/Helsinki');
  });

  it('fails when the hub is offline', async () => {
    const key = await keyOfHub();
    await hub.goOffline();
    await failure(getHub(lan()), 'COZIFY_UNREACHABLE');
    await failure(getHub(throughCloud(key)), 'COZIFY_API');
  });
});

describe('hub-api: responses of /hub', () => {
  const route = (answer: Partial<HttpResponse>): HubRoute => {
    return () => Promise.resolve({ status: 200, headers: {}, body: 'null', ...answer });
  };
  const answer = (part: object) => JSON.stringify({ hubId: 'h1', name: 'Koti', version: '1.14.9.124', ...part });

  it('are read with hostile names unchanged, and without extra fields', async () => {
    for (const name of ['<script>alert(1)</script>', '100 %s %d', 'a\nb', '\u001b[31mred', '', '🏠']) {
      assert.equal((await getHub(route({ body: answer({ name }) }))).name, name);
    }
    assert.deepEqual(await getHub(route({ body: answer({ state: 'claimed', extra: {} }) })), {
      hubId: 'h1',
      name: 'Koti',
      version: '1.14.9.124',
    });
  });

  const bad: [string, string][] = [
    ['null', 'null'],
    ['a web page', '<html>'],
    ['a list', '[]'],
    ['no id', answer({ hubId: undefined })],
    ['an empty id', answer({ hubId: '' })],
    ['an id that is too long', answer({ hubId: 'h'.repeat(1_000) })],
  ];
  for (const [problem, body] of bad) {
    it(`are refused with ${problem}`, () => failure(getHub(route({ body })), 'COZIFY_BAD_ANSWER'));
  }

  for (const [problem, part, expected] of [
    ['a name that is too long', { name: 'n'.repeat(1_000) }, { name: '' }],
    ['a number as its name', { name: 5 }, { name: '' }],
    ['no name', { name: undefined }, { name: '' }],
    ['a path as its version', { version: '1.14/../../../user' }, { version: null }],
    ['a word as its version', { version: 'latest' }, { version: null }],
    ['no version', { version: null }, { version: null }],
    ['the version of a beta', { version: '1.14.9.124-beta+5' }, { version: '1.14.9.124-beta+5' }],
  ] as const) {
    it(`are read with ${problem}`, async () => {
      const hub = await getHub(route({ body: answer(part) }));
      assert.deepEqual(hub, { hubId: 'h1', name: 'Koti', version: '1.14.9.124', ...expected });
    });
  }

  it('have a version whose first two numbers are the API version', () => {
    assert.equal(apiVersion('1.14.9.124'), '1.14');
    assert.equal(apiVersion('2.0'), '2.0');
  });
});
