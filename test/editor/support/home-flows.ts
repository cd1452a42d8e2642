// Flows for tests of the home tab.
import assert from 'node:assert/strict';
import type { SimulatedHub } from '../../../packages/cozify-practice/src/hub';
import { accountNode, type FlowNode } from '../../live/harness/flow';
import type { Desk } from './desk';
import type { HomeTab } from './home';
import { ACCOUNT } from './lamp-flow';

const EMAIL = 'aino@example.fi';

/** A target, such as a device, as nodes save it. */
export interface Target {
  hub: string;
  kind: string;
  id: string;
  name: string;
}

/**
 * Returns a flow, a locked flow, a disabled flow, and a subflow with an instance. None of their nodes subscribes to
 * changes.
 */
function emptyFlows(): FlowNode[] {
  return [
    { id: 'tab', type: 'tab', label: 'Home' },
    { id: 'locked', type: 'tab', label: 'Kept', locked: true },
    { id: 'off', type: 'tab', label: 'Off', disabled: true },
    { id: 'sub', type: 'subflow', name: 'Evening', in: [], out: [], env: [] },
    { id: 'instance', type: 'subflow:sub', z: 'tab', name: '', x: 200, y: 700, wires: [] },
    {
      ...{ id: 'true', type: 'inject', z: 'tab', name: 'true', x: 160, y: 60, wires: [[]] },
      ...{ props: [{ p: 'payload' }], payload: 'true', payloadType: 'bool', topic: '', repeat: '', crontab: '' },
      ...{ once: false, onceDelay: 0.1 },
    },
  ];
}

/** Deploys the flows with these nodes, and logs in if there is no login. Returns the first hub. */
export async function deployHome(desk: Desk, ...nodes: FlowNode[]): Promise<SimulatedHub> {
  const { cloudUrl } = desk.simulator;
  await desk.nodeRed.deploy([
    ...emptyFlows(),
    accountNode({ id: ACCOUNT, name: 'Koti', email: EMAIL, cloudUrl }),
    ...nodes,
  ]);
  const { state } = await desk.snapshot(ACCOUNT);
  if (state !== 'authenticated') await desk.logIn({ id: ACCOUNT, email: EMAIL });
  return desk.hub;
}

/** Returns a command node with these targets. */
export function commandNode(id: string, targets: object[], more: object = {}): FlowNode {
  return {
    ...{ id, type: 'cozify-command', z: 'tab', name: '', account: ACCOUNT, hub: '', targets, command: 'on', field: '' },
    ...{ value: 'payload', valueType: 'msg', transition: '', confirm: 0, x: 500, y: 60, wires: [[], []] },
    ...more,
  };
}

/** Returns a read node that chooses devices by rooms. */
export function readNode(id: string, rooms: string[], more: object = {}): FlowNode {
  return {
    ...{ id, type: 'cozify-read', z: 'tab', name: '', account: ACCOUNT, hub: '', targets: [], kind: 'device', rooms },
    ...{ capabilities: [], capabilitiesMatch: 'all', reachable: 'any', fresh: false, output: 'auto', field: '' },
    ...{ condition: null, outputs: 1, x: 500, y: 120, wires: [[]] },
    ...more,
  };
}

/** Returns a device of the hub as a target. */
export function targetOf(hub: SimulatedHub, name: string): Target {
  const found = hub.home.devices.find((device) => device.name === name);
  assert.ok(found, name);
  return { hub: hub.id, kind: 'device', id: found.id, name };
}

/** Returns all nodes of the editor as JSON, as they would be deployed. */
export function nodeSet(home: HomeTab): Promise<string> {
  return home.page.evaluate<string>(
    `JSON.stringify(RED.nodes.createCompleteNodeSet().sort((a, b) => a.id < b.id ? -1 : 1))`,
  );
}
