import assert from 'node:assert/strict';
import { getHub } from '../../src/hub/hub-api.js';
import { decodeToken } from '../../src/cloud/token.js';
import type { Fault } from '../simulator/index.js';
import { EMAIL } from '../src/support/stage.js';
import { refused } from './support/calls.js';
import { Home } from './support/home.js';
import { faultTable, nothing, type Row, type World } from './support/table.js';

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
const manyHubs = (count: number): string =>
  `{${Array.from({ length: count }, (_, place) => `"${place}":null`).join()}}`;

const KEY_LISTS: [string, string][] = [
  ['null', 'null'],
  ['a list', '[]'],
  ['a list of hubs', '[{"hub-1":"key"}]'],
  ['a number', '5'],
  ['a text', '"hub-1"'],
  ['true', 'true'],
  ['a number for a key', '{"hub-1":5}'],
  ['an object for a key', '{"hub-1":{"key":"x"}}'],
  ['a list for a key', '{"hub-1":["x"]}'],
  ['an empty id', '{"":"key"}'],
  ['an id of 1000 characters', `{"${'a'.repeat(1000)}":"key"}`],
  ['a key of 10 000 characters', `{"hub-1":"${'a'.repeat(10_000)}"}`],
  ['100 000 hubs', manyHubs(100_000)],
  ['20 000 hubs, under the cap of bytes', manyHubs(20_000)],
  ['a list 100 000 deep', nested(100_000)],
  ['a key 10 000 deep', `{"hub-1":${nested(10_000)}}`],
  ['half of the JSON', '{"hub-1":"ke'],
  ['two answers in one', '{}{}'],
];
const keyLists = KEY_LISTS.map(([what, body]): Row<Home> => ({
  fault: `${what} for the list of hub keys`,
  expected: 'keep, with the hubs (COZIFY_BAD_ANSWER)',
  run: async (home) => {
    await home.simulator.addHub({ id: KEEP_ID });
    await lookUp(home);
    const { hubs } = home.account.snapshot();
    home.simulator.fault('hubkeys', { body });
    for (let time = 0; time < 3; time++) await refused(home, home.account.ping(), 'COZIFY_BAD_ANSWER');
    assert.deepEqual(home.account.snapshot().hubs, hubs);
  },
}));

/** Good lists, and lists that are none, after a full one: how many hubs are left. */
const SERIES: [string, Fault[], number][] = [
  ['one empty hub map after a full one', [{ body: '{}' }], 1],
  ['two empty hub maps after a full one', [{ body: '{}' }, { body: '{}' }], 0],
  ['an empty map, a full one, an empty one', [{ body: '{}' }, {}, { body: '{}' }], 1],
  ['two empty maps with an outage between', [{ body: '{}' }, { status: 500 }, { body: '{}' }], 0],
  ['an empty map, then only bad lists', [{ body: '{}' }, { body: 'null' }, { body: '[]' }, { status: 502 }], 1],
];
const series = SERIES.map(([what, faults, left]): Row<Home> => ({
  fault: what,
  expected: `keep; ${left} hub left: dropped only after two good lists`,
  run: async (home) => {
    await home.simulator.addHub({ id: KEEP_ID });
    await lookUp(home);
    for (const fault of faults) {
      home.simulator.clearFaults();
      if (Object.keys(fault).length > 0) home.simulator.fault('hubkeys', fault);
      await home.account.ping().catch(() => undefined);
    }
    assert.equal(idsOf(home).length, left);
  },
}));

const ADDRESS_LISTS: [string, string][] = [
  ['an object', '{"ip":"192.168.1.5"}'],
  ['a number', '5'],
  ['a text', '"127.0.0.1"'],
  ['things of every type', '[null,5,true,{},[],{"__proto__":1},"",[["127.0.0.1"]]]'],
  ['10 000 addresses', JSON.stringify(Array.from({ length: 10_000 }, () => '192.168.1.5'))],
  ['a list 50 000 deep', nested(50_000)],
  ['a page', '<html>'],
  ['nothing', ''],
  ['half of the JSON', '["127.0.0'],
];
const addressLists = ADDRESS_LISTS.map(([what, body]): Row<Home> => ({
  fault: `${what} for the list of LAN addresses`,
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

const HUB_ANSWERS: [string, string][] = [
  ['null', 'null'],
  ['a list', '[]'],
  ['nothing in it', '{}'],
  ['a number for its id', '{"hubId":5,"name":"x","version":"1.14.9"}'],
  ['an object 50 000 deep', `{"hubId":${nested(50_000)}}`],
];
/** What a hub says beside its id, and what of it is taken. */
const HUB_WORDS: [string, object, { name: string; version: string | null }][] = [
  ['an object for its name', { name: {} }, { name: '', version: '1.14.9' }],
  ['a name of a million letters', { name: 'a'.repeat(1e6) }, { name: '', version: '1.14.9' }],
  ['a version that is a path', { version: '../../admin' }, { name: 'x', version: null }],
  ['a version that is a number', { version: 1.14 }, { name: 'x', version: null }],
  ['a version with a query', { version: '1.14?x=' }, { name: 'x', version: null }],
];
const hubWords = HUB_WORDS.map(([what, part, taken]): Row<World> => ({
  fault: `a hub that answers with ${what}`,
  expected: 'the hub is known by its id, and that is not taken',
  run: async () => {
    const body = JSON.stringify({ hubId: 'hub-1', name: 'x', version: '1.14.9', ...part });
    const hub = await getHub(() => Promise.resolve({ status: 200, headers: {}, body }));
    assert.deepEqual(hub, { hubId: 'hub-1', ...taken });
  },
}));

const hubAnswers = HUB_ANSWERS.map(([what, body]): Row<World> => ({
  fault: `a hub that answers with ${what}`,
  expected: 'refused (COZIFY_BAD_ANSWER)',
  run: async () => {
    const answer = { status: 200, headers: {}, body };
    await assert.rejects(
      getHub(() => Promise.resolve(answer)),
      { code: 'COZIFY_BAD_ANSWER' },
    );
  },
}));

const NAMES: [string, string][] = [
  ['HTML', '<img src=x onerror=alert(1)>'],
  ['a percent sign', 'Mökki 100 % %s %d %n'],
  ['newlines', 'Koti\n[error] forged line\r\n'],
  ['escape codes', '\u001b[2J\u001b]0;title\u0007'],
  ['a NUL', 'Ko\u0000ti'],
  ['a change of direction', 'Koti \u202egnp.exe'],
  ['an expression', '${process.exit(1)} {{constructor}}'],
  ['emoji', '🏠'.repeat(50)],
];
const names = NAMES.map(([what, name]): Row<Home> => ({
  fault: `the name of a hub with ${what}`,
  expected: 'keep: the name as it is, and in no line of the log',
  run: async (home) => {
    await home.simulator.addHub({ id: KEEP_ID, name });
    await lookUp(home);
    assert.equal(home.account.snapshot().hubs[0]?.name, name);
    await home.reopen();
    assert.equal(home.account.snapshot().hubs[0]?.name, name);
    assert.ok(!home.log.all.some((line) => line.includes(name.slice(0, 8))));
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

faultTable('Shapes', () => Home.open(), [...builtIn, ...keyLists, ...series, ...addressLists, ...names, ...claims]);
faultTable('Shapes', nothing, [...hubAnswers, ...hubWords]);
