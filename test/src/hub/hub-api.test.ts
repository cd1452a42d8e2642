import assert from 'node:assert/strict';
import { parseHubAddress } from '../../../src/hub/hub-address.js';
import { createHttp, type HttpResponse } from '../../../src/http/http-client.js';
import { apiVersion, getHub, type HubRoute, lanRoute } from '../../../src/hub/hub-api.js';
import { Simulator } from '../../simulator/index.js';
import { failure } from '../support/stage.js';

describe('hub-api: real sockets', () => {
  it("reads the hub's id, name and version without a key", async () => {
    const simulator = await Simulator.start();
    const http = createHttp();
    try {
      const [, hub] = simulator.hubs;
      const route = lanRoute(http.send, parseHubAddress(hub?.host) ?? assert.fail(), {});
      assert.deepEqual(await getHub(route), { hubId: hub?.id, name: 'Mökki 100 %', version: '1.14.9.124' });
      assert.equal(simulator.requests[0]?.token, undefined);
    } finally {
      http.close();
      await simulator.stop();
    }
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
