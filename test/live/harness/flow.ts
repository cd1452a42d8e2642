// The test flow: an account, an HTTP endpoint for each action, and nodes that log all messages and events.
import { defaultsOf, definitionOf } from '../../nodes/support/shipped';
import { ANSWER, recordReceived, mark, MERGE, record } from './functions';

/** A node as in flow files and the admin API. */
export interface FlowNode {
  id: string;
  type: string;
  z?: string;
  wires?: string[][];
  [property: string]: unknown;
}

/** Properties of a `cozify-account`, with the e-mail address of its credentials. */
export interface AccountProperties {
  id: string;
  email: string | undefined;
  cloudUrl: string;
  name?: string;
  autorefresh?: boolean;
  expiry?: string;
  expiryUnit?: string;
  store?: string;
  language?: string;
  pollLan?: string;
  pollCloud?: string;
  z?: string;
  d?: boolean;
}

/** Returns an account node as the editor deploys it. */
export function accountNode({ email, ...properties }: AccountProperties): FlowNode {
  return {
    type: 'cozify-account',
    name: '',
    autorefresh: true,
    expiry: '1',
    expiryUnit: 'days',
    store: '',
    pollLan: '1',
    pollCloud: '10',
    ...properties,
    ...(email === undefined ? {} : { credentials: { email } }),
  };
}

/** An action node of a test flow: its type and changed properties. */
export interface Action {
  type: string;
  [property: string]: unknown;
}

/** All action nodes by their name in tests. */
export const STANDARD_ACTIONS: Record<string, Action> = {
  authenticate: { type: 'cozify-authenticate' },
  ping: { type: 'cozify-ping' },
  refresh: { type: 'cozify-refresh' },
  token: { type: 'cozify-token' },
  'set-token': { type: 'cozify-token', mode: 'set' },
  email: { type: 'cozify-email' },
  'set-email': { type: 'cozify-email', mode: 'set' },
  reset: { type: 'cozify-reset' },
};

export const TAB = 'test-tab';

/** Returns a position in a grid, so that the flow is easy to read in the editor. */
export const at = (column: number, row: number) => ({ x: 140 + column * 190, y: 60 + row * 60 });

const functionNode = (id: string, name: string, func: string, wires: string[][], place: { x: number; y: number }) => ({
  id,
  type: 'function',
  z: TAB,
  name,
  func,
  outputs: wires.length,
  libs: [],
  wires,
  ...place,
});

/**
 * Returns a row of nodes: the endpoint `POST /test/<name>`, a function node that makes the message, the action node,
 * and a function node per output, which adds the number of the output to the message.
 */
function actionRow(name: string, { type, ...properties }: Action, account: string, row: number): FlowNode[] {
  const outputs = definitionOf(type).outputs === 2 || properties['outputs'] === 2 ? [1, 2] : [1];
  const marks = outputs.map((output) => `${name}-output-${output}`);
  return [
    {
      id: `${name}-in`,
      type: 'http in',
      z: TAB,
      name: '',
      url: `/test/${name}`,
      method: 'post',
      upload: false,
      wires: [[`${name}-merge`]],
      ...at(0, row),
    },
    functionNode(`${name}-merge`, 'body to message', MERGE, [[name]], at(1, row)),
    {
      id: name,
      type,
      z: TAB,
      account,
      name: '',
      ...defaultsOf(type),
      ...properties,
      wires: marks.map((id) => [id]),
      ...at(2, row),
    },
    ...marks.map((id, index) =>
      functionNode(id, `output ${index + 1}`, mark(index + 1), [['answer']], at(3 + index, row)),
    ),
  ];
}

/** Returns a node without input, and nodes that record its messages at each output. */
function feedRow(name: string, { type, ...properties }: Action, account: string, row: number): FlowNode[] {
  const { outputs = 1 } = properties as { outputs?: number };
  const records = Array.from({ length: outputs }, (_none, index) => `${name}-received-${index + 1}`);
  return [
    { id: name, type, z: TAB, account, name: '', ...properties, wires: records.map((id) => [id]), ...at(0, row) },
    ...records.map((id, index) =>
      functionNode(id, `received at ${index + 1}`, recordReceived(name, index + 1), [[]], at(2 + index, row)),
    ),
  ];
}

/** Returns the nodes that all actions share: the HTTP response, and nodes that log failures, statuses and events. */
function sharedNodes(account: string, row: number): FlowNode[] {
  const watched = [
    ['event', { type: 'cozify-events', account, events: [] }],
    ['status', { type: 'status', scope: null }],
  ] as const;
  return [
    functionNode('answer', 'answer', ANSWER, [['answer-out']], at(5, row)),
    {
      id: 'answer-out',
      type: 'http response',
      z: TAB,
      name: '',
      statusCode: '',
      headers: {},
      wires: [],
      ...at(6, row),
    },
    {
      id: 'catch',
      type: 'catch',
      z: TAB,
      name: '',
      scope: null,
      uncaught: false,
      wires: [['answer', 'caught-record']],
      ...at(0, row),
    },
    functionNode('caught-record', 'record caught', record('caught'), [[]], at(2, row)),
    ...watched.flatMap(([kind, properties], index) => [
      { id: kind, z: TAB, name: '', ...properties, wires: [[`${kind}-record`]], ...at(0, row + 1 + index) },
      functionNode(`${kind}-record`, `record ${kind}`, record(kind), [[]], at(2, row + 1 + index)),
    ]),
  ];
}

/** Returns a flow with one account, an endpoint `POST /test/<name>` for each action, and nodes that log all events. */
export function testFlow(
  account: FlowNode,
  extraActions: Record<string, Action> = {},
  tab: Record<string, unknown> = {},
  feeds: Record<string, Action> = {},
): FlowNode[] {
  const actions = { ...STANDARD_ACTIONS, ...extraActions };
  const rows = Object.keys(actions).length;
  return [
    { id: TAB, type: 'tab', label: 'Test', disabled: false, info: '', ...tab },
    account,
    ...Object.entries(actions).flatMap(([name, action], row) => actionRow(name, action, account.id, row)),
    ...sharedNodes(account.id, rows),
    ...Object.entries(feeds).flatMap(([name, feed], index) => feedRow(name, feed, account.id, rows + 3 + index)),
  ];
}

/** Returns the flow with changed properties of one node. */
export function changed(flows: FlowNode[], id: string, properties: Record<string, unknown>): FlowNode[] {
  return flows.map((node) => (node.id === id ? { ...node, ...properties } : node));
}

/** Returns the flow without one node. */
export function without(flows: FlowNode[], id: string): FlowNode[] {
  return flows.filter((node) => node.id !== id);
}
