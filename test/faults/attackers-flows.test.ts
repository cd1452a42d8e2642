import assert from 'node:assert/strict';
import { post, get } from '../nodes/support/admin-client.js';
import { ACCOUNT, accountNode, EMAIL, testFlow } from '../nodes/support/flow.js';
import { Stage } from '../nodes/support/stage.js';
import { Desk } from './support/desk.js';
import { faultTable, type Row } from './support/table.js';

/** What a message could carry to lead a request elsewhere or to weaken it. */
const OVERRIDES: [string, unknown][] = [
  ['headers', { Authorization: 'mine', Host: 'evil.example', 'X-Hub-Key': 'x' }],
  ['url', 'http://127.0.0.1:9/'],
  ['cloudUrl', 'http://127.0.0.1:9/'],
  ['baseURL', 'http://127.0.0.1:9/'],
  ['method', 'DELETE'],
  ['proxy', { host: '127.0.0.1', port: 9 }],
  ['rejectUnauthorized', false],
  ['followRedirects', true],
  ['requestTimeout', 1],
  ['account', 'another'],
  ['token', 'mine'],
  ['email', 'mine@evil.example'],
  ['mode', 'set'],
  ['store', 'memory'],
];
const overrides = OVERRIDES.map(([name, value]): Row<Desk> => ({
  fault: `msg.${name} in a message to each node`,
  expected: 'keep: of no effect on any request',
  run: async (desk) => {
    const { simulator } = desk.stage;
    simulator.clearRequests();
    for (const operation of ['authenticate', 'ping', 'refresh', 'token', 'email']) {
      const { error } = await desk.ask(operation, { [name]: value });
      assert.equal(error, undefined);
    }
    assert.deepEqual(
      simulator.requests.map(({ method, path, token }) => [method, path, token]),
      Array.from({ length: 2 }, () => ['GET', '/ui/0.2/user/hubkeys', desk.token]),
    );
    assert.equal((await desk.account.email()).value, EMAIL);
  },
}));

describe('faults of attackers, in flows', () => {
  let desk: Desk;
  before(async () => {
    desk = await Desk.start();
  });
  after(() => desk.close());
  faultTable('Attackers', () => desk.ready(), overrides);
});

const FOREIGN: Record<string, string>[] = [
  { 'Sec-Fetch-Site': 'cross-site' },
  { 'Sec-Fetch-Site': 'same-site' },
  { Origin: 'https://evil.example' },
  { Origin: 'null' },
  { Origin: 'https://evil.example', 'X-Forwarded-Host': 'evil.example' },
];
const NO_JSON = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/jsonp'];
const ACTIONS = ['otp', 'authenticate', 'ping', 'reset'];

/** The stage as a row sees it; what belongs to all rows is ended with the file. */
const rowsOf = (stage: () => Stage) => () => Promise.resolve({ stage: stage(), end: () => Promise.resolve() });
type Site = Awaited<ReturnType<ReturnType<typeof rowsOf>>>;

async function assertUntouched({ stage }: Site, work: () => Promise<number[]>, status: number): Promise<void> {
  const requests = stage.simulator.count('*');
  for (const given of await work()) assert.equal(given, status);
  assert.equal(stage.simulator.count('*'), requests, 'nothing is sent');
  assert.equal((await stage.account().readSnapshot()).state, 'authenticated');
}

const foreign = FOREIGN.map((headers): Row<Site> => ({
  fault: `requests from another web site (${JSON.stringify(headers)})`,
  expected: 'refused with 403, nothing is done or told',
  run: (site) =>
    assertUntouched(
      site,
      async () => {
        const replies = [await get(ACCOUNT, headers), await get(`${ACCOUNT}/diagnostics`, headers)];
        for (const action of ACTIONS) replies.push(await post(action, { otp: 'P7BQ8E' }, ACCOUNT, headers));
        assert.ok(replies.every(({ text }) => !text.includes(EMAIL)));
        return replies.map(({ status }) => status);
      },
      403,
    ),
}));

const noJson = NO_JSON.map((type): Row<Site> => ({
  fault: `a form of another web site (${type})`,
  expected: 'refused with 415, nothing is done',
  run: (site) =>
    assertUntouched(
      site,
      async () => {
        const statuses = [];
        for (const action of ACTIONS) {
          statuses.push((await post(action, '{"otp":"P7BQ8E"}', ACCOUNT, { 'Content-Type': type })).status);
        }
        return statuses;
      },
      415,
    ),
}));

const EVIL_IDS = ['../settings', '..%2f..%2fetc%2fpasswd', '__proto__', 'constructor', 'a\u0000b', 'x'.repeat(5_000)];
const evilIds = EVIL_IDS.map((id): Row<Site> => ({
  fault: `${JSON.stringify(id.slice(0, 40))} as the account of a request`,
  expected: 'nobody else is touched, and no stack is shown',
  run: async (site) => {
    for (const reply of [await get(id), await post('reset', {}, id)]) {
      assert.notEqual(reply.status, 500);
      assert.doesNotMatch(reply.text, /node_modules|\bat .*\.js/);
    }
    assert.equal((await site.stage.account().readSnapshot()).state, 'authenticated');
  },
}));

describe('faults of attackers, at the endpoints', () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open();
    await stage.load(testFlow(accountNode()));
    await stage.logIn();
  });
  after(() => stage.close());
  faultTable(
    'Attackers',
    rowsOf(() => stage),
    [...foreign, ...noJson, ...evilIds],
  );
});
