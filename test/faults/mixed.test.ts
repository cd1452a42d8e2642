import assert from 'node:assert/strict';
import fc from 'fast-check';
import { sized } from '../support/size.js';
import { DAY } from '../src/support/fake-clock.js';
import { type Action, anyAction, heal, perform } from './support/mixed/actions.js';
import { checkAlways, checkEnd, checkNow } from './support/mixed/checks.js';
import { MixedWorld } from './support/mixed/mixed-world.js';
import type { StepName } from './support/mixed/host.js';
import { makeKey } from './support/mixed/node-red.js';
import type { StoreBehaviour } from './support/mixed/store-behaviours.js';

/** Number of random sequences of actions. Half of them have two processes that share a store. */
const SEQUENCES = Number(process.env['MIXED_RUNS'] ?? sized(100, 20_000));
/**
 * Number of sequences per seed. The first failure of a seed is shortened as far as possible; then the next seed runs.
 */
const PER_SEED = 50;
const FIRST_SEED = Number(process.env['MIXED_SEED'] ?? 1);

async function start(hosts: number, store: string): Promise<MixedWorld> {
  const world = new MixedWorld(hosts);
  for (const host of world.hosts) {
    host.flows = [world.node('one', store)];
    world.boot(host);
  }
  await world.advance(2_000);
  const first = world.hostAt(0);
  world.step(first, 'one', 'request');
  await world.advance(1_000);
  world.step(first, 'one', 'logIn');
  await world.advance(90_000);
  return world;
}

async function violationsOf(hosts: number, store: string, actions: readonly Action[]): Promise<string[]> {
  const world = await start(hosts, store);
  for (const action of actions) {
    await perform(world, action);
    checkAlways(world);
  }
  await heal(world);
  await checkNow(world, 'after all faults ended');
  await checkEnd(world);
  return world.violations;
}

async function failureOf(seed: number, hosts: number): Promise<string | undefined> {
  const property = fc.asyncProperty(
    fc.constantFrom('', 'red', 'red'),
    fc.array(anyAction, { maxLength: 25, size: 'max' }),
    async (store, actions) => assert.deepEqual(await violationsOf(hosts, hosts > 1 ? 'red' : store, actions), []),
  );
  const result = await fc.check(property, { seed, numRuns: PER_SEED, endOnFailure: process.env['MIXED_RAW'] === '1' });
  if (!result.failed) return undefined;
  const { counterexample, counterexamplePath, errorInstance } = result;
  const lines = (errorInstance as { actual?: string[] } | null)?.actual ?? [String(errorInstance)];
  const [store, actions] = counterexample ?? [];
  return [
    `seed ${seed}, path ${counterexamplePath}, ${hosts} process(es), store "${store}":`,
    ...lines.map((line) => `  ${line}`),
    ...(actions ?? []).map((action) => `    ${JSON.stringify(action)}`),
  ].join('\n');
}

/** The parameters of an action. */
type Of<What extends Action['do']> = Extract<Action, { do: What }>;
/** The place of an action. Defaults to the account `one` of the first process. */
type Where = Partial<Pick<Action, 'host' | 'id'>>;
const action = (what: object): Action => ({ host: 0, id: 'one', ...what }) as Action;

const step = (name: StepName, where?: Where) => action({ do: 'step', step: name, ...where });
const deploy = (kind: Of<'deploy'>['kind'], change: Of<'deploy'>['change'], where?: Where) =>
  action({ do: 'deploy', kind, change, ...where });
const dialog = (what: Of<'dialog'>['what'], cloudIndex: number) => action({ do: 'dialog', what, cloud: cloudIndex });
const store = (name: string, behaviour: StoreBehaviour, where?: Where) =>
  action({ do: 'store', store: name, behaviour, ...where });
const cloud = (behaviour: Of<'cloud'>['behaviour']) => action({ do: 'cloud', behaviour });
const pass = (seconds: number) => action({ do: 'pass', seconds });
/** Runs several steps at once on a store with this behaviour, and interrupts them after some seconds. */
const rush = (
  behaviour: StoreBehaviour,
  steps: readonly StepName[],
  seconds: number,
  then: Of<'rush'>['then'],
  where?: Where & { isStoreRepaired?: boolean },
) => action({ do: 'rush', behaviour, steps, seconds, then, ...where });
/** Returns a step eight times. */
const eight = (name: StepName): StepName[] => Array<StepName>(8).fill(name);

const OWN_STORE = { hosts: 1, store: '' } as const;
const SHARED_STORE = { hosts: 1, store: 'red' } as const;
const TWO_PROCESSES = { hosts: 2, store: 'red' } as const;

/** Actions that delete an account right after a reinstall, while the files hang. */
const DELETED_DURING_REINSTALL: Action[] = [
  rush('normal', ['ping'], 0, 'move'),
  deploy('full', 'move'),
  store('', 'slow'),
  rush('normal', eight('reset'), 0, 'move'),
  rush('normal', eight('reset'), 0, 'reinstall'),
  rush('hanging', ['ping'], 2.5, 'delete'),
];

