import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { Action } from '../harness/flow';
import type { DeployType } from '../harness/node-red';
import { changed, NODE_RED_4, sleep, Stage, TAB, until, type NodeRedVersion } from '../harness';

const LAMP = { targets: [{ hub: '', kind: 'device', id: '', name: 'Lukuvalo' }] };

/** Actions of the test flow that {@link STANDARD_ACTIONS} lacks. Together, both cover all node types with an input. */
const ACTIONS: Record<string, Action> = {
  read: { type: 'cozify-read', ...LAMP, fresh: true },
  command: { type: 'cozify-command', ...LAMP, command: 'on', confirm: 0 },
  wait: { type: 'cozify-wait', ...LAMP, condition: { field: 'brightness', op: 'is', value: 77 }, timeout: 600 },
  request: { type: 'cozify-request', path: 'hub/tz' },
};

const FEEDS: Record<string, Action> = {
  changes: { type: 'cozify-changes', targets: [], kinds: ['device'] },
  button: { type: 'cozify-button', targets: [], presses: [] },
  events: { type: 'cozify-events', events: [] },
};

/** Seconds between polls. The interval is long, so that the test notices an additional poll. */
const POLL_S = 20;

/** A time in milliseconds that is longer than the pauses between the first requests of a starting account. */
const START_MS = 4_000;

/** The name of a kind of Deploy, its type, and a function that returns the flows to deploy. */
type Kind = readonly [string, DeployType, (stage: Stage, time: number) => Stage['flows']];

const KINDS: readonly Kind[] = [
  ['everything', 'full', ({ flows }) => flows],
  ['one flow', 'flows', ({ flows }, time) => changed(flows, TAB, { label: `Flow ${time}` })],
  ['one node', 'nodes', ({ flows }, time) => changed(flows, 'read', { name: `Node ${time}` })],
  [
    'an account under another name',
    'nodes',
    ({ flows, accountId }, time) => changed(flows, accountId, { name: `${time}` }),
  ],
  ['the flows as they are', 'reload', ({ flows }) => flows],
];

export function deployTests(version: NodeRedVersion): void {
  describe('A Deploy', () => {
    const stage = Stage.forSuiteOnSharedNodeRed(version);

    // Tests only Deploys that keep the node, because Node-RED drops the messages of a node that is replaced.
    it('ends no running step if the node stays', async () => {
      await stage.newLogin({}, ACTIONS);
      for (const [, type, next] of KINDS.filter((one) => one[1] === 'nodes')) {
        const [cloud, hub] = [stage.simulator.hold('hubkeys'), stage.simulator.hold('hub', { path: '/hub/tz' })];
        const asked = [stage.ask('ping'), stage.ask('request')];
        await until('both requests', () => cloud.isAsked && hub.isAsked);
        await stage.deploy(next(stage, 1), type);
        cloud.release();
        hub.release();
        const [ping, request] = await Promise.all(asked);
        assert.deepEqual([ping?.output, ping?.payload], [1, true]);
        assert.deepEqual([request?.output, request?.payload], [1, 'Europe/Helsinki']);
      }
    });

    it('ends no running step when it deploys everything, and keeps the result', async () => {
      await stage.newLogin();
      const token = (await stage.ask('token')).payload;
      const held = stage.simulator.hold('refreshsession');
      void stage.ask('refresh', { force: true }).catch(() => undefined);
      await until('the request', () => held.isAsked);
      await stage.deploy(stage.flows);
      held.release();
      await stage.untilTopic('refreshed');
      assert.notEqual((await stage.ask('token')).payload, token);
    });

    it('causes no request and no save if the account is unchanged, for each kind of Deploy', async () => {
      await stage.newLogin({ pollLan: String(POLL_S), pollCloud: String(POLL_S) }, ACTIONS, FEEDS);
      const { simulator } = stage;
      const polls = (): number => simulator.requests.filter(({ path }) => path.includes('/hub/poll')).length;
      const isFound = async (): Promise<boolean> => (await stage.ask('read')).output === 1;
      await until('the lamp', isFound);
      await until('the polls of both hubs', () => polls() >= simulator.hubs.length);
      await untilQuiet(stage);
      const files = filesOf(stage);
      const pollsBefore = polls();
      const requestsBefore = simulator.requests.length;
      const startedAt = Date.now();
      for (const [kind, type, next] of KINDS) {
        for (const time of [1, 2, 3]) await stage.deploy(next(stage, time), type);
        assert.deepEqual(filesOf(stage), files, `files after a Deploy of ${kind}`);
      }
      await sleep(START_MS);
      const seconds = (Date.now() - startedAt) / 1000;
      assert.deepEqual(requestsOf(stage, requestsBefore), []);
      assert.deepEqual(filesOf(stage), files);
      const due = simulator.hubs.length * (Math.floor(seconds / POLL_S) + 1);
      assert.ok(polls() - pollsBefore <= due, `${polls() - pollsBefore} polls in ${seconds} s, at most ${due}`);
      assert.equal((await stage.ask('ping')).output, 1);
    });

    if (version !== NODE_RED_4) return;

    it("shows no failure of an old node's step in the new node's status", async () => {
      await stage.newLogin({}, ACTIONS);
      assert.equal((await stage.ask('request')).output, 1);
      const hub = stage.simulator.hold('hub', { path: '/hub/tz', status: 500 });
      void stage.ask('request').catch(() => undefined);
      await until('the request', () => hub.isAsked);
      const from = stage.statuses().length;
      await stage.deploy(stage.flows);
      const shown = () =>
        stage
          .statuses()
          .slice(from)
          .filter(({ source }) => source === 'request');
      await until('the status of the new node', () => shown().length > 0);
      hub.release();
      // Waits, because a status may be delayed by a second.
      await sleep(1_500);
      assert.ok(!shown().some(({ fill }) => fill === 'red'), JSON.stringify(shown()));
    });
  });
}

/** Waits until the requests and saves of the start and of the login have ended. */
async function untilQuiet(stage: Stage): Promise<void> {
  await until('the requests and saves of the start to end', async () => {
    const before = [requestsOf(stage), filesOf(stage)];
    await sleep(START_MS);
    return isDeepStrictEqual([requestsOf(stage), filesOf(stage)], before);
  });
}

/** Returns the paths of all requests except polls, from index `from` on. */
function requestsOf({ simulator }: Stage, from = 0): string[] {
  const paths = simulator.requests.slice(from).map(({ path }) => path);
  return paths.filter((path) => !path.includes('/hub/poll'));
}

/** Returns the names, modification times, inodes and sizes of all state files. */
function filesOf({ nodeRed }: Stage): string[] {
  return readdirSync(nodeRed.stateFile('')).map((name) => {
    // A temporary file may no longer be there.
    const { mtimeMs, ino, size } = statSync(nodeRed.stateFile(name), { throwIfNoEntry: false }) ?? {};
    return `${name} ${mtimeMs} ${ino} ${size}`;
  });
}
