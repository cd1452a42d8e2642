import { readdirSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Action, FlowNode } from '../../test/live/harness/flow';
import { Stage } from '../../test/live/harness/stage';
import { until } from '../../test/support/wait';
import { countRow, type Section, timesRow } from './report';

const LAMP = { targets: [{ hub: '', kind: 'device', id: '', name: 'Lukuvalo' }] };

/** Nodes that are added to the standard test flow, so that it contains every node type. */
const ACTIONS: Record<string, Action> = {
  read: { type: 'cozify-read', ...LAMP },
  command: { type: 'cozify-command', ...LAMP, command: 'on' },
  wait: { type: 'cozify-wait', ...LAMP, condition: { field: 'brightness', op: 'is', value: 77 }, timeout: 600 },
  request: { type: 'cozify-request', path: 'rooms' },
};
const FEEDS: Record<string, Action> = {
  changes: { type: 'cozify-changes', targets: [], kinds: ['device'] },
  button: { type: 'cozify-button', targets: [], presses: [] },
  events: { type: 'cozify-events', events: [] },
};

/** Poll interval in seconds. The longest allowed interval, so that no poll is due during the Deploys. */
const POLL_S = '300';

/** A time in milliseconds that is longer than the pauses between the first requests of a starting account. */
const START_MS = 5_000;

/** Measures a full Deploy of unchanged flows in a real Node-RED. */
export async function measureDeploys(times: number): Promise<Section> {
  const stage = await Stage.open({ simulator: { hubs: [{ name: 'Koti' }] } });
  await stage.newLogin({ pollLan: POLL_S, pollCloud: POLL_S }, ACTIONS, FEEDS);
  const { simulator, flows } = stage;
  await until('the lamp', async () => (await stage.ask('read')).output === 1);
  await until('the first poll', () => simulator.requests.some(({ path }) => path.includes('/hub/poll')));
  await until('the requests and saves of the start to end', async () => {
    const before = [simulator.count('*'), filesOf(stage)];
    await sleep(START_MS);
    return isDeepStrictEqual([simulator.count('*'), filesOf(stage)], before);
  });
  const [asked, files] = [simulator.count('*'), filesOf(stage)];
  const withUs = await deploys(stage, flows, times);
  await sleep(START_MS);
  const requests = simulator.count('*') - asked;
  const saves = filesOf(stage).filter((file) => !files.includes(file)).length;
  const without = flows.map((node) => (node.type.startsWith('cozify-') ? inPlaceOf(node) : node));
  await stage.deploy(without);
  const withoutUs = await deploys(stage, without, times);
  await stage.close();
  return {
    title: 'Deploys',
    measured: 'Node-RED',
    about: `A full Deploy, the editor’s default, restarts every node. Counted over ${times} of them, and for ${START_MS / 1000} s after them: an account with a login, and a node of each type. Timed from the request until the flows have started.`,
    rows: [
      countRow(`requests of ${times} full Deploys`, 0, requests),
      countRow(`files written by ${times} full Deploys`, 0, saves),
      timesRow('a full Deploy, ms', {}, withUs),
      timesRow('the same with nodes that do nothing, ms', {}, withoutUs),
    ],
  };
}

async function deploys(stage: Stage, flows: FlowNode[], times: number): Promise<number[]> {
  const taken: number[] = [];
  while (taken.length < times) {
    const before = performance.now();
    await stage.deploy(flows);
    taken.push(performance.now() - before);
  }
  return taken;
}

/** Returns a Node-RED comment node, which does nothing, with the id and the wires of the given node. */
function inPlaceOf({ id, z, wires }: FlowNode): FlowNode {
  return { id, type: 'comment', name: '', info: '', ...(z === undefined ? {} : { z, wires: wires ?? [] }) };
}

/**
 * Returns the files in the state folder, each with its modification time and inode. These differ if the file was
 * rewritten.
 */
function filesOf({ nodeRed }: Stage): string[] {
  return readdirSync(nodeRed.stateFile('')).map((name) => {
    // A temporary file may no longer be there.
    const { mtimeMs, ino } = statSync(nodeRed.stateFile(name), { throwIfNoEntry: false }) ?? {};
    return `${name} ${mtimeMs} ${ino}`;
  });
}
