import assert from 'node:assert/strict';
import fc from 'fast-check';
import { sized } from '../support/size.js';
import { DAY } from '../src/support/fake-clock.js';
import { type Action, anyAction, heal, perform } from './support/mixed/actions.js';
import { checkAlways, checkEnd, checkNow } from './support/mixed/checks.js';
import { MixedWorld } from './support/mixed/mixed-world.js';
import { makeKey } from './support/mixed/node-red.js';

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

/** Actions that delete an account right after a reinstall, while the files hang. */
const DELETED_DURING_REINSTALL: object[] = [
  { do: 'rush', behaviour: 'normal', steps: ['ping'], seconds: 0, then: 'move' },
  { do: 'deploy', kind: 'full', change: 'move' },
  { do: 'store', store: '', behaviour: 'slow' },
  { do: 'rush', behaviour: 'normal', steps: Array(8).fill('reset'), seconds: 0, then: 'move' },
  { do: 'rush', behaviour: 'normal', steps: Array(8).fill('reset'), seconds: 0, then: 'reinstall' },
  { do: 'rush', behaviour: 'hanging', steps: ['ping'], seconds: 2.5, then: 'delete' },
];

/**
 * Sequences of actions that once failed, shortened by fast-check. Each has a title, the number of hosts, the store of
 * the account, and the actions.
 */