/**
 * Sequences of actions that once failed, shortened by fast-check. Each has a title, the processes and the store of the
 * account, and the actions.
 */
const FOUND: [string, { hosts: 1 | 2; store: string }, Action[]][] = [
  [
    'deletes a disabled account during its request for a code',
    OWN_STORE,
    [cloud('slow'), step('request'), deploy('full', 'off'), deploy('full', 'delete')],
  ],
  [
    'deletes an account while a store is late with an earlier save',
    SHARED_STORE,
    [rush('late', ['authenticate', 'logOut'], 0.1, 'delete', { isStoreRepaired: true })],
  ],
  [
    'deletes an account during its move to a late store',
    OWN_STORE,
    [store('red', 'late'), deploy('nodes', 'move'), rush('late', ['logIn', 'wrongCode'], 2.5, 'delete')],
  ],
  [
    'settles queued set-token steps when their account is disabled',
    SHARED_STORE,
    [rush('slow', eight('setToken'), 0, 'off'), pass(35)],
  ],
  [
    'settles a logout that is being saved when its account is disabled',
    TWO_PROCESSES,
    [rush('slow', ['refresh', 'logOut', 'setTemporaryToken'], 1, 'off'), pass(1)],
  ],
  [
    'survives a reinstall while a login from the dialog is unsaved',
    OWN_STORE,
    [
      store('', 'full'),
      dialog('request', 1),
      rush('no answer', ['setTemporaryToken', 'setTemporaryToken'], 0.5, 'reinstall', { isStoreRepaired: true }),
      deploy('nodes', 'delete'),
    ],
  ],
  [
    'deletes an account during its move to another store',
    OWN_STORE,
    [rush('late', ['request'], 0, 'move'), deploy('full', 'delete')],
  ],
  [
    'moves an account away from a late store',
    OWN_STORE,
    [
      rush('normal', ['ping'], 0, 'move'),
      store('blue', 'late'),
      rush('normal', ['ping'], 0, 'move'),
      pass(2),
      rush('normal', eight('reset'), 0, 'move'),
    ],
  ],
  [
    'settles a logout that is saved while its account closes',
    SHARED_STORE,
    [rush('slow', ['setToken', 'logOut'], 1.5, 'reinstall'), pass(12)],
  ],
  [
    'settles queued resets when their account is disabled, on a shared store',
    SHARED_STORE,
    [pass(805), rush('slow', eight('reset'), 0, 'off'), pass(4)],
  ],
  [
    'deletes an account right after a reinstall, while files of the old registry hang',
    OWN_STORE,
    DELETED_DURING_REINSTALL,
  ],
  ['deletes an account while its store is unknown', OWN_STORE, [...DELETED_DURING_REINSTALL, pass(12)]],
  [
    'deletes an account while a store is late with its save and fast with another one',
    SHARED_STORE,
    [rush('late', ['setEmail'], 0, 'delete'), deploy('full', 'back', { id: 'sub-b' })],
  ],
  [
    'survives a power cut after two moves of an account on a full disk',
    OWN_STORE,
    [
      rush('late', ['ping'], 0, 'move'),
      rush('full', ['reset'], 1.5, 'delete', { id: 'two' }),
      rush('slow', ['ping'], 0, 'move'),
      action({ do: 'kill' }),
    ],
  ],
  [
    'renews a token after another process failed to set an address',
    TWO_PROCESSES,
    [step('setToken', { host: 1 }), store('red', 'late', { host: 1 }), step('setEmail', { host: 1 }), pass(700)],
  ],
  [
    'renews a token while resets of another process fail',
    TWO_PROCESSES,
    [cloud('very slow'), step('refresh'), rush('late', eight('reset'), 0, 'nothing', { host: 1 })],
  ],
  [
    'settles a queued code request at a reinstall',
    OWN_STORE,
    [
      rush('normal', ['request'], 0, 'move'),
      cloud('very slow'),
      rush('normal', ['wrongCode'], 0, 'reinstall'),
      dialog('logIn', 0),
    ],
  ],
  [
    'deletes the account of a subflow instance that was removed while flows are stopped',
    OWN_STORE,
    [
      deploy('full', 'back', { id: 'sub-a' }),
      action({ do: 'stopFlows' }),
      pass(35),
      deploy('full', 'instance', { id: 'sub-a' }),
    ],
  ],
];

describe('an account under random events', () => {
  before(makeKey);

  for (const [title, { hosts, store: name }, actions] of FOUND) {
    it(title, async () => assert.deepEqual(await violationsOf(hosts, name, actions), []));
  }

  for (const hosts of [1, 2]) {
    it(`keeps its latest login and leaves no secret behind, with ${hosts} process(es)`, async function () {
      this.timeout(DAY);
      const failures: string[] = [];
      for (let done = 0; done < SEQUENCES / 2; done += PER_SEED) {
        const failure = await failureOf(FIRST_SEED + done / PER_SEED, hosts);
        if (failure !== undefined) failures.push(failure);
      }
      assert.ok(failures.length === 0, `\n${failures.join('\n\n')}\n${failures.length} seeds failed`);
    });
  }
});
