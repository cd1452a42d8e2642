import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { accountNode, at, type FlowNode, TAB } from '../live/harness/flow';
import type { DeployType } from '../live/harness/node-red';
import { installedUserDir } from '../live/harness/packed';
import { Simulator } from '../simulator';
import { until } from '../support/wait';
import { Child } from './support/child';
import { EMAIL, saveLogin } from './support/file-account';
import { MEGABYTE } from './support/heap';
import { say, sized } from '../support/size';
import type { Holdings, SoakTask } from './support/soak-child';

/**
 * V8 flags that prevent compiling code and dropping compiled code, so that the heap size depends only on the data of
 * the program.
 */
const HEAP_FLAGS = ['--expose-gc', '--no-opt', '--no-sparkplug', '--no-flush-bytecode'];

const LAMP = { targets: [{ hub: '', kind: 'device', id: '', name: 'Lukuvalo' }] };

/** The action nodes (steps) that handle messages during each Deploy, with their settings. */
const STEPS: Readonly<Record<string, object>> = {
  ping: {},
  refresh: { force: true },
  authenticate: {},
  token: { mode: 'get' },
  read: { ...LAMP, fresh: true, outputs: 1 },
  command: { ...LAMP, command: 'toggle', confirm: 5 },
  wait: { ...LAMP, condition: { field: 'brightness', op: 'is', value: 77 }, timeout: 600 },
  request: { method: 'GET', path: '/rooms', pathType: 'str' },
};

const FEEDS: Readonly<Record<string, object>> = {
  changes: { targets: [], kinds: ['device'] },
  button: { targets: [], presses: [] },
  events: { events: [] },
};

/** Rounds before the first measurement. Caches fill in these rounds, which is not a leak. */
const WARM_UP = 10;

const senderOf = (name: string): string => `to-${name}`;

/**
 * Returns flows in which a function node sends messages through an action node (a step) to another function node. Each
 * function node has its own V8 context.
 */
function flowsOf(place: number, cloudUrl: string, isRenamed: boolean): FlowNode[] {
  const code = { type: 'function', z: TAB, outputs: 1, libs: [] };
  return [
    { id: TAB, type: 'tab', label: `Deploy ${place % 2}`, disabled: false, info: '' },
    accountNode({ id: 'a1', email: EMAIL, cloudUrl, name: isRenamed && place % 2 === 1 ? 'Koti' : '' }),
    ...Object.entries(STEPS).flatMap(([name, properties], row) => [
      { ...code, id: senderOf(name), name, func: 'return { payload: msg.text };', wires: [[name]], ...at(0, row) },
      {
        id: name,
        type: `cozify-${name}`,
        z: TAB,
        account: 'a1',
        ...properties,
        wires: [[`${name}-after`]],
        ...at(1, row),
      },
      { ...code, id: `${name}-after`, name, func: 'return null;', wires: [[]], ...at(2, row) },
    ]),
    ...Object.entries(FEEDS).map(([name, properties], row) => ({
      ...{ id: name, type: `cozify-${name}`, z: TAB, account: 'a1', name: '', ...properties, wires: [] },
      ...at(4, row),
    })),
  ];
}

describe('Deploys during running steps', () => {
  let simulator: Simulator;
  let child: Child | undefined;
  let userDir: string;
  const ask = async <T>(task: SoakTask): Promise<T> => (child ?? assert.fail()).ask<T>(task);

  before(async () => {
    simulator = await Simulator.start({ hubs: [{ name: 'Koti' }] });
  });
  beforeEach(async () => {
    userDir = await installedUserDir();
  });
  afterEach(() => child?.stop());
  after(() => simulator.stop());

  async function start(): Promise<void> {
    const settings = {
      ...{ userDir, flowFile: 'flows.json', credentialSecret: 'a-secret-of-the-tests', disableEditor: true },
      ...{ httpAdminRoot: false, httpNodeRoot: false, logging: { console: { level: 'off' } } },
      ...{ telemetry: { enabled: false } },
    };
    child = await Child.start('soak-child.js', [JSON.stringify(settings)], HEAP_FLAGS);
  }

  const renamed = ['an account under another name', 'nodes', true] as const;
  for (const [title, type, isRenamed] of [
    ['everything', 'full', false],
    ['one flow', 'flows', false],
    renamed,
    ['everything as it is', 'reload', false],
  ] as readonly (readonly [string, DeployType, boolean])[]) {
    it(`leave no V8 context and no memory behind: ${title}`, async () => {
      await saveLogin(join(userDir, 'cozify'), simulator.cloudUrl, simulator.issueToken(EMAIL));
      await start();
      const deploy = (place: number, as: DeployType = type): Promise<unknown> =>
        ask({ do: 'deploy', flows: flowsOf(place, simulator.cloudUrl, isRenamed), type: as });
      const run = async (times: number): Promise<void> => {
        for (let index = 1; index <= times; index += 1) {
          await ask({ do: 'send', ids: Object.keys(STEPS).map(senderOf) });
          const asked = simulator.count('*');
          await until('the first request', () => simulator.count('*') > asked);
          await deploy(index);
        }
        await deploy(0, 'full');
      };
      await deploy(0, 'full');
      await until('the hub to be found', async () => {
        return (await ask<{ failed: number }>({ do: 'messages', ids: ['read'], times: 1 })).failed === 0;
      });
      await run(WARM_UP);
      const before = await ask<Holdings>({ do: 'idle' });
      const times = sized(12, 200);
      await run(times);
      const after = await ask<Holdings>({ do: 'idle' });
      const grownBy = after.heap - before.heap;
      say(`${times} deploys: ${before.contexts} contexts, then ${after.contexts}; ${after.listeners} listeners;`);
      say(`heap ${(before.heap / MEGABYTE).toFixed(1)} MB, then ${(grownBy / MEGABYTE).toFixed(2)} MB more`);
      assert.equal(after.contexts, before.contexts, 'contexts');
      assert.equal(after.listeners, before.listeners, 'listeners');
      // One leaked context or message per Deploy would exceed this limit.
      assert.ok(grownBy < 0.5 * MEGABYTE, `the heap grew by ${grownBy} bytes`);
    });
  }

  it('leave nothing behind from nodes with an unreadable account', async () => {
    // A folder in place of the state file makes the account unreadable.
    mkdirSync(join(userDir, 'cozify', 'a1.json'), { recursive: true });
    await start();
    const times = sized(100, 1000);
    const flows = (place: number): FlowNode[] => [
      { id: TAB, type: 'tab', label: 'Unreadable', disabled: false, info: '' },
      accountNode({ id: 'a1', email: EMAIL, cloudUrl: simulator.cloudUrl }),
      ...Array.from({ length: 20 }, (_none, row) => ({
        ...{ id: `events-${row}`, type: 'cozify-events', z: TAB, account: 'a1', name: String(place % 2), events: [] },
        ...{ wires: [], ...at(1, row) },
      })),
    ];
    const run = async (most: number): Promise<Holdings> => {
      for (let index = 0; index < most; index += 1) await ask({ do: 'deploy', flows: flows(index), type: 'nodes' });
      return ask({ do: 'idle' });
    };
    let before = await run(100);
    let each = Infinity;
    // A leak grows in every round, but the caches of V8 and Node-RED do not. One round without growth is enough.
    for (let round = 0; round < 3 && each >= 100; round += 1) {
      const after = await run(times);
      each = (after.heap - before.heap) / times / 20;
      say(`${each.toFixed(0)} bytes for each redeployed events node`);
      before = after;
    }
    assert.ok(each < 100, `${each} bytes`);
  });
});
