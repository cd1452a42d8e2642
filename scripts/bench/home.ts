import { setTimeout as sleep } from 'node:timers/promises';
import { accountNode, type FlowNode } from '../../test/live/harness/flow';
import type { NodeRed } from '../../test/live/harness/node-red';
import { until } from '../../test/support/wait';
import { cpuOf, chains, runChain, TAB, takeReceived } from './node-red';
import { type Row, type Section, timesRow } from './report';
import { spread } from './rounds';
import { BenchHub } from './simulated-hub';
import type { Reply } from './simulator-process';

const SUBSCRIBERS = 20;
const DEVICES = 1000;
const CHANGES_A_SECOND = 10;
/**
 * Wait after a Deploy, in milliseconds. By then, the first complete poll answer has arrived and the code has been
 * compiled.
 */
const SETTLE_MS = 10_000;

const POLLS =
  'It is one request a second, and the comparison of its answer. Without pauses a request takes a tenth of that, because ' +
  'code that runs once a second has left the processor’s caches.';
const MESSAGES =
  'Besides the polls there is a message for each change and node, 200 a second. Each is an object of its own, because a ' +
  'flow may change it.';

const LISTEN = {
  ...{ type: 'cozify-changes', z: TAB, hub: '', kinds: ['device'], targets: [], rooms: [] },
  ...{ capabilities: [], fields: [], condition: null, for: 0, payload: 'state', events: ['changed'], own: true },
};
const COMMAND = { type: 'cozify-command', hub: '', command: 'set', field: 'on', value: 'true' };

/**
 * Returns an account node for a cloud. Each cloud gets its own account, because an account may request only a few login
 * codes.
 */
export function accountOf({ cloudUrl }: Reply): FlowNode {
  const { port } = new URL(cloudUrl);
  return accountNode({ id: `home-${port}`, email: `owner${port}@example.fi`, cloudUrl });
}

function subscriberNodes(account: FlowNode, count: number): FlowNode[] {
  const nodes = Array.from({ length: count }, (_, index) => ({
    ...{
      ...LISTEN,
      account: account.id,
      id: `changes-${index}`,
      initial: false,
      wires: index === 0 ? [['recorded']] : [],
    },
  }));
  const tab = { id: TAB, type: 'tab', label: 'Bench', disabled: false, info: '' };
  return [tab, ...nodes, { id: 'recorded', type: 'bench-recorded', z: TAB, wires: [] }];
}

/** Deploys flows and logs in. The first node of the flows is the account. */
export async function logIn(nodeRed: NodeRed, { cloudUrl }: Reply, flows: [FlowNode, ...FlowNode[]]): Promise<void> {
  const [{ id }] = flows;
  await nodeRed.deploy(flows);
  await nodeRed.admin('POST', `/cozify/accounts/${id}/otp`, {});
  const mails = (await (await fetch(`${new URL(cloudUrl).origin}/control/state`)).json()) as {
    mails: { code: string }[];
  };
  const otp = mails.mails.at(-1)?.code;
  const reply = await nodeRed.admin('POST', `/cozify/accounts/${id}/authenticate`, { otp });
  if (reply.status !== 200) throw new Error(`Logging in: ${reply.text}`);
}

/**
 * Makes changes at the hub, one at a time at irregular times. Returns the milliseconds from each change to its message.
 */
async function delays(nodeRed: NodeRed, hub: BenchHub, count: number, restMs: number): Promise<number[]> {
  const all: number[] = [];
  await takeReceived(nodeRed);
  for (let made = 0; made < count; made++) {
    await sleep(restMs + Math.random() * 1_000);
    const { at, ids } = await hub.request({ change: 1 });
    const received = await until('the message of a change', async () =>
      (await takeReceived(nodeRed)).find(({ id }) => id === ids[0]),
    );
    all.push(received.at - at);
  }
  return all;
}

