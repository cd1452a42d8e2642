// Random actions on hosts, stores and clouds.
import fc from 'fast-check';
import { MINUTE, SECOND } from '../../../src/support/fake-clock.js';
import type { CloudBehaviour } from './cloud.js';
import { CLOUDS, type Host, IDS, nodeIdOf, STEPS, type StepName } from './host.js';
import type { MixedWorld } from './mixed-world.js';
import { type StoreBehaviour, FAULTS } from './store-behaviours.js';
import type { AccountNode, Flows } from './node-red.js';

/**
 * Changes that a Deploy can make to an account's node, such as `off` (disable it) or `move` (use another store). A
 * change that is in the list twice is drawn twice as often.
 */
const CHANGES = [
  ...['nothing', 'nothing', 'off', 'on', 'delete', 'back', 'move', 'address', 'cloud', 'back', 'instance'],
] as const;
type Change = (typeof CHANGES)[number];

/** Actions that end a `rush`. A rush runs several steps concurrently, and its last action interrupts them. */
const RUSH_ENDINGS = ['delete', 'off', 'move', 'nothing', 'reinstall', 'stop'] as const;
type RushEnding = (typeof RUSH_ENDINGS)[number];

/** A random action: the index of its host, the id of an account, and what happens. */
export type Action = { host: number; id: string } & (
  | { do: 'step'; step: StepName }
  | { do: 'deploy'; kind: 'full' | 'nodes' | 'load'; change: Change }
  | { do: 'dialog'; what: 'request' | 'logIn' | 'drop'; cloud: number }
  | { do: 'store'; store: string; behaviour: StoreBehaviour }
  | { do: 'lose'; store: string }
  | { do: 'cloud'; behaviour: CloudBehaviour }
  | { do: 'pass'; seconds: number }
  | { do: 'stop' | 'kill' | 'start' | 'revoke' | 'stopFlows' | 'startFlows' | 'reinstall' }
  | {
      do: 'rush';
      behaviour: StoreBehaviour;
      steps: readonly StepName[];
      seconds: number;
      then: RushEnding;
      /** Whether the store works again before the last action. */
      isStoreRepaired?: boolean;
    }
  | { do: 'killAfter'; steps: number }
);

const STORES = ['', 'red', 'blue'] as const;

const what = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(...STEPS).map((step) => ({ do: 'step' as const, step })) },
  {
    weight: 16,
    arbitrary: fc.record({
      do: fc.constant('deploy' as const),
      kind: fc.constantFrom('full' as const, 'full' as const, 'nodes' as const, 'nodes' as const, 'load' as const),
      change: fc.constantFrom(...CHANGES),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('dialog' as const),
      what: fc.constantFrom('request' as const, 'logIn' as const, 'logIn' as const, 'drop' as const),
      cloud: fc.constantFrom(0, 0, 1),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('store' as const),
      store: fc.constantFrom(...STORES),
      behaviour: fc.constantFrom('normal' as const, 'normal' as const, 'normal' as const, ...FAULTS),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('rush' as const),
      behaviour: fc.constantFrom('normal' as const, 'slow' as const, 'slow' as const, ...FAULTS),
      steps: fc.oneof(
        { weight: 3, arbitrary: fc.array(fc.constantFrom(...STEPS), { minLength: 1, maxLength: 5 }) },
        // Steps that save more often than a slow store can manage before the account closes.
        { weight: 1, arbitrary: fc.constantFrom('reset', 'setToken', 'setEmail').map(eightTimes) },
      ),
      seconds: fc.constantFrom(0, 0.1, 0.5, 1, 1.5, 2.5, 4),
      then: fc.constantFrom(...RUSH_ENDINGS),
      isStoreRepaired: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const), store: fc.constantFrom('red', 'blue') }) },
  {
    weight: 6,
    arbitrary: fc
      .constantFrom<CloudBehaviour>('normal', 'normal', 'slow', 'very slow', 'losing answers', 'away', '503', '429')
      .map((behaviour) => ({ do: 'cloud' as const, behaviour })),
  },
  {
    weight: 16,
    arbitrary: fc.constantFrom(0, 1, 2, 4, 12, 35, 100, 700).map((seconds) => ({ do: 'pass' as const, seconds })),
  },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom('stop' as const, 'kill' as const, 'start' as const, 'start' as const)
      .map((name) => ({ do: name })),
  },
  { weight: 1, arbitrary: fc.constantFrom('stopFlows' as const, 'startFlows' as const).map((name) => ({ do: name })) },
  { weight: 1, arbitrary: fc.constant({ do: 'revoke' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'reinstall' as const }) },
  { weight: 2, arbitrary: fc.nat(40).map((steps) => ({ do: 'killAfter' as const, steps })) },
);

function eightTimes(step: StepName): StepName[] {
  return Array.from({ length: 8 }, () => step);
}

