import { accountNode, type FlowNode } from '../../test/live/harness/flow';
import type { NodeRed } from '../../test/live/harness/node-red';
import type { BenchCloud } from './cloud';
import { chains, runChain } from './node-red';
import { countRow, ratioRow, type Row, type Section } from './report';
import { type Cost, interleave, type Rounds } from './rounds';

/** Number of accounts that work in parallel. */
const WIDTH = 16;
const CALLS = 640;
const MESSAGES = 3000;

const BEYOND_BARE =
  'A bare client has no deadline, no abort signal, no size limit, no check of the answer, no request that concurrent ' +
  'steps share, no comparison with the state, and no `msg.cozify`.';
const BEYOND_CHANGE = 'The rest is `msg.cozify`, created for each message, and the checks of the message.';

const TOKEN = 'a-token-of-a-bare-client';

function accountId(index: number): string {
  return `account-${index}`;
}

/** Deploys the flows to measure and logs all accounts in. */
export async function prepareSteps(nodeRed: NodeRed, cloud: BenchCloud): Promise<void> {
  const indexes = Array.from({ length: WIDTH }, (_, index) => index);
  const accounts: FlowNode[] = indexes.map((index) =>
    accountNode({ id: accountId(index), email: `owner${index}@example.fi`, cloudUrl: cloud.url }),
  );
  const ping = (index: number) => ({ type: 'cozify-ping', account: accountId(index), autorefresh: true, expiry: '' });
  const url = `${cloud.url}/user/hubkeys`;
  const headers = [{ keyType: 'other', keyValue: 'Authorization', valueType: 'other', valueValue: TOKEN }];
  const request = { type: 'http request', method: 'GET', ret: 'obj', url, headers, senderr: true };
  const flows = chains(
    {
      ping,
      request: () => request,
      'request-kept': () => ({ ...request, persist: true }),
      bare: () => ({ type: 'bench-bare', url, token: TOKEN }),
      refresh: (index) => ({ type: 'cozify-refresh', account: accountId(index), force: false, expiry: '' }),
      token: (index) => ({ type: 'cozify-token', account: accountId(index), mode: 'get' }),
      email: (index) => ({ type: 'cozify-email', account: accountId(index), mode: 'get' }),
      change: () => ({ type: 'change', rules: [{ t: 'set', p: 'payload', pt: 'msg', to: 'true', tot: 'bool' }] }),
    },
    WIDTH,
  );
  await nodeRed.deploy([...accounts, ...flows]);
  for (const index of indexes) {
    const reply = await nodeRed.admin('POST', `/cozify/accounts/${accountId(index)}/authenticate`, { otp: 'ABC123' });
    if (reply.status !== 200) throw new Error(`Logging in: ${reply.text}`);
  }
}

/**
 * Compares a ping node in a flow with Node-RED's own `http request` node for the same request, and with a node that
 * only sends the request and parses the answer.
 */
export async function measurePings(nodeRed: NodeRed, cloud: BenchCloud, rounds: number): Promise<Section> {
  const single = await cloud.during(() => runChain(nodeRed, { chain: 'ping', count: WIDTH, atOnce: 1 }));
  const rows: Row[] = [countRow(`calls of ${WIDTH} ping steps, one after the other`, WIDTH, single.requests)];
  for (const atOnce of [1, WIDTH]) {
    const chain = (name: string) => (): Promise<Cost> => runChain(nodeRed, { chain: name, count: CALLS, atOnce });
    const costs = await interleave(rounds, {
      ping: chain('ping'),
      request: chain('request'),
      kept: chain('request-kept'),
      bare: chain('bare'),
    });
    const what = atOnce === 1 ? 'a ping step' : `ping steps of ${atOnce} accounts at once`;
    rows.push(
      ratioRow(`${what} to \`http request\``, 0.4, costs.ping, costs.request),
      ratioRow(`${what} to \`http request\` that keeps connections`, undefined, costs.ping, costs.kept),
      ratioRow(`${what} to a bare client in a node`, 1.25, costs.ping, costs.bare, BEYOND_BARE),
    );
  }
  return {
    title: 'Steps that ask the cloud',
    measured: 'Node-RED',
    about:
      `${CALLS} messages a round through one node, or through ${WIDTH} nodes in parallel, each with an account ` +
      'of its own. The bare client is `node:http` with a kept connection and `JSON.parse`.',
    rows,
  };
}

/** Compares steps that make no request with Node-RED's own `change` node, which only sets a property. */
export async function measureIdleSteps(nodeRed: NodeRed, cloud: BenchCloud, rounds: number): Promise<Section> {
  const chain = (name: string) => (): Promise<Cost> => runChain(nodeRed, { chain: name, count: MESSAGES, atOnce: 1 });
  const all = { refresh: chain('refresh'), token: chain('token'), email: chain('email'), change: chain('change') };
  let costs: Rounds<keyof typeof all> | undefined;
  const { requests } = await cloud.during(async () => (costs = await interleave(rounds, all)));
  const { refresh = [], token = [], email = [], change = [] } = costs ?? {};
  return {
    title: 'Steps that have nothing to do',
    measured: 'Node-RED',
    about: `${MESSAGES} messages a round. \`change\` is Node-RED's own node; it sets the payload.`,
    rows: [
      ratioRow('a refresh step that is not due, to `change`', 1.5, refresh, change, BEYOND_CHANGE),
      ratioRow('a token step, to `change`', 1.5, token, change, BEYOND_CHANGE),
      ratioRow('an e-mail step, to `change`', 1.5, email, change, BEYOND_CHANGE),
      countRow('calls to the cloud', 0, requests),
    ],
  };
}
