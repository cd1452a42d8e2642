import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { accountNode } from '../../test/live/harness/flow';
import { tempFolder } from '../../test/live/harness/leftovers';
import { NodeRed } from '../../test/live/harness/node-red';
import { installedUserDir } from '../../test/live/harness/packed';
import type { BenchCloud } from './cloud';
import type { StartCost } from './chain';
import { withBenchNodes } from './node-red';
import { countRow, type Row, type Section, timesRow } from './report';
import { interleave } from './rounds';

const ACCOUNT = 'account';

/**
 * Delay between a start of Node-RED and the measurement of its cost, in milliseconds. By then, an account has made its
 * first calls.
 */
const SETTLE_MS = 2_000;

/**
 * Measures what the package adds to the cost of a start of Node-RED: once without an account, and once with an account
 * that no other node uses.
 */
export async function measureNodeRedStart(cloud: BenchCloud, rounds: number): Promise<Section> {
  const withoutPackage = await stopped(emptyUserDir());
  const withPackage = await stopped(await installedUserDir());
  const withAccount = await stopped(await installedUserDir(), (nodeRed) => logIn(nodeRed, cloud));
  const costs = await interleave(
    rounds,
    {
      none: () => costOfStart(withoutPackage),
      idle: () => costOfStart(withPackage),
      account: () => costOfStart(withAccount),
    },
    0,
  );
  const added = (what: keyof StartCost, to: StartCost[]): number[] =>
    to.map((cost, round) => cost[what] - (costs.none[round]?.[what] ?? Number.NaN));
  const rowsOf = (when: string, to: StartCost[], mostFiles: number): Row[] => [
    countRow(`files of the package that are loaded, ${when}`, mostFiles, to[0]?.files ?? Number.NaN),
    timesRow(`processor time (ms), ${when}`, { median: 70 }, added('cpuMs', to)),
    timesRow(`memory of the process (MB), ${when}`, { median: 8 }, added('rss', to), 1),
    timesRow(`heap (MB), ${when}`, {}, added('heap', to), 1),
  ];
  return {
    title: 'A start of Node-RED',
    measured: 'Node-RED',
    about:
      'What the package adds: a start with its 14 nodes, less a start without the package in the same round, of ' +
      `${rounds} interleaved rounds. Processor time of all threads, and memory after a garbage collection, ` +
      `${SETTLE_MS / 1000} s after the flows have started. The account is logged in, and no step uses it.`,
    rows: [...rowsOf('without an account', costs.idle, 70), ...rowsOf('with an account', costs.account, 100)],
  };
}

function emptyUserDir(): string {
  const userDir = join(tempFolder('node-red'), 'user-dir');
  mkdirSync(userDir);
  writeFileSync(join(userDir, 'package.json'), JSON.stringify({ name: 'node-red-project', private: true }));
  return userDir;
}

/** Starts Node-RED once, so that it creates its files, runs `prepare`, and stops it. Returns the stopped Node-RED. */
async function stopped(userDir: string, prepare?: (nodeRed: NodeRed) => Promise<void>): Promise<NodeRed> {
  const nodeRed = await NodeRed.start({ userDir: withBenchNodes(userDir) });
  await prepare?.(nodeRed);
  await nodeRed.stop();
  return nodeRed;
}

async function logIn(nodeRed: NodeRed, cloud: BenchCloud): Promise<void> {
  await nodeRed.deploy([accountNode({ id: ACCOUNT, email: 'owner@example.fi', cloudUrl: cloud.url })]);
  const reply = await nodeRed.admin('POST', `/cozify/accounts/${ACCOUNT}/authenticate`, { otp: 'ABC123' });
  if (reply.status !== 200) throw new Error(`Logging in: ${reply.text}`);
}

async function costOfStart(nodeRed: NodeRed): Promise<StartCost> {
  await nodeRed.launch();
  await sleep(SETTLE_MS);
  const { body } = await nodeRed.admin('GET', '/bench/start');
  await nodeRed.stop();
  return body as StartCost;
}
