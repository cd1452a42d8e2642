import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stage, tempFolder } from '../live/harness';
import { becomes } from '../support/becomes';
import { Trap } from './support/trap';

/**
 * Addresses that are public, invalid or in a form that a hub's address never has; `%` stands for the port. The table of
 * parseHubAddress has many more. There are few here, because the limit on the number of addresses would exclude the
 * later ones.
 */
const REFUSED: unknown[] = [
  ...['http://localhost:%', 'http://0x7f000001:%', 'http://[::ffff:127.0.0.1]:%', 'http://127.0.0.1:%@evil.example'],
  ...['http://127.0.0.1:%\r\nHost: evil.example', '8.8.8.8', 'http://[2001:4860:4860::8888]:8893', '\0', null, {}],
];

/**
 * A module that is preloaded into Node-RED. It prints each attempt to connect to another machine, and blocks the
 * connection.
 */
const NOTE_CONNECTIONS = `
  const { Socket } = require('node:net');
  const { connect } = Socket.prototype;
  Socket.prototype.connect = function (...args) {
    const [first] = Array.isArray(args[0]) ? args[0] : args;
    const { host = 'localhost', port } = Object(first);
    if (/^(127\\.|::1$|localhost$)/.test(host) || port === undefined) return connect.apply(this, args);
    process.stdout.write('@@connect ' + host + ' ' + port + '\\n');
    process.nextTick(() => this.destroy(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })));
    return this;
  };
`;

describe('hub addresses that are not on the LAN', () => {
  let stage: Stage;
  let trap: Trap;

  before(async () => {
    // Makes the trap answer as a hub does, so that the test notices a client that accepts the answer.
    trap = await Trap.open(JSON.stringify({ hubId: 'trap', name: 'trap', version: '1.14.9.124' }));
    const preload = join(tempFolder('hub-addresses'), 'preload.js');
    writeFileSync(preload, NOTE_CONNECTIONS);
    stage = await Stage.open({ nodeRed: { env: { NODE_OPTIONS: `--require ${preload}` } } });
  });
  after(async () => {
    await stage.close();
    await trap.close();
  });

  /** Logs in while the cloud lists these LAN addresses. Returns the hosts of the hubs. */
  async function hostsFor(addresses: unknown[]): Promise<(string | null)[]> {
    await stage.newAccount();
    assert.equal((await stage.ask('authenticate')).output, 2);
    stage.simulator.fault('lan_ip', { status: 200, body: JSON.stringify(addresses) });
    const answer = await stage.ask('authenticate', { otp: stage.code() });
    assert.equal(answer.output, 1, JSON.stringify(answer.cozify));
    assert.ok(answer.cozify.hubs.every(({ remote }) => remote));
    return answer.cozify.hubs.map(({ host }) => host);
  }

  it('are noticed by the trap if they are requested', async () => {
    const caught = trap.connections;
    await hostsFor([`http://127.0.0.1:${trap.port}`]);
    assert.ok(trap.connections > caught, 'a literal address of this machine is one of the LAN');
  });

  const connections = (): string[] => [...stage.log().matchAll(/@@connect (.+)/g)].map(([, where]) => String(where));

  it('are noticed by the test if they are private and requested', async () => {
    await hostsFor(['10.1.2.3', 'http://172.16.0.9:8894']);
    const found = (): Promise<Set<string>> => Promise.resolve(new Set(connections()));
    await becomes(found, new Set(['10.1.2.3 8893', '172.16.0.9 8894']));
  });

  it('are never requested if they are public, invalid or in another spelling', async () => {
    const caught = trap.connections;
    const port = String(trap.port);
    const hosts = await hostsFor(REFUSED.map((one) => (typeof one === 'string' ? one.replace('%', port) : one)));
    assert.deepEqual(new Set(hosts), new Set([null]));
    assert.deepEqual([trap.connections, connections()], [caught, []]);
  });

  it('never receive the key of a hub', async () => {
    await hostsFor([`http://127.0.0.1:${trap.port}`]);
    for (const hub of stage.simulator.hubs) assert.ok(!trap.received.includes(hub.key(stage.email)));
    assert.doesNotMatch(trap.received, /authorization|x-hub-key/i);
  });
});
