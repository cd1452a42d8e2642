import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import helper from 'node-red-node-test-helper';
import type { AccountNode } from '../../../nodes/runtime/find-account';
import { sleep, until } from '../../support/wait';
import { ACCOUNT, accountNode, type FlowNode, placed, testFlow } from '../support/flow';
import { Stage } from '../support/stage';

/** User name by instance id. */
type Instances = Record<string, string>;

describe('Account of a subflow instance', () => {
  const stage = Stage.forSuite();
  // Waits for deletions in progress.
  afterEach(() => sleep(300));

  /** Flows with instance `one`, more instances, and instances in a disabled flow. */
  const flow = (on: Instances, off: Instances = {}): FlowNode[] => {
    const instances = (all: Instances, z: string): FlowNode[] =>
      Object.entries(all).map(([id, name]) => {
        const env = [{ name: 'MAIL', type: 'str', value: `${name}@example.fi` }];
        return { ...placed({ id, type: 'subflow:sub', wires: [], env }), z };
      });
    const subflow = { id: 'sub', type: 'subflow', name: 'Cozify', in: [], out: [] };
    const quiet = { id: 'quiet', type: 'tab', label: 'Off', disabled: true };
    const account = { ...accountNode(), z: 'sub' };
    return testFlow(subflow, account, quiet, ...instances({ one: 'one', ...on }, 'tab'), ...instances(off, 'quiet'));
  };
  const credentials = { [ACCOUNT]: { email: '${MAIL}' } };
  const load = (...flows: Parameters<typeof flow>): Promise<void> =>
    stage.load(flow(...flows), { credentials, isKept: true });
  const deploy = (...flows: Parameters<typeof flow>): Promise<void> =>
    stage.deploy(flow(...flows), 'full', credentials);

  /** Starts these instances and logs them in; returns their account ids. */
  async function begin(instances: Instances): Promise<Record<string, string>> {
    await stage.load(flow(instances), { credentials });
    const ids: Record<string, string> = {};
    for (const [instance, name] of Object.entries(instances)) {
      const { account } = helper.getNode(`${instance}-${ACCOUNT}`) as unknown as AccountNode;
      assert.ok(account);
      ids[instance] = account.id;
      if ((await account.readSnapshot()).state === 'authenticated') continue;
      await account.requestOtp();
      await account.authenticate({ otp: stage.simulator.latestCode(`${name}@example.fi`) });
    }
    return ids;
  }

  const isThere = (id = ''): boolean => readdirSync(join(stage.userDir, 'cozify')).includes(`${id}.json`);
  const untilGone = (id: string | undefined): Promise<boolean> => until('its file to go', () => !isThere(id));
  async function assertKept(id: string | undefined): Promise<void> {
    await sleep(200);
    assert.ok(isThere(id));
  }

  it('is deleted with an instance that was disabled at the start', async () => {
    const { two } = await begin({ two: 'two' });
    await deploy({}, { two: 'two' });
    await load({}, { two: 'two' });
    await assertKept(two);
    await deploy({});
    await untilGone(two);
  });

  it('is deleted while another instance has not run since the start', async () => {
    const { two, three } = await begin({ two: 'two', three: 'three' });
    await load({ two: 'two' }, { three: 'three' });
    await deploy({}, { three: 'three' });
    await untilGone(two);
    await assertKept(three);
  });

  it('is deleted with the last instance that uses it', async () => {
    const { two } = await begin({ two: 'two', three: 'two', four: 'two' });
    await load({ two: 'two' }, { three: 'two', four: 'two' });
    await deploy({}, { three: 'two', four: 'two' });
    await assertKept(two);
    await load({}, { three: 'two', four: 'two' });
    await deploy({}, { four: 'two' });
    await assertKept(two);
    await deploy({});
    await untilGone(two);
  });

  it('is kept while an instance that never ran may use it, even after a restart', async () => {
    const { two } = await begin({ two: 'two' });
    await deploy({}, { three: 'two' });
    await assertKept(two);
    await load({}, { three: 'two' });
    await assertKept(two);
    await deploy({});
    await untilGone(two);
  });

  it('is kept when loaded flows lack it or give the instance another account', async () => {
    const { two, three } = await begin({ two: 'two', three: 'three' });
    await load({ three: 'other' });
    await deploy({ three: 'other' });
    await load({ three: 'other' });
    await deploy({ three: 'other' });
    for (const id of [two, three]) await assertKept(id);
    await deploy({});
    for (const id of [two, three]) await assertKept(id);
    await load({ two: 'two', three: 'three' });
    for (const instance of ['two', 'three']) {
      const { account } = helper.getNode(`${instance}-${ACCOUNT}`) as unknown as AccountNode;
      assert.equal((await account?.readSnapshot())?.state, 'authenticated');
    }
  });
});
