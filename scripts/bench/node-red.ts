import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FlowNode } from '../../test/live/harness/flow';
import { NodeRed } from '../../test/live/harness/node-red';
import { installedUserDir } from '../../test/live/harness/packed';
import type { Heard, LaneRun } from './lane';
import type { Cost } from './rounds';

const NODES = ['bench-lane', 'bench-end', 'bench-bare', 'bench-heard'];

/** A real Node-RED with the packed package and the benchmark's own nodes. */
export async function startNodeRed(env: Record<string, string> = {}): Promise<NodeRed> {
  const userDir = await installedUserDir();
  const folder = join(userDir, 'nodes');
  mkdirSync(folder);
  const html = NODES.map((type) => `RED.nodes.registerType('${type}', { category: 'bench', defaults: {} });`);
  writeFileSync(
    join(folder, 'lane.js'),
    `module.exports = require(${JSON.stringify(join(__dirname, 'lane.js'))}).default;`,
  );
  writeFileSync(join(folder, 'lane.html'), `<script type="text/javascript">${html.join('')}</script>`);
  return NodeRed.start({ userDir, env });
}

/** Lets messages through a lane; throws what a step on the way failed with. */
export async function runLane(nodeRed: NodeRed, run: LaneRun): Promise<Cost> {
  const reply = await nodeRed.admin('POST', '/bench/run', run);
  if (reply.status !== 200) throw new Error(`Lane ${run.lane}: ${reply.text}`);
  return reply.body as Cost;
}

/** What was heard since this was asked last. */
export async function takeHeard(nodeRed: NodeRed): Promise<Heard[]> {
  return (await nodeRed.admin('GET', '/bench/heard')).body as Heard[];
}

/** What the process has used of the processor so far, in microseconds. */
export async function cpuOf(nodeRed: NodeRed): Promise<number> {
  const { user, system } = (await nodeRed.admin('GET', '/bench/cpu')).body as { user: number; system: number };
  return user + system;
}

/** The tab that everything is on. */
export const TAB = 'bench';

/** A tab with lanes: for each name so many steps side by side, made by `step`, between a start and an end. */
export function lanes(
  steps: Record<string, (place: number) => { type: string; [property: string]: unknown }>,
  width: number,
): FlowNode[] {
  const named = Object.entries(steps).flatMap(([name, step]): FlowNode[] => {
    const ids = Array.from({ length: width }, (_, place) => `${name}-${place}`);
    return [
      { id: name, type: 'bench-lane', z: TAB, outputs: width, wires: ids.map((id) => [id]) },
      ...ids.map((id, place) => ({ id, z: TAB, wires: [['end'], ['end']], ...step(place) })),
    ];
  });
  return [
    { id: TAB, type: 'tab', label: 'Bench', disabled: false, info: '' },
    ...named,
    { id: 'end', type: 'bench-end', z: TAB, wires: [] },
    { id: 'catch', type: 'catch', z: TAB, scope: null, uncaught: false, wires: [['end']] },
  ];
}
