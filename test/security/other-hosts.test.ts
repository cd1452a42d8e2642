import assert from 'node:assert/strict';
import { Simulator } from '../simulator';
import { accountNode, changed, Stage, testFlow } from '../live/harness';
import { Canaries } from './support/canaries';
import { Trap } from './support/trap';

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