const FOUND: [string, 1 | 2, string, object[]][] = [
  [
    'deletes a disabled account during its request for a code',
    1,
    '',
    [
      { do: 'cloud', behaviour: 'slow' },
      { do: 'step', step: 'request' },
      { do: 'deploy', kind: 'full', change: 'off' },
      { do: 'deploy', kind: 'full', change: 'delete' },
    ],
  ],
  [
    'deletes an account while a store is late with an earlier save',
    1,
    'red',
    [
      {
        do: 'rush',
        behaviour: 'late',
        steps: ['authenticate', 'logOut'],
        seconds: 0.1,
        then: 'delete',
        isStoreRepaired: true,
      },
    ],
  ],
  [
    'deletes an account during its move to a late store',
    1,
    '',
    [
      { do: 'store', store: 'red', behaviour: 'late' },
      { do: 'deploy', kind: 'nodes', change: 'move' },
      { do: 'rush', behaviour: 'late', steps: ['logIn', 'wrongCode'], seconds: 2.5, then: 'delete' },
    ],
  ],
  [
    'settles queued set-token steps when their account is disabled',
    1,
    'red',
    [
      { do: 'rush', behaviour: 'slow', steps: Array(8).fill('setToken'), seconds: 0, then: 'off' },
      { do: 'pass', seconds: 35 },
    ],
  ],
  [
    'settles a logout that is being saved when its account is disabled',
    2,
    'red',
    [
      { do: 'rush', behaviour: 'slow', steps: ['refresh', 'logOut', 'setTemporaryToken'], seconds: 1, then: 'off' },
      { do: 'pass', seconds: 1 },
    ],
  ],
  [
    'survives a reinstall while a login from the dialog is unsaved',
    1,
    '',
    [
      { do: 'store', store: '', behaviour: 'full' },
      { do: 'dialog', what: 'request', cloud: 1 },
      {
        do: 'rush',
        behaviour: 'no answer',
        steps: ['setTemporaryToken', 'setTemporaryToken'],
        seconds: 0.5,
        then: 'reinstall',
        isStoreRepaired: true,
      },
      { do: 'deploy', kind: 'nodes', change: 'delete' },
    ],
  ],
  [
    'deletes an account during its move to another store',
    1,
    '',
    [
      { do: 'rush', behaviour: 'late', steps: ['request'], seconds: 0, then: 'move' },
      { do: 'deploy', kind: 'full', change: 'delete' },
    ],
  ],
  [
    'moves an account away from a late store',
    1,
    '',
    [
      { do: 'rush', behaviour: 'normal', steps: ['ping'], seconds: 0, then: 'move' },
      { do: 'store', store: 'blue', behaviour: 'late' },
      { do: 'rush', behaviour: 'normal', steps: ['ping'], seconds: 0, then: 'move' },
      { do: 'pass', seconds: 2 },
      { do: 'rush', behaviour: 'normal', steps: Array(8).fill('reset'), seconds: 0, then: 'move' },
    ],
  ],
  [
    'settles a logout that is saved while its account closes',
    1,
    'red',
    [
      { do: 'rush', behaviour: 'slow', steps: ['setToken', 'logOut'], seconds: 1.5, then: 'reinstall' },
      { do: 'pass', seconds: 12 },
    ],
  ],
  [
    'settles queued resets when their account is disabled, on a shared store',
    1,
    'red',
    [
      { do: 'pass', seconds: 805 },
      { do: 'rush', behaviour: 'slow', steps: Array(8).fill('reset'), seconds: 0, then: 'off' },
      { do: 'pass', seconds: 4 },
    ],
  ],
  ['deletes an account right after a reinstall, while files of the old registry hang', 1, '', DELETED_DURING_REINSTALL],
  ['deletes an account while its store is unknown', 1, '', [...DELETED_DURING_REINSTALL, { do: 'pass', seconds: 12 }]],
  [
    'deletes an account while a store is late with its save and fast with another one',
    1,
    'red',
    [
      { do: 'rush', behaviour: 'late', steps: ['setEmail'], seconds: 0, then: 'delete' },
      { do: 'deploy', id: 'sub-b', kind: 'full', change: 'back' },
    ],
  ],
  [
    'survives a power cut after two moves of an account on a full disk',
    1,
    '',
    [
      { do: 'rush', behaviour: 'late', steps: ['ping'], seconds: 0, then: 'move' },
      { do: 'rush', id: 'two', behaviour: 'full', steps: ['reset'], seconds: 1.5, then: 'delete' },
      { do: 'rush', behaviour: 'slow', steps: ['ping'], seconds: 0, then: 'move' },
      { do: 'kill' },
    ],
  ],
  [
    'renews a token after another process failed to set an address',
    2,
    'red',
    [
      { host: 1, do: 'step', step: 'setToken' },
      { host: 1, do: 'store', store: 'red', behaviour: 'late' },
      { host: 1, do: 'step', step: 'setEmail' },
      { do: 'pass', seconds: 700 },
    ],
  ],
  [
    'renews a token while resets of another process fail',
    2,
    'red',
    [
      { do: 'cloud', behaviour: 'very slow' },
      { do: 'step', step: 'refresh' },
      { host: 1, do: 'rush', behaviour: 'late', steps: Array(8).fill('reset'), seconds: 0, then: 'nothing' },
    ],
  ],
  [
    'settles a queued code request at a reinstall',
    1,
    '',
    [
      { do: 'rush', behaviour: 'normal', steps: ['request'], seconds: 0, then: 'move' },
      { do: 'cloud', behaviour: 'very slow' },
      { do: 'rush', behaviour: 'normal', steps: ['wrongCode'], seconds: 0, then: 'reinstall' },
      { do: 'dialog', what: 'logIn', cloud: 0 },
    ],
  ],
  [
    'deletes the account of a subflow instance that was removed while flows are stopped',
    1,
    '',
    [
      { do: 'deploy', id: 'sub-a', kind: 'full', change: 'back' },
      { do: 'stopFlows' },
      { do: 'pass', seconds: 35 },
      { do: 'deploy', id: 'sub-a', kind: 'full', change: 'instance' },
    ],
  ],
];

describe('an account under random events', () => {
  before(makeKey);

  for (const [title, hosts, store, actions] of FOUND) {
    it(title, async () => {
      const all = actions.map((action) => ({ host: 0, id: 'one', ...action }) as Action);
      assert.deepEqual(await violationsOf(hosts, store, all), []);
    });
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
