import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FlowNode } from '../../test/live/harness/flow';
import { NodeRed } from '../../test/live/harness/node-red';
import { installedUserDir } from '../../test/live/harness/packed';
import type { Received, ChainRun } from './chain';
import type { Cost } from './rounds';

const NODES = ['bench-chain', 'bench-end', 'bench-bare', 'bench-recorded'];

/** Starts a real Node-RED with the packed package and the benchmark's nodes. */
export async function startNodeRed(env: Record<string, string> = {}): Promise<NodeRed> {
  return NodeRed.start({ userDir: withBenchNodes(await installedUserDir()), env });
}

/** Adds the benchmark's nodes to a user directory. */
export function withBenchNodes(userDir: string): string {
  const folder = join(userDir, 'nodes');
  mkdirSync(folder);
  const html = NODES.map((type) => `RED.nodes.registerType('${type}', { category: 'bench', defaults: {} });`);
  writeFileSync(
    join(folder, 'chain.js'),
    `module.exports = require(${JSON.stringify(join(__dirname, 'chain.js'))}).default;`,
  );
  writeFileSync(join(folder, 'chain.html'), `<script type="text/javascript">${html.join('')}</script>`);
  return userDir;
}

/** Sends messages through a chain of nodes. Throws the error of a node that fails. */
export async function runChain(nodeRed: NodeRed, run: ChainRun): Promise<Cost> {
  const reply = await nodeRed.admin('POST', '/bench/run', run);
  if (reply.status !== 200) throw new Error(`Chain ${run.chain}: ${reply.text}`);
  return reply.body as Cost;
}

/** Returns the messages recorded since the last call. */
export async function takeReceived(nodeRed: NodeRed): Promise<Received[]> {
  return (await nodeRed.admin('GET', '/bench/recorded')).body as Received[];
}

/** Returns the processor time that Node-RED has used so far, in microseconds. */
export async function cpuOf(nodeRed: NodeRed): Promise<number> {
  const { user, system } = (await nodeRed.admin('GET', '/bench/cpu')).body as { user: number; system: number };
  return user + system;
}

/** The id of the flow tab that contains the benchmark's nodes. */
export const TAB = 'bench';

/**
 * Returns a flow tab with a chain for each entry of `steps`. A chain has a start node and, wired to it, `width` parallel
 * nodes that the entry's function creates. All chains share one end node.
 */
export function chains(
  steps: Record<string, (index: number) => { type: string; [property: string]: unknown }>,
  width: number,
): FlowNode[] {
  const named = Object.entries(steps).flatMap(([name, step]): FlowNode[] => {
    const ids = Array.from({ length: width }, (_, index) => `${name}-${index}`);
    return [
      { id: name, type: 'bench-chain', z: TAB, outputs: width, wires: ids.map((id) => [id]) },
      ...ids.map((id, index) => ({ id, z: TAB, wires: [['end'], ['end']], ...step(index) })),
    ];
  });
  return [
    { id: TAB, type: 'tab', label: 'Bench', disabled: false, info: '' },
    ...named,
    { id: 'end', type: 'bench-end', z: TAB, wires: [] },
    { id: 'catch', type: 'catch', z: TAB, scope: null, uncaught: false, wires: [['end']] },
  ];
}
