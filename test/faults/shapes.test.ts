import assert from 'node:assert/strict';
import { decodeToken } from '../../src/cloud/token.js';
import { EMAIL } from '../src/support/stage.js';
import { Home } from './support/home.js';
import { faultTable, type Row } from './support/table.js';

const KEEP_ID = 'hub-1';
const lookUp = (home: Home) => home.account.authenticate({ trustHub: false });
const idsOf = (home: Home): string[] => home.account.snapshot().hubs.map(({ id }) => id);

const BUILT_IN = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then', 'length'];
const builtIn = BUILT_IN.map((id): Row<Home> => ({
  fault: `${id} as the id of a hub`,
  expected: 'keep: a hub like any other, after a restart too',
  run: async (home) => {
    home.simulator.fault('hubkeys', { body: `{"${id}":"hub.key.of-it","other":"key"}` });
    home.simulator.fault('lan_ip', { body: '[]' });
    home.simulator.fault('remote', { body: JSON.stringify({ hubId: id, name: 'Koti', version: '1.14.9' }) });
    await lookUp(home);
    assert.deepEqual(idsOf(home).sort(), [id, 'other'].sort());
    assert.equal(home.account.snapshot().hubs.find((hub) => hub.id === id)?.name, 'Koti');
    await home.reopen();
    assert.deepEqual(idsOf(home).sort(), [id, 'other'].sort());
    assert.equal(({} as Record<string, unknown>)['other'], undefined);
  },
}));

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const ADDRESS_LISTS: [string, string][] = [
  ['an object', '{"ip":"192.168.1.5"}'],
  ['things of every type', '[null,5,true,{},[],{"__proto__":1},"",[["127.0.0.1"]]]'],
  ['10 000 addresses', JSON.stringify(Array.from({ length: 10_000 }, () => '192.168.1.5'))],
  ['a list 50 000 deep', nested(50_000)],
  ['half of the JSON', '["127.0.0'],
];
const addressLists = ADDRESS_LISTS.map(([what, body]): Row<Home> => ({
  fault: `${what} as the list of LAN addresses`,
  expected: 'keep: the step succeeds, and the hub is reached through the cloud',
  run: async (home) => {
    await home.simulator.addHub({ id: KEEP_ID, onLan: false });
    home.simulator.fault('lan_ip', { body });
    home.lanPatience = 0.02;
    assert.equal((await lookUp(home)).value, true);
    assert.deepEqual(idsOf(home), [KEEP_ID]);
    assert.ok(home.sent.filter(({ isLan }) => isLan).length <= 1);
  },
}));

const CLAIMS: [string, string][] = [
  ['null', 'null'],
  ['a list', '[1]'],
  ['a number', '5'],
  ['text', '"x"'],
  ['__proto__', '{"__proto__":{"exp":5},"constructor":5}'],
  ['wrong types', '{"iat":{},"exp":[],"user_id":{},"hub_name":[]}'],
  ['nesting', `{"exp":${nested(5_000)}}`],
];
const claims = CLAIMS.map(([what, payload]): Row<Home> => ({
  fault: `a token whose claims are ${what}`,
  expected: 'keep: taken as an opaque token',
  run: async (home) => {
    const part = Buffer.from(payload).toString('base64url');
    const token = `${part}.${part.slice(0, 8_000)}`.slice(0, 8_000);
    decodeToken(token);
    home.simulator.acceptToken(`${token}.signature-of-it`, EMAIL);
    await home.account.token(`${token}.signature-of-it`);
    home.token = `${token}.signature-of-it`;
    assert.equal(home.account.snapshot().expiresAt, null);
  },
}));

faultTable('Shapes', () => Home.open(), [...builtIn, ...addressLists, ...claims]);
