import assert from 'node:assert/strict';
import { join } from 'node:path';
import { accountNode, at, type FlowNode, TAB } from '../live/harness/flow.js';
import { removeFolder, tempFolder } from '../live/harness/leftovers.js';
import { installedUserDir } from '../live/harness/packed.js';
import { Simulator } from '../simulator/index.js';
import { Child } from './support/child.js';
import { EMAIL, saveLogin } from './support/file-account.js';
import { MEGABYTE } from './support/heap.js';
import type { LoopDelay, LoopTask } from './support/loop-child.js';
import { isLong, say, sized } from './support/size.js';
import type { Holdings, SoakTask } from './support/soak-child.js';

/** Without compiled code, which V8 makes, drops and makes again for hours, the heap holds what the program holds. */
const HEAP_FLAGS = ['--expose-gc', '--no-opt', '--no-sparkplug', '--no-flush-bytecode'];

const ACTIONS = ['ping', 'refresh', 'token', 'email'];

/** One deploy after another differs in what a person may change; the account with the login stays. */
function flowsOf(place: number, cloudUrl: string): FlowNode[] {
  const account = accountNode({ id: 'a1', email: EMAIL, cloudUrl, name: place % 3 === 0 ? 'Koti' : '' });
  const guest = accountNode({ id: `guest-${place}`, email: `guest${place}@example.fi`, cloudUrl, d: place % 4 === 3 });
  const action = (name: string, row: number): FlowNode => ({
    ...{ id: name, type: `cozify-${name}`, z: TAB, account: 'a1', name: '', wires: [], ...at(1, row) },
    ...(name === 'token' || name === 'email' ? { mode: 'get' } : {}),
  });
  return [
    { id: TAB, type: 'tab', label: `Deploy ${place % 2}`, disabled: false, info: '' },
    account,
    ...(place % 2 === 1 ? [guest] : []),
    ...ACTIONS.map(action),
    { id: 'events', type: 'cozify-events', z: TAB, account: 'a1', name: '', events: [], wires: [], ...at(1, 6) },
    ...(place % 2 === 1
      ? [{ id: 'more', type: 'cozify-events', z: TAB, account: guest.id, name: '', events: [], wires: [], ...at(1, 7) }]
      : []),
  ];
}

describe('soak', () => {
  let simulator: Simulator;
  let child: Child | undefined;
  const folders: string[] = [];

  before(async () => {
    simulator = await Simulator.start({ hubs: [{ name: 'Koti' }] });
  });
  afterEach(() => child?.stop());
  after(async () => {
    await simulator.stop();
    folders.forEach(removeFolder);
  });

  it('deploys and messages in one Node-RED leave no timer, listener, socket, handle or memory behind', async () => {
    const [deploys, messages] = [sized(60, 1000), sized(5_000, 100_000)];
    const userDir = await installedUserDir();
    await saveLogin(join(userDir, 'cozify'), simulator.cloudUrl, simulator.issueToken(EMAIL));
    const settings = {
      ...{ userDir, flowFile: 'flows.json', credentialSecret: 'a-secret-of-the-tests', disableEditor: true },
      ...{ httpAdminRoot: false, httpNodeRoot: false, logging: { console: { level: 'off' } } },
      ...{ telemetry: { enabled: false } },
    };
    const redChild = (child = await Child.start('soak-child.js', [JSON.stringify(settings)], HEAP_FLAGS));
    const ask = <T>(task: SoakTask): Promise<T> => redChild.ask<T>(task);

    const run = async (times: number, perDeploy: number): Promise<void> => {
      for (let place = 1; place <= times; place++) {
        const type = (['full', 'nodes', 'flows', 'full', 'reload'] as const)[place % 5] ?? 'full';
        await ask({ do: 'deploy', flows: flowsOf(place, simulator.cloudUrl), type });
        const { failed } = await ask<{ failed: number }>({ do: 'messages', ids: ACTIONS, times: perDeploy });
        assert.equal(failed, 0, `messages failed after deploy ${place}`);
      }
      // Both looks see the same flows.
      await ask({ do: 'deploy', flows: flowsOf(0, simulator.cloudUrl), type: 'full' });
    };
    const perDeploy = messages / deploys;
    // What is cached when something happens for the first times is no leak.
    await run(sized(20, 200), perDeploy);
    const before = await ask<Holdings>({ do: 'rest' });
    await run(deploys, perDeploy);
    const after = await ask<Holdings>({ do: 'rest' });

    const grownBy = after.heap - before.heap;
    const share = grownBy / before.heap;
    say(`${deploys} deploys and ${messages} messages: heap ${(before.heap / MEGABYTE).toFixed(1)} MB, then`);
    say(`${(grownBy / MEGABYTE).toFixed(2)} MB more (${(share * 100).toFixed(2)} %); ${after.listeners} listeners;`);
    say(`at rest ${JSON.stringify(after.resources)}`);
    assert.deepEqual(after.resources, before.resources, 'timers, sockets and other handles');
    assert.equal(after.listeners, before.listeners, 'listeners');
    // In the normal size 100 bytes a message, or 9 KB a deploy, would be seen.
    assert.ok(isLong ? share < 0.02 : grownBy < 0.5 * MEGABYTE, `the heap grew by ${grownBy} bytes`);
  });

  it('the event loop is never blocked for more than 50 ms', async () => {
    const times = sized(3_000, 30_000);
    const folder = tempFolder('loop');
    folders.push(folder);
    await saveLogin(folder, simulator.cloudUrl, simulator.issueToken(EMAIL));
    const loopChild = (child = await Child.start('loop-child.js', [folder, simulator.cloudUrl]));
    const ask = (task: LoopTask): Promise<LoopDelay> => loopChild.ask<LoopDelay>(task);
    for (const what of ['requests', 'steps', 'logins'] as const) await ask({ what, times: 300 });

    const baseline = await ask({ what: 'requests', times });
    const steps = await ask({ what: 'steps', times });
    // As many hubs as an answer may name.
    const keys = Object.fromEntries(
      Array.from({ length: 1000 }, (_, place) => [`hub-${place}`, `key-of-hub-${place}`]),
    );
    simulator.fault('hubkeys', { body: JSON.stringify(keys) });
    const manyHubs = await ask({ what: 'logins', times: 20 });
    simulator.clearFaults();
    const show = ({ longest, longestTurn, p99 }: LoopDelay): string =>
      `longest delay ${longest.toFixed(1)} ms (${longestTurn.toFixed(1)} ms of processor time), 99 % under ${p99.toFixed(1)} ms`;
    say(`without us:        ${show(baseline)}`);
    say(`with us:           ${show(steps)}`);
    say(`and with 1000 hubs: ${show(manyHubs)}`);
    // A delay in which we did not use the processor is the machine's, not ours.
    for (const { longest, longestTurn, p99 } of [steps, manyHubs]) {
      const blocked = Math.max(p99, Math.min(longest, longestTurn));
      assert.ok(blocked <= 50, `the event loop was blocked for ${blocked} ms`);
    }
  });
});