/** Measures the time from a change at a hub on the LAN to the message about it, and how long commands take. */
export async function measureHome(nodeRed: NodeRed, count: number): Promise<Section> {
  const rows: Row[] = [];
  const quick = { settleMinMs: 200, settleMaxMs: 200 };
  for (const pollHoldMs of [0, 12_000]) {
    const { hub, reply } = await BenchHub.start({ devices: 40, behaviour: { ...quick, pollHoldMs } });
    await logIn(nodeRed, reply, [accountOf(reply), ...subscriberNodes(accountOf(reply), 1)]);
    await until('the first poll', async () => (await hub.request({})).polls > 1);
    await sleep(1_500);
    // After an answer with changes, the next poll is sent only after the poll interval. Wait for that poll, because a
    // hub that holds polls reports a change at once only while it holds one.
    const all = await delays(nodeRed, hub, count, pollHoldMs === 0 ? 0 : 1_200);
    if (pollHoldMs === 0)
      rows.push(timesRow('a change at the hub to the message (ms)', { median: 600, most: 1200 }, all));
    else rows.push(timesRow('the same at a hub that holds polls (ms)', { median: 200 }, all));
    hub.stop();
  }
  const { hub, reply } = await BenchHub.start({ devices: 40, behaviour: quick });
  const [lamp = ''] = reply.hub.lamps;
  const target = { hub: '', kind: 'device', id: lamp, name: '' };
  const url = `${reply.hub.origin}/cc/1.14/devices/command`;
  const body = JSON.stringify([{ id: lamp, type: 'CMD_DEVICE_ON' }]);
  const toggle = { ...COMMAND, command: 'toggle', confirm: 3 };
  const account = accountOf(reply).id;
  await logIn(nodeRed, reply, [
    accountOf(reply),
    ...chains(
      {
        command: () => ({ ...COMMAND, account, command: 'on', targets: [target], confirm: 0 }),
        confirmed: () => ({ ...toggle, account, targets: [target] }),
        call: () => ({ type: 'bench-bare', url, token: reply.hub.key, method: 'PUT', body }),
      },
      1,
    ),
  ]);
  const once = async (chain: string): Promise<number> =>
    (await runChain(nodeRed, { chain, count: 1, atOnce: 1 })).wallUs / 1000;
  await once('command');
  const [commands, calls, confirmed]: number[][] = [[], [], []];
  for (let made = 0; made < count; made++) {
    commands?.push(await once('command'));
    calls?.push(await once('call'));
    // Wait until the previous command has finished.
    await sleep(600);
    confirmed?.push(await once('confirmed'));
  }
  hub.stop();
  const call = spread(calls ?? []).median;
  rows.push(
    timesRow(
      'a command, beyond the call itself (ms)',
      { most: 30 },
      (commands ?? []).map((ms) => ms - call),
    ),
    timesRow('a command, confirmed, by a hub that takes 200 ms (ms)', { median: 500 }, confirmed ?? []),
  );
  return {
    title: 'A home',
    measured: 'Node-RED',
    about: `${count} times each, by the wall clock: a hub on the LAN in another process, polled each second.`,
    rows,
  };
}

/** Measures the processor time of a subscription to a large home. Node-RED's own processor time is subtracted. */
export async function measureLoad(nodeRed: NodeRed, rounds: number, seconds: number): Promise<Section> {
  const { hub, reply } = await BenchHub.start({ devices: DEVICES });
  await logIn(nodeRed, reply, [accountOf(reply)]);
  const shares: Record<'alone' | 'quiet' | 'busy', number[]> = { alone: [], quiet: [], busy: [] };
  const share = async (work: () => Promise<unknown>): Promise<number> => {
    const [startedAt, before] = [performance.now(), await cpuOf(nodeRed)];
    await work();
    return ((await cpuOf(nodeRed)) - before) / 10 / (performance.now() - startedAt);
  };
  const flows = (count: number): FlowNode[] => [accountOf(reply), ...subscriberNodes(accountOf(reply), count)];
  for (let round = 0; round < rounds; round++) {
    await nodeRed.deploy(flows(0), 'nodes');
    await sleep(SETTLE_MS);
    shares.alone.push(await share(() => sleep(seconds * 1_000)));
    await nodeRed.deploy(flows(SUBSCRIBERS), 'nodes');
    await sleep(SETTLE_MS);
    shares.quiet.push(await share(() => sleep(seconds * 1_000)));
    const change = async (): Promise<void> => {
      for (let second = 0; second < seconds; second++) {
        await hub.request({ change: CHANGES_A_SECOND });
        await sleep(1_000);
      }
    };
    await takeReceived(nodeRed);
    shares.busy.push(await share(change));
    const received = (await takeReceived(nodeRed)).length;
    if (received < CHANGES_A_SECOND * (seconds - 2)) throw new Error(`Only ${received} changes were received.`);
  }
  const before = (await hub.request({})).polls;
  await nodeRed.deploy(flows(0), 'nodes');
  await sleep(3_000);
  const after = (await hub.request({})).polls;
  hub.stop();
  const beyond = (all: number[]): number[] => all.map((one, round) => one - (shares.alone[round] ?? 0));
  const what = `${DEVICES} devices, ${SUBSCRIBERS} nodes`;
  return {
    title: 'Listening',
    measured: 'Node-RED',
    about: `Shares of one core over ${seconds} s, ${rounds} rounds, minus the share of the same Node-RED without subscribers.`,
    rows: [
      {
        ...timesRow(
          `${what}, ${CHANGES_A_SECOND} changes a second (% of a core)`,
          { median: 0.5 },
          beyond(shares.busy),
          2,
        ),
        reason: MESSAGES,
      },
      {
        ...timesRow(`${what}, nothing changing (% of a core)`, { median: 0.15 }, beyond(shares.quiet), 2),
        reason: POLLS,
      },
      timesRow('Node-RED by itself (% of a core)', {}, shares.alone, 2),
      {
        ...{
          figure: 'polls after the last subscriber has gone',
          aim: '≤ 1',
          came: String(after - before),
          isCount: true,
        },
        ...{ isMet: after - before <= 1, behind: 'in three seconds; one may be in flight' },
      },
    ],
  };
}
