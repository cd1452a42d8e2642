import assert from 'node:assert/strict';
import { Simulator } from '../simulator';
import { accountNode, changed, Stage, testFlow } from '../live/harness';
import { Canaries } from './support/canaries';
import { Trap } from './support/trap';

/** A few of the addresses that the table of parseCloudUrl refuses. */
const REFUSED_URLS = [
  'http://api.cozify.fi/ui/0.2',
  'https://api.cozify.fi@evil.example/ui/0.2',
  'https://user:pass@api.cozify.fi/ui/0.2',
  'https://api.cozify.fi/ui/0.2\r\nHost: evil.example',
  'http://169.254.169.254/latest/meta-data',
  'file:///etc/passwd',
];

describe('a token and other hosts', () => {
  let stage: Stage;
  let trap: Trap;
  const canaries = new Canaries();

  before(async () => {
    trap = await Trap.open();
    stage = await Stage.open();
  });
  after(async () => {
    await stage.close();
    await trap.close();
  });

  it('is not sent to a cloud that the dialog refuses', async () => {
    for (const cloudUrl of REFUSED_URLS) {
      for (const [action, body] of [
        ['otp', { email: 'a@example.fi', cloudUrl }],
        ['authenticate', { email: 'a@example.fi', otp: 'P7BQ8E', cloudUrl }],
      ] as const) {
        const reply = await stage.nodeRed.admin('POST', `/cozify/accounts/any/${action}`, body);
        assert.deepEqual([reply.status, (reply.body as { code: string }).code], [400, 'COZIFY_BAD_INPUT'], reply.text);
        assert.ok(!reply.text.includes('pass@'), 'nothing of it is repeated');
      }
    }
  });

  it('is not sent by an imported flow with a refused cloud, which reports an error', async () => {
    for (const cloudUrl of [...REFUSED_URLS, null, 5, {}, ['https://api.cozify.fi']]) {
      await stage.newAccount({ cloudUrl: cloudUrl as string });
      const requests = stage.simulator.count('*');
      for (const action of ['authenticate', 'ping', 'token']) {
        const answer = await stage.ask(action);
        // An account without a valid cloud has no snapshot, so only the error code is compared.
        assert.equal(answer.cozify.error?.code, 'COZIFY_BAD_INPUT', `${JSON.stringify(cloudUrl)} ${action}`);
      }
      assert.equal(stage.simulator.count('*'), requests);
    }
  });

  it('is never sent to another cloud, and is valid again at its own cloud', async () => {
    const other = await Simulator.start();
    try {
      await stage.newLogin();
      const token = String((await stage.ask('token')).payload);
      canaries.add(token, ...stage.simulator.hubs.map((hub) => hub.key(stage.email)));
      for (const cloudUrl of [other.cloudUrl, `http://127.0.0.1:${trap.port}/ui/0.2`]) {
        await stage.deploy(changed(stage.flows, stage.accountId, { cloudUrl }));
        for (const action of ['ping', 'refresh', 'authenticate', 'token']) await stage.ask(action, { force: true });
        await stage.ask('authenticate', { otp: 'P7BQ8E' });
        await stage.ask('reset', { logout: true, force: undefined });
        await stage.nodeRed.admin('POST', `/cozify/accounts/${stage.accountId}/otp`, {});
      }
      assert.ok(other.requests.length > 0, 'it was asked, but without the token');
      canaries.assertNoneIn('another cloud', JSON.stringify(other.requests));
      canaries.assertNoneIn('a trap', trap.received);
    } finally {
      await other.stop();
    }
  });

  it('is not sent to another host with a pending login', async () => {
    await stage.newLogin();
    canaries.add(String((await stage.ask('token')).payload));
    const cloudUrl = `http://127.0.0.1:${trap.port}/ui/0.2`;
    for (const [action, body] of [
      ['otp', { cloudUrl }],
      ['authenticate', { cloudUrl, otp: 'P7BQ8E' }],
      ['reset', { cloudUrl, logout: true }],
    ] as const) {
      await stage.nodeRed.admin('POST', `/cozify/accounts/${stage.accountId}/${action}`, body);
    }
    canaries.assertNoneIn('a trap', trap.received);
  });

  it('is not sent after a redirect to another host, in any call', async () => {
    await stage.newLogin();
    const token = (await stage.ask('token')).payload;
    const before = trap.connections;
    for (const status of [302, 308]) {
      const fault = { status, headers: { Location: `http://127.0.0.1:${trap.port}/ui/0.2/user/hubkeys` }, body: '' };
      stage.simulator.fault('*', fault);
      for (const [action, msg] of [
        ['ping', {}],
        ['refresh', { force: true }],
        ['authenticate', {}],
        ['authenticate', { trustCloud: false }],
        ['authenticate', { otp: 'P7BQ8E' }],
        ['reset', { logout: true }],
      ] as const) {
        assert.equal((await stage.ask(action, msg)).cozify.error?.code, 'COZIFY_API', action);
      }
      stage.simulator.clearFaults();
      assert.equal((await stage.ask('ping')).output, 1);
      // Makes the hub send the redirect too.
      stage.simulator.fault('hub', fault);
      await stage.ask('authenticate', { trustHub: false });
      stage.simulator.clearFaults();
      assert.equal(trap.connections, before);
      assert.equal((await stage.ask('token')).payload, token);
    }
  });

  it('is never exchanged between two accounts of two clouds', async () => {
    const other = await Simulator.start();
    try {
      await stage.newLogin();
      const mine = String((await stage.ask('token')).payload);
      const neighbour = accountNode({ id: 'neighbour', email: 'neighbour@example.fi', cloudUrl: other.cloudUrl });
      await stage.deploy([...testFlow(stage.flows[1] ?? neighbour), neighbour]);
      for (const action of ['otp', 'authenticate', 'reset']) {
        await stage.nodeRed.admin('POST', `/cozify/accounts/neighbour/${action}`, { otp: 'P7BQ8E' });
      }
      await stage.ask('ping');
      assert.ok(other.requests.every(({ token }) => token !== mine));
      assert.ok(stage.simulator.requests.every(({ path }) => !path.includes('neighbour')));
    } finally {
      await other.stop();
    }
  });
});
