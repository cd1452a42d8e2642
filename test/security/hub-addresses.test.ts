import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stage, tempFolder } from '../live/harness';
import { becomes } from '../support/becomes';
import { Trap } from './support/trap';

/**
 * Addresses in forms that a hub's address never has. They lead to this machine, or would if they were accepted. `%`
 * stands for the port.
 */
const WRITTEN_OTHERWISE = [
  'http://localhost:%',
  'localhost:%',
  'http://hub.local:%',
  'http://127.0.0.1.nip.io:%',
  'http://2130706433:%',
  '2130706433:%',
  'http://0x7f000001:%',
  'http://0x7f.0.0.1:%',
  'http://0177.0.0.1:%',
  'http://0177.0000.0000.0001:%',
  'http://127.1:%',
  'http://127.0.1:%',
  'http://0:%',
  'http://0.0.0.0:%',
  'http://①②⑦.⓪.⓪.①:%',
  'http://127。0。0。1:%',
  'http://[::]:%',
  'http://[::ffff:127.0.0.1]:%',
  'http://[::ffff:7f00:1]:%',
  '::ffff:127.0.0.1',
  'http://[::127.0.0.1]:%',
  'http://[64:ff9b::7f00:1]:%',
  'http://[::1%25lo]:%',
  'http://[::1%lo]:%',
  'fe80::1%lo',
  'http://user@127.0.0.1:%',
  'http://user:pass@127.0.0.1:%',
  'http://127.0.0.1:%@evil.example',
  'http://evil.example#@127.0.0.1:%',
  'http://127.0.0.1:%/path',
  'http://127.0.0.1:%/..//evil',
  'http://127.0.0.1:%?x=1',
  'http://127.0.0.1:%#x',
  'https://127.0.0.1:%',
  'ws://127.0.0.1:%',
  'ftp://127.0.0.1:%',
  'file://127.0.0.1/etc/passwd',
  '//127.0.0.1:%',
  '\\\\127.0.0.1:%',
  'http:\\\\127.0.0.1:%',
  'http://127.0.0.1\\@evil.example:%',
  'http://127.0.0.1:%\r\nHost: evil.example',
  'http://%31%32%37.0.0.1:%',
];

const PUBLIC = [
  '8.8.8.8',
  'http://8.8.8.8:8893',
  '172.15.0.1',
  '172.32.0.1',
  '192.169.0.1',
  '11.0.0.1',
  '100.64.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '2001:4860:4860::8888',
  'http://[2001:4860:4860::8888]:8893',
  '::ffff:8.8.8.8',
  'http://[::ffff:808:808]:8893',
];

const NO_ADDRESS: unknown[] = [
  null,
  5,
  true,
  {},
  [],
  { host: '127.0.0.1' },
  '',
  ' ',
  'x'.repeat(100_000),
  '\0',
  '127.0.0.1\0',
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

  // Tests a few addresses at a time, because the limit on the number of addresses would exclude the later ones.
  for (let start = 0; start < WRITTEN_OTHERWISE.length; start += 8) {
    const some = WRITTEN_OTHERWISE.slice(start, start + 8);
    it(`are never requested in another spelling: ${JSON.stringify(some)}`, async () => {
      const caught = trap.connections;
      const hosts = await hostsFor(some.map((address) => address.replace('%', String(trap.port))));
      assert.deepEqual(new Set(hosts), new Set([null]));
      assert.equal(trap.connections, caught);
    });
  }

  const connections = (): string[] => [...stage.log().matchAll(/@@connect (.+)/g)].map(([, where]) => String(where));

  it('are noticed by the test if they are private and requested', async () => {
    await hostsFor(['10.1.2.3', 'http://172.16.0.9:8894']);
    const found = (): Promise<Set<string>> => Promise.resolve(new Set(connections()));
    await becomes(found, new Set(['10.1.2.3 8893', '172.16.0.9 8894']));
  });

  // Tests a few addresses at a time, because the limit on the number of addresses would exclude the later ones.
  for (let start = 0; start < PUBLIC.length; start += 4) {
    const some = PUBLIC.slice(start, start + 4);
    it(`are never requested if they are public: ${some.join(', ')}`, async () => {
      assert.deepEqual(new Set(await hostsFor(some)), new Set([null]));
      assert.deepEqual(connections(), []);
    });
  }

  it('are ignored if they are invalid', async () => {
    assert.deepEqual(new Set(await hostsFor(NO_ADDRESS)), new Set([null]));
  });

  it('never receive the key of a hub', async () => {
    await hostsFor([`http://127.0.0.1:${trap.port}`]);
    for (const hub of stage.simulator.hubs) assert.ok(!trap.received.includes(hub.key(stage.email)));
    assert.doesNotMatch(trap.received, /authorization|x-hub-key/i);
  });
});
