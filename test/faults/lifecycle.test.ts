import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { StepResult } from '../../src/index.js';
import { ACCOUNT, accountNode, actionNode, type FlowNode, placed, testFlow } from '../nodes/support/flow.js';
import { Stage } from '../nodes/support/stage.js';
import { assertNothingUnhandled } from '../nodes/support/unhandled.js';
import { sleep, until } from '../support/wait.js';
import { quietBackground } from './support/quiet.js';
import { faultTable, type Row } from './support/table.js';

const nodes = ['ping', 'refresh', 'authenticate'].map((operation) => actionNode(operation, { force: true }));
const flow = (properties: Record<string, unknown> = {}): FlowNode[] => testFlow(accountNode(properties), ...nodes);
const without = (): FlowNode[] => testFlow(...nodes);

const isKept = (stage: Stage): boolean => existsSync(join(stage.userDir, 'cozify', `${ACCOUNT}.json`));

/** Returns flows with everything moved from the first tab to another one, as when a person drags the account there. */
const moved = (): FlowNode[] => [
  { id: 'tab-2', type: 'tab', label: 'Another' },
  ...flow({ z: 'tab-2' })
    .filter(({ type }) => type !== 'tab')
    .map((node) => (node['z'] === undefined ? node : placed({ ...node, z: 'tab-2' }))),
];

type World = { stage: Stage; end(): Promise<void> };
const open = async (): Promise<World> => {
  const wakeBackground = quietBackground();
  const stage = await Stage.open();
  await stage.load(flow());
  await stage.logIn();
  const end = (): Promise<void> => {
    wakeBackground();
    return stage.close();
  };
  return { stage, end };
};

/**
 * Deploys while three steps wait for the cloud, and asserts that each step ends without an unhandled rejection. With
 * `isAnswered`, the cloud answers after the Deploy. Otherwise the steps must end without an answer. Returns the codes
 * of the failed steps.
 */
async function deployDuring(
  { stage }: World,
  flows: FlowNode[],
  { type = 'full', isAnswered = false }: { type?: 'full' | 'nodes'; isAnswered?: boolean } = {},
): Promise<string[]> {
  const codes: string[] = [];
  await assertNothingUnhandled(async () => {
    // Holds the first request of each of the three steps.
    const held = [1, 2, 3].map(() => stage.simulator.hold('cloud'));
    const account = stage.account();
    const before = stage.simulator.count('*');
    const steps: Promise<StepResult<boolean>>[] = [account.ping(), account.authenticate(), account.ping()];
    const ended = Promise.all(steps.map((step) => step.catch((error: { code: string }) => codes.push(error.code))));
    await until('a request', () => stage.simulator.count('*') > before);
    await stage.deploy(flows, type);
    if (!isAnswered) await ended;
    for (const answer of held) answer.release();
    await ended;
    await sleep(50);
    stage.simulator.clearFaults();
  });
  return codes;
}

const closed = ['COZIFY_CLOSED', 'COZIFY_CLOSED', 'COZIFY_CLOSED'];

const KEPT: [string, () => FlowNode[], 'full' | 'nodes'][] = [
  ['deployed again', () => flow(), 'full'],
  ['deployed with another name', () => flow({ name: 'Koti' }), 'nodes'],
  ['moved to another flow, out of one that is deleted', moved, 'full'],
];
const kept = KEPT.map(([what, flows, type]): Row<World> => ({
  fault: `an account that is ${what} while steps wait`,
  expected: 'the steps continue and succeed, and the login is kept',
  run: async (world) => {
    assert.deepEqual(await deployDuring(world, flows(), { type, isAnswered: true }), []);
    assert.equal((await world.stage.account().ping()).value, true);
    assert.equal(world.stage.account().snapshot().state, 'authenticated');
  },
}));

const gone: Row<World>[] = [
  {
    fault: 'an account that is deleted while steps wait',
    expected: 'the steps end with COZIFY_CLOSED, its secrets are deleted',
    run: async (world) => {
      assert.deepEqual(await deployDuring(world, without()), closed);
      await until('the secrets to go', () => !isKept(world.stage));
      const { msg } = await world.stage.ask('ping');
      assert.equal(msg.cozify.error?.code, 'COZIFY_NO_ACCOUNT');
    },
  },
  {
    fault: 'an account that is disabled while steps wait, and enabled again',
    expected: 'the steps end with COZIFY_CLOSED; the login is back afterwards',
    run: async (world) => {
      const { stage } = world;
      assert.deepEqual(await deployDuring(world, flow({ d: true })), closed);
      assert.equal((await stage.ask('ping')).msg.cozify.error?.code, 'COZIFY_NO_ACCOUNT');
      assert.ok(isKept(stage));
      await stage.deploy(flow());
      assert.equal((await stage.account().ping()).value, true);
    },
  },
  {
    fault: 'an account that is disabled, and then deleted',
    expected: 'its secrets are deleted',
    run: async ({ stage }) => {
      await stage.deploy(flow({ d: true }));
      assert.ok(isKept(stage));
      await stage.deploy(without());
      await until('the secrets to go', () => !isKept(stage));
    },
  },
  {
    fault: 'an account that is missing, or of another type',
    expected: 'COZIFY_NO_ACCOUNT, nothing sent',
    run: async ({ stage }) => {
      await stage.deploy(
        testFlow(accountNode(), actionNode('ping', { account: 'nobody' }), actionNode('refresh', { account: 'ping' })),
      );
      const before = stage.simulator.count('*');
      for (const id of ['ping', 'refresh']) {
        assert.equal((await stage.ask(id)).msg.cozify.error?.code, 'COZIFY_NO_ACCOUNT');
      }
      assert.equal(stage.simulator.count('*'), before);
    },
  },
];

faultTable('Concurrency and lifecycle', open, [...kept, ...gone]);
