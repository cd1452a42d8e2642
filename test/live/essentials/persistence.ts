import assert from 'node:assert/strict';
import { changed, Stage, TAB, until, without, type NodeRedVersion } from '../harness';

const OTHER_TAB = { id: 'other-tab', type: 'tab', label: 'Other', disabled: false, info: '' };

/** Actions that a saved login must survive, by name. */
const ACTIONS: Record<string, (stage: Stage) => Promise<void>> = {
  'kill -9 right after the answer': (stage) => stage.nodeRed.restart('SIGKILL'),
  'a restart by SIGTERM': (stage) => stage.nodeRed.restart('SIGTERM'),
  'a full deploy': (stage) => stage.deploy(stage.flows, 'full'),
  'a deploy of modified flows': (stage) =>
    stage.deploy(changed(stage.flows, stage.accountId, { name: 'Renamed' }), 'flows'),
  'a deploy of modified nodes': (stage) =>
    stage.deploy(changed(stage.flows, stage.accountId, { name: 'Renamed' }), 'nodes'),
  'a deploy of other modified nodes': (stage) =>
    stage.deploy(changed(stage.flows, 'ping', { name: 'Renamed' }), 'nodes'),
  'a restart of the flows': (stage) => stage.deploy(stage.flows, 'reload'),
  'disabling and enabling the account': async (stage) => {
    const flows = stage.flows;
    await stage.deploy(changed(flows, stage.accountId, { d: true }));
    stage.assertFailure(await stage.ask('ping'), 'COZIFY_NO_ACCOUNT');
    await stage.deploy(flows);
  },
  'disabling the account, a kill -9, and enabling it': async (stage) => {
    const flows = stage.flows;
    await stage.deploy(changed(flows, stage.accountId, { d: true }), 'nodes');
    await stage.nodeRed.restart('SIGKILL');
    await stage.deploy(flows, 'nodes');
  },
  'disabling and enabling the flow it is in': async (stage) => {
    const flows = changed(stage.flows, stage.accountId, { z: TAB });
    await stage.deploy(flows);
    await stage.deploy(changed(flows, TAB, { disabled: true }));
    await stage.deploy(flows);
  },
  'moving it into a flow and out again': async (stage) => {
    const flows = stage.flows;
    await stage.deploy(changed(flows, stage.accountId, { z: TAB }), 'nodes');
    await stage.deploy(flows, 'nodes');
  },
  'moving it out of a flow that is deleted by the same deploy': async (stage) => {
    const flows = stage.flows;
    await stage.deploy([OTHER_TAB, ...changed(flows, stage.accountId, { z: OTHER_TAB.id })]);
    await stage.deploy(flows, 'flows');
  },
  'a start without the cloud': async (stage) => {
    await stage.simulator.goOffline();
    try {
      await stage.nodeRed.restart('SIGKILL');
      assert.equal((await stage.snapshot()).state, 'authenticated');
      stage.assertFailure(await stage.ask('ping'), 'COZIFY_UNREACHABLE');
    } finally {
      await stage.simulator.goOnline();
    }
  },
};

export function persistenceTests(version: NodeRedVersion): void {
  describe('A saved login', () => {
    let stage: Stage;

    before(async () => {
      stage = await Stage.onSharedNodeRed(version);
    });
    after(() => stage.close());

    for (const [name, act] of Object.entries(ACTIONS)) {
      it(`survives ${name}`, async () => {
        await stage.newLogin();
        const mails = stage.simulator.mails.length;
        const token = (await stage.ask('token')).payload;
        const before = await stage.snapshot();
        await act(stage);
        const answer = await stage.ask('ping');
        assert.equal(answer.output, 1, JSON.stringify(answer));
        assert.equal(answer.payload, true);
        assert.equal(answer.cozify.lastRefresh, before.lastRefresh);
        assert.equal(answer.cozify.email, stage.email);
        assert.deepEqual(answer.cozify.hubs, before.hubs);
        assert.equal((await stage.ask('token')).payload, token);
        assert.equal(stage.simulator.mails.length, mails, 'no new code');
      });
    }

    it('survives a kill -9 with a pending code', async () => {
      await stage.newAccount();
      await stage.ask('authenticate');
      await stage.nodeRed.restart('SIGKILL');
      const { state, otpSentAt } = await stage.snapshot();
      assert.equal(state, 'otp-sent');
      assert.ok(otpSentAt);
      assert.equal((await stage.ask('authenticate', { otp: stage.code() })).output, 1);
    });

    it('is saved after a renewal and a kill -9', async () => {
      await stage.newLogin();
      assert.equal((await stage.ask('refresh', { force: true })).cozify.refreshed, true);
      const token = (await stage.ask('token')).payload;
      await stage.nodeRed.restart('SIGKILL');
      assert.equal((await stage.ask('token')).payload, token);
    });

    it('stays deleted after a reset and a kill -9', async () => {
      await stage.newLogin();
      await stage.ask('reset');
      await stage.nodeRed.restart('SIGKILL');
      assert.equal((await stage.ask('ping')).output, 2);
      assert.equal((await stage.snapshot()).state, 'otp-required');
    });

    it('keeps an e-mail address set at run time', async () => {
      await stage.newLogin();
      await stage.ask('set-email', { payload: 'later@example.fi' });
      await stage.nodeRed.restart('SIGKILL');
      assert.equal((await stage.ask('email')).payload, 'later@example.fi');
      await stage.deploy(changed(stage.flows, stage.accountId, { credentials: { email: 'deployed@example.fi' } }));
      assert.equal((await stage.ask('email')).payload, 'deployed@example.fi', 'the address set last');
    });

    it('can be kept in a context store', async () => {
      await stage.newLogin({ store: 'disk' });
      await stage.nodeRed.restart('SIGTERM');
      assert.equal((await stage.ask('ping')).output, 1);
      assert.deepEqual(stage.stateFiles(), []);
    });

    for (const store of ['', 'disk']) {
      const place = store === '' ? 'files' : 'a context store';
      for (const disabledFirst of [false, true]) {
        it(`is deleted from ${place} with its account${disabledFirst ? ' while disabled' : ''}`, async () => {
          const others = await contextKeys(stage);
          await stage.newLogin({ store });
          const isKept = async () =>
            stage.stateFiles().length > 0 || (await contextKeys(stage)).some((key) => !others.includes(key));
          assert.ok(await isKept());
          const flows = stage.flows;
          if (disabledFirst) await stage.deploy(changed(flows, stage.accountId, { d: true }));
          assert.ok(await isKept());
          await stage.deploy(without(flows, stage.accountId), 'flows');
          await until('the state to be gone', async () => !(await isKept()));
          await stage.deploy(flows);
          assert.equal((await stage.ask('ping')).output, 2);
        });
      }
    }
  });
}

/** Returns the keys of the global context in the context store `disk`. */
async function contextKeys(stage: Stage): Promise<string[]> {
  const { body } = await stage.nodeRed.admin('GET', '/context/global?store=disk');
  return Object.keys((body as { disk?: object }).disk ?? {});
}
