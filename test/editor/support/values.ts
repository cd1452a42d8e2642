import assert from 'node:assert/strict';
import type { FlowNode } from '../../live/harness/flow';
import type { SimulatedHub } from '../../../packages/cozify-practice/src/hub';
import { until } from '../../support/wait';
import type { Desk } from './desk';
import type { Editor } from './editor';
import { deployLamp, lampFlow } from './lamp-flow';

/** A thing of the simulated home as a node keeps it. */
export function chosen(hub: SimulatedHub, name: string): { hub: string; kind: string; id: string; name: string } {
  const device = hub.home.devices.find((one) => one.name === name);
  assert.ok(device, name);
  return { hub: hub.id, kind: 'device', id: device.id, name };
}

/** Deploys the flow of the lamp with other settings of its nodes, by their ids. */
export async function deployNodes(desk: Desk, settings: Record<string, object>): Promise<SimulatedHub> {
  const hub = await deployLamp(desk);
  const nodes = lampFlow(desk.simulator.cloudUrl).map((node) => ({ ...node, ...settings[node.id] }));
  await desk.nodeRed.deploy(nodes);
  return hub;
}

/** Waits until an element says something. */
export async function untilSays(editor: Editor, selector: string, pattern: RegExp): Promise<void> {
  const said = (): Promise<string> => editor.page.locator(selector).innerText();
  await until(`${selector} to say ${String(pattern)}`, async () => pattern.test(await said())).catch(
    async (error: unknown) => assert.fail(`${String(error)} It says: ${await said()}`),
  );
}

/** What is saved of a node, after a Deploy. */
export async function deployedNode(desk: Desk, editor: Editor, id: string): Promise<FlowNode> {
  await editor.closeNode('ok');
  await editor.deploy();
  const node = (await desk.nodeRed.flows()).find((one) => one.id === id);
  assert.ok(node);
  return node;
}
