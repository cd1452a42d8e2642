import assert from 'node:assert/strict';
import { changed, NODE_RED_4, Stage, TAB, until, without, type NodeRedVersion } from '../harness';

const OTHER_TAB = { id: 'other-tab', type: 'tab', label: 'Other', disabled: false, info: '' };

type Act = (stage: Stage) => Promise<void>;

/** Deploys that a saved login must survive, by name. */
const DEPLOYS: Record<string, Act> = {
  'a full deploy': (stage) => stage.deploy(stage.flows, 'full'),
  'a deploy of modified flows': (stage) =>
    stage.deploy(changed(stage.flows, stage.accountId, { name: 'Renamed' }), 'flows'),
  'a deploy of modified nodes': (stage) =>
    stage.deploy(changed(stage.flows, stage.accountId, { name: 'Renamed again' }), 'nodes'),
  'a deploy of other modified nodes': (stage) =>
    stage.deploy(changed(stage.flows, 'ping', { name: 'Renamed' }), 'nodes'),
  'a restart of the flows': (stage) => stage.deploy(stage.flows, 'reload'),
  'disabling and enabling the account': async (stage) => {
    const flows = stage.flows;
    await stage.deploy(changed(flows, stage.accountId, { d: true }));
    stage.assertFailure(await stage.ask('ping'), 'COZIFY_NO_ACCOUNT');
    await stage.deploy(flows);
  },
  'moving it into a flow, disabling and enabling the flow, and moving it out again': async (stage) => {
    const flows = stage.flows;
    const inFlow = changed(flows, stage.accountId, { z: TAB });
    await stage.deploy(inFlow, 'nodes');
    await stage.deploy(changed(inFlow, TAB, { disabled: true }));
    await stage.deploy(inFlow);
    await stage.deploy(flows, 'nodes');
  },
  'moving it out of a flow that is deleted by the same deploy': async (stage) => {
    const flows = stage.flows;
    await stage.deploy([OTHER_TAB, ...changed(flows, stage.accountId, { z: OTHER_TAB.id })]);
    await stage.deploy(flows, 'flows');
  },
};

/** Restarts that a saved login must survive, by name. */
const RESTARTS: Record<string, Act> = {
  'kill -9 right after the answer': (stage) => stage.nodeRed.restart('SIGKILL'),
  'disabling the account, a stop, and enabling it': async (stage) => {
    const flows = stage.flows;
    await stage.deploy(changed(flows, stage.accountId, { d: true }), 'nodes');
    await stage.nodeRed.restart('SIGTERM');
    await stage.deploy(flows, 'nodes');
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

/** Logs in, and asserts that each action changes neither the token nor the hubs and needs no new code. */
async function assertKept(stage: Stage, actions: Record<string, Act>): Promise<void> {
  await stage.newLogin();
  const mails = stage.simulator.mails.length;
  const token = (await stage.ask('token')).payload;
  for (const [name, act] of Object.entries(actions)) {
    const before = await stage.snapshot();
    await act(stage);
    const { output, payload, cozify } = await stage.ask('ping');
    assert.deepEqual([output, payload], [1, true], `${name}: ${JSON.stringify(cozify)}`);
    const { lastRefresh, hubs } = before;
    assert.deepEqual([cozify.lastRefresh, cozify.email, cozify.hubs], [lastRefresh, stage.email, hubs], name);
    assert.equal((await stage.ask('token')).payload, token, name);
    assert.equal(stage.simulator.mails.length, mails, `${name}: no new code`);
  }
}

export function persistenceTests(version: NodeRedVersion): void {
  describe('A saved login', () => {
    const stage = Stage.forSuiteOnSharedNodeRed(version);

    it('survives each kind of Deploy, and a disabled or moved account', () => assertKept(stage, DEPLOYS));

    it('survives kill -9, a stop while disabled, and a start without the cloud', () => assertKept(stage, RESTARTS));

    for (const store of ['', 'disk']) {
      const place = store === '' ? 'files' : 'a context store';
      it(`is deleted from ${place} with its account, also while disabled`, async () => {
        const others = await contextKeys(stage);
        await stage.newLogin({ store });
        const flows = stage.flows;
        const isKept = async () =>
          stage.stateFiles().length > 0 || (await contextKeys(stage)).some((key) => !others.includes(key));
        for (const disabledFirst of [false, true]) {
          if (disabledFirst) {
            await stage.logIn();
            await stage.deploy(changed(flows, stage.accountId, { d: true }));
          }
          assert.ok(await isKept());
          await stage.deploy(without(flows, stage.accountId), 'flows');
          await until('the state to be gone', async () => !(await isKept()));
          await stage.deploy(flows);
          assert.equal((await stage.ask('ping')).output, 2);
        }
      });
    }

    if (version !== NODE_RED_4) return;

    it('survives kill -9 with a pending code, after a renewal, and after a reset', async () => {
      await stage.newAccount();
      await stage.ask('authenticate');
      await stage.nodeRed.restart('SIGKILL');
      const { state, otpSentAt } = await stage.snapshot();
      assert.equal(state, 'otp-sent');
      assert.ok(otpSentAt);
      assert.equal((await stage.ask('authenticate', { otp: stage.code() })).output, 1);
      assert.equal((await stage.ask('refresh', { force: true })).cozify.refreshed, true);
      await stage.ask('set-email', { payload: 'later@example.fi' });
      const token = (await stage.ask('token')).payload;
      await stage.nodeRed.restart('SIGKILL');
      assert.equal((await stage.ask('token')).payload, token);
      assert.equal((await stage.ask('email')).payload, 'later@example.fi');
      await stage.deploy(changed(stage.flows, stage.accountId, { credentials: { email: 'deployed@example.fi' } }));
      assert.equal((await stage.ask('email')).payload, 'deployed@example.fi', 'the address set last');
      await stage.ask('reset');
      await stage.nodeRed.restart('SIGKILL');
      assert.equal((await stage.ask('ping')).output, 2);
      assert.equal((await stage.snapshot()).state, 'otp-required');
    });

    it('can be kept in a context store', async () => {
      await stage.newLogin({ store: 'disk' });
      await stage.nodeRed.restart('SIGTERM');
      assert.equal((await stage.ask('ping')).output, 1);
      assert.deepEqual(stage.stateFiles(), []);
    });
  });
}

/** Returns the keys of the global context in the context store `disk`. */
async function contextKeys(stage: Stage): Promise<string[]> {
  const { body } = await stage.nodeRed.admin('GET', '/context/global?store=disk');
  return Object.keys((body as { disk?: object }).disk ?? {});
}
