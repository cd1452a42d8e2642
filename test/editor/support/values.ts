// Checks of settings that dialogs show and save.
import assert from 'node:assert/strict';
import type { FlowNode } from '../../live/harness/flow';
import type { SimulatedHub } from '../../../packages/cozify-practice/src/hub';
import { becomes } from '../../support/becomes';
import type { Desk } from './desk';
import type { Editor } from './editor';
import { deployLamp, lampFlow } from './lamp-flow';

/** Deploys the lamp flow. `settings` contains the properties to change, by the id of the node. */
export async function deployNodes(desk: Desk, settings: Record<string, object>): Promise<SimulatedHub> {
  const hub = await deployLamp(desk);
  const nodes = lampFlow(desk.simulator.cloudUrl).map((node) => ({ ...node, ...settings[node.id] }));
  await desk.nodeRed.deploy(nodes);
  return hub;
}

/** Waits until the text of an element matches the pattern. */
export async function untilText(editor: Editor, selector: string, pattern: RegExp): Promise<void> {
  await becomes(() => editor.page.locator(selector).innerText(), pattern, selector);
}

/** Presses Done and Deploy, and returns the saved node. */
export async function deployedNode(desk: Desk, editor: Editor, id: string): Promise<FlowNode> {
  await editor.closeNode('ok');
  await editor.deploy();
  const node = (await desk.nodeRed.flows()).find((one) => one.id === id);
  assert.ok(node);
  return node;
}
