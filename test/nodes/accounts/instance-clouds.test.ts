import assert from 'node:assert/strict';
import helper from 'node-red-node-test-helper';
import type { AccountNode } from '../../../nodes/runtime/find-account';
import { post } from '../support/admin-client';
import { ACCOUNT, accountNode, EMAIL, type FlowNode, placed, testFlow } from '../support/flow';
import { Stage } from '../support/stage';

/** The cloud address of each instance, in the order of the flow file. */
type Clouds = Record<string, string>;

describe('Subflow instances with one account and different clouds', () => {
  const stage = Stage.forSuite();

  const good = () => stage.simulator.cloudUrl;
  const other = 'http://127.0.0.1:9/ui/0.2';

  const flow = (clouds: Clouds): FlowNode[] => {
    const instances = Object.entries(clouds).map(([id, url]) => {
      const env = [{ name: 'CLOUD', type: 'str', value: url }];
      return placed({ id, type: 'subflow:sub', wires: [], env });
    });
    const subflow = { id: 'sub', type: 'subflow', name: 'Cozify', in: [], out: [] };
    return testFlow(subflow, { ...accountNode({ cloudUrl: '${CLOUD}' }), z: 'sub' }, ...instances);
  };

  const cloudOf = (instance: string): string | undefined =>
    (helper.getNode(`${instance}-${ACCOUNT}`) as unknown as AccountNode).account?.cloudUrl;

  /** The warnings about different values of `cloudUrl`. */
  const warnings = (): unknown[] =>
    helper
      .log()
      .args.map(([entry]: unknown[]) => (entry as { level: number; msg: unknown }).msg)
      .filter((msg: unknown) => String(msg).includes('different values of cloudUrl'));

  for (const [position, ids] of [
    ['first', ['a', 'b', 'c']],
    ['last', ['c', 'b', 'a']],
  ] as const) {
    it(`use the cloud of the lowest node id, which is ${position} in the flow file, and warn once`, async () => {
      await stage.load(flow(Object.fromEntries(ids.map((id) => [id, id === 'a' ? good() : other]))));
      for (const id of ids) assert.equal(cloudOf(id), good());
      assert.equal(warnings().length, 1);
      const mails = stage.simulator.mails.length;
      const reply = await post('otp', {});
      assert.equal(reply.status, 202, reply.text);
      assert.equal(stage.simulator.mails.length, mails + 1);
      assert.equal(stage.simulator.mails.at(-1)?.to, EMAIL);
    });
  }

  it('use the cloud of the next node id after a Deploy has removed the lowest', async () => {
    const [a, b, c] = [other, good(), other];
    await stage.load(flow({ c, b, a }));
    assert.equal(cloudOf('b'), other);
    await stage.deploy(flow({ c, b }), 'nodes');
    assert.equal(cloudOf('b'), good());
    assert.equal(warnings().length, 1, 'one warning');
    await stage.deploy(flow({ b }), 'nodes');
    assert.equal(cloudOf('b'), good());
  });

  it('make no request and log no second warning over a Deploy', async () => {
    const clouds = { c: other, b: other, a: good() };
    await stage.load(flow(clouds));
    const { account } = helper.getNode(`a-${ACCOUNT}`) as unknown as AccountNode;
    assert.ok(account);
    await account.requestOtp();
    await account.authenticate({ otp: stage.simulator.latestCode(EMAIL) });
    stage.simulator.clearRequests();
    await stage.deploy(flow(clouds));
    assert.equal((await account.readSnapshot()).state, 'authenticated');
    assert.equal(cloudOf('c'), good());
    assert.deepEqual(stage.simulator.counts(), {});
    assert.equal(warnings().length, 1);
  });
});
