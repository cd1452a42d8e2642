/** A node of a flow file. */
export interface FlowNode {
  id: string;
  type: string;
  [property: string]: unknown;
}

export const TAB = 'tab';
export const ACCOUNT = 'account';
export const EMAIL = 'owner@example.fi';

/** An account as the editor deploys it, without autorefresh. */
export function accountNode(properties: Record<string, unknown> = {}): FlowNode {
  const defaults = { name: '', autorefresh: false, expiry: '1', expiryUnit: 'days', store: '' };
  return { id: ACCOUNT, type: 'cozify-account', ...defaults, ...properties };
}

/** Returns an action node whose outputs are wired to the recorders `output-1` and `output-2`. */
export function actionNode(operation: string, properties: Record<string, unknown> = {}): FlowNode {
  const wires = [['output-1'], ['output-2']];
  return placed({ id: operation, type: `cozify-${operation}`, account: ACCOUNT, name: '', wires, ...properties });
}

/** Returns a node with a position on the tab. Node-RED treats a node without a position as a config node. */
export function placed(node: FlowNode): FlowNode {
  return { z: TAB, x: 100, y: 100, ...node };
}

/**
 * Returns a subflow that has these nodes and the property ACCOUNT, and an instance of it (`instance`) in the test flow.
 */
export function inSubflow(...nodes: FlowNode[]): FlowNode[] {
  const property = { name: 'ACCOUNT', type: 'cozify-account', value: '', ui: { type: 'conf-types' } };
  return [
    { id: 'subflow', type: 'subflow', name: '', in: [], out: [], env: [property] },
    ...nodes.map((node) => ({ ...node, z: 'subflow' })),
    placed({
      id: 'instance',
      type: 'subflow:subflow',
      env: [{ name: 'ACCOUNT', type: 'conf-type', value: ACCOUNT }],
      wires: [],
    }),
  ];
}

/** Returns the nodes of a test, with recorders for the outputs, the Catch node and the Complete node. */
export function testFlow(...nodes: FlowNode[]): FlowNode[] {
  const actions = nodes.filter(({ type, z }) => z === TAB && type.startsWith('cozify-')).map(({ id }) => id);
  return [
    { id: TAB, type: 'tab', label: 'Test' },
    ...nodes,
    placed({ id: 'output-1', type: 'helper', wires: [] }),
    placed({ id: 'output-2', type: 'helper', wires: [] }),
    placed({ id: 'catch', type: 'catch', scope: null, uncaught: false, wires: [['caught']] }),
    placed({ id: 'caught', type: 'helper', wires: [] }),
    placed({ id: 'complete', type: 'complete', scope: actions, wires: [['completed']] }),
    placed({ id: 'completed', type: 'helper', wires: [] }),
  ];
}

export const OPERATIONS = ['authenticate', 'ping', 'refresh', 'token', 'email', 'reset'] as const;