/** Generates random actions, mostly on the account `one`, which is deployed from the beginning. */
export const anyAction: fc.Arbitrary<Action> = fc
  .tuple(fc.nat(1), fc.constantFrom('one', 'one', 'one', 'one', ...IDS), what)
  .map(([host, id, action]) => ({ host, id, ...action }));

/** Performs an action, and waits for all work that needs no simulated time. */
export async function perform(world: MixedWorld, action: Action): Promise<void> {
  const host = world.hostAt(action.host);
  const { id } = action;
  switch (action.do) {
    case 'step':
      world.step(host, id, action.step);
      break;
    case 'deploy':
      if (world.isShared && action.kind === 'load') break;
      world.deploy(host, action.kind, changed(world, host, action.change, id));
      break;
    case 'dialog':
      // Skips accounts in subflows: their dialog uses the template's id, which no other action uses.
      if (nodeIdOf(id) === id) world.dialog(host, id, action.what, CLOUDS[action.cloud] ?? CLOUDS[0]);
      break;
    case 'rush':
      return rush(world, host, action);
    case 'reinstall':
      world.reinstall(host);
      break;
    case 'store':
      world.setStoreBehaviour(host, action.store, action.behaviour);
      break;
    case 'lose':
      world.lose(action.store);
      break;
    case 'cloud':
      world.setCloud(action.behaviour);
      break;
    case 'pass':
      return world.advance(action.seconds * SECOND);
    case 'stop':
      await world.stop(host);
      world.boot(host);
      break;
    case 'kill':
      host.process?.die();
      break;
    case 'killAfter':
      if (host.process !== undefined) host.process.stepsLeft = action.steps;
      break;
    case 'start':
      world.boot(host);
      break;
    case 'revoke':
      world.revoke(host, id);
      break;
    case 'stopFlows':
    case 'startFlows':
      host.process?.[action.do]();
  }
  await world.advance(0);
}

/** Runs concurrent steps while the account's store has another behaviour, and interrupts them with another action. */
async function rush(world: MixedWorld, host: Host, action: Action & { do: 'rush' }): Promise<void> {
  const { id, behaviour, steps, seconds, then, isStoreRepaired = false } = action;
  const store = host.flows.find((node) => node.id === nodeIdOf(id))?.store ?? '';
  world.setStoreBehaviour(host, store, behaviour);
  for (const step of steps) world.step(host, id, step);
  await world.advance(seconds * SECOND);
  if (isStoreRepaired) world.setStoreBehaviour(host, store, 'normal');
  if (then === 'reinstall' || then === 'stop') return perform(world, { ...action, do: then });
  return perform(world, { ...action, do: 'deploy', kind: 'full', change: then });
}

/** Returns the flows of a host after a change of one account's node. */
function changed(world: MixedWorld, host: Host, change: Change, account: string): Flows {
  const { flows } = host;
  const id = nodeIdOf(account);
  const node = flows.find((one) => one.id === id);
  const others = flows.filter((one) => one.id !== id);
  const other = (more: Partial<AccountNode>): Flows => (node === undefined ? flows : [...others, { ...node, ...more }]);
  switch (change) {
    case 'nothing':
      return flows;
    case 'off':
      return other({ d: true });
    case 'on':
      return other({ d: false });
    case 'delete':
      return others;
    case 'back':
      return node === undefined ? [...others, world.node(id, world.isShared ? 'red' : nextStore(world))] : flows;
    case 'move':
      return world.isShared ? flows : other({ store: nextStore(world) });
    case 'address':
      return other({ email: `${id}.${world.clock.monotonic() % 1_000}@example.fi` });
    case 'cloud':
      return other({ cloudUrl: node?.cloudUrl === CLOUDS[0] ? CLOUDS[1] : CLOUDS[0] });
    case 'instance':
      return node?.instances === undefined
        ? flows
        : other({ instances: node.instances.length > 1 ? ['a'] : ['a', 'b'] });
  }
}

/** Returns the name of a store. Successive calls return all stores in turn. */
function nextStore(world: MixedWorld): string {
  return STORES[(world.storesChosen += 1) % STORES.length] ?? '';
}

/** Ends all faults, starts all flows, and enables all accounts. Then waits 15 simulated minutes for delayed work. */
export async function heal(world: MixedWorld): Promise<void> {
  world.setCloud('normal');
  for (const host of world.hosts) {
    world.boot(host);
    const { process } = host;
    if (process === undefined) continue;
    process.stepsLeft = Infinity;
    for (const store of STORES) world.setStoreBehaviour(host, store, 'normal');
    process.startFlows();
    // The result of an action on a disabled account is visible only after the account is enabled.
    if (host.flows.some(({ d }) => d === true)) {
      const flows = host.flows.map((node) => ({ ...node, d: false }));
      world.deploy(host, 'full', flows);
    }
  }
  await world.advance(5 * MINUTE);
  await world.advance(10 * MINUTE);
}
