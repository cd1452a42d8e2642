// Measures the cost of the package and writes docs/dev/benchmarks.md: `npm run bench`.
// `-- --quick` measures one round, which takes about a minute, and writes nothing. It exits with 1 if a count, such as
// a number of requests, exceeds its limit.
// `-- fleet` counts the requests of many homes to one cloud and writes docs/dev/fleet.md; `--quick` works in the same
// way.
// `-- start`, `-- sidebar` and `-- stalls` measure one section and write nothing; `-- start --rounds 24` measures more
// starts.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cleanUp } from '../test/live/harness/leftovers';
import { packageRoot } from '../test/live/harness/packed';
import { measureCalls } from './bench/calls';
import { BenchCloud } from './bench/cloud';
import { measureConnections } from './bench/connections';
import { countLargeHome } from './bench/large-home';
import { measureDeploys } from './bench/deploys';
import { measureDevices } from './bench/devices';
import { writeFleetPage } from './bench/fleet/page';
import { measureFleet } from './bench/fleet/measure';
import { measureHome, measureLoad } from './bench/home';
import { countIdle } from './bench/idle';
import { measureInstall } from './bench/install';
import { measureMemory } from './bench/memory';
import { startNodeRed } from './bench/node-red';
import { measureNodeRedStart } from './bench/node-red-start';
import { writePage } from './bench/page';
import { measurePicker } from './bench/picker';
import { countPolls } from './bench/polls';
import { isMissed, machine, type Section, toText } from './bench/report';
import { countSaves } from './bench/saves';
import { measureSidebar } from './bench/sidebar';
import { measureStalls } from './bench/stalls';
import { measureStart } from './bench/start';
import { measureIdleSteps, measurePings, prepareSteps } from './bench/steps';

/** Number of rounds for each ratio. In a round, each of the compared programs runs once. */
const ROUNDS = 21;
/** Number of repetitions of measurements that take long, such as an installation. */
const REPEATS = 5;
/** Number of starts of Node-RED. Each takes several seconds. */
const STARTS = 8;
/** Number of rounds of the load measurement, each longer than a minute. */
const LOADS = 3;
/** Number of samples for each measured delay, for example from a change at the hub to its message. */
const SAMPLES = 60;

/** Runs the scenarios of `-- fleet`. Writes docs/dev/fleet.md or, in a quick run, sets the exit code. */
async function benchFleet(isQuick: boolean): Promise<void> {
  const figures = await measureFleet(isQuick, (section) => console.log(toText(section)));
  if (!isQuick) return writeFleetPage(join(packageRoot, 'docs', 'dev', 'fleet.md'), figures);
  // A missed target value with a known reason does not fail the run, because fleet.md explains the reason.
  const missed = figures.sections.flatMap(({ rows }) =>
    rows.filter((row) => isMissed(row) && row.reason === undefined),
  );
  process.exitCode = missed.length > 0 ? 1 : 0;
}

/** Measures only the sidebar tab that shows the home. */
async function benchSidebar(): Promise<void> {
  const nodeRed = await startNodeRed();
  console.log(toText(await measureSidebar(nodeRed, SAMPLES)));
  await nodeRed.dispose();
}

/** Measures only the start of Node-RED. */
async function benchNodeRedStart(rounds: number): Promise<void> {
  const cloud = await BenchCloud.start();
  console.log(toText(await measureNodeRedStart(cloud, rounds)));
  cloud.stop();
}

async function main(): Promise<void> {
  const options = {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string', default: String(STARTS) },
  } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const { quick } = values;
  if (positionals.includes('fleet')) return benchFleet(quick);
  if (positionals.includes('stalls')) return console.log(toText(await measureStalls(REPEATS)));
  if (positionals.includes('sidebar')) return benchSidebar();
  if (positionals.includes('start')) return benchNodeRedStart(Number(values.rounds));
  const rounds = quick ? 1 : ROUNDS;
  const sections: Section[] = [];
  const add = (section: Section): void => {
    sections.push(section);
    console.log(toText(section));
  };
  const cloud = await BenchCloud.start();
  // Measure the connections in parallel with everything else, because this measurement mostly waits.
  const connections = measureConnections(quick ? 0.4 : 10);
  add(await countIdle());
  add(await countPolls(quick ? 1 : 24));
  add(await countSaves(cloud));
  add(await countLargeHome());
  add(await measureNodeRedStart(cloud, quick ? 1 : STARTS));
  add(await measureDeploys(quick ? 5 : ROUNDS));
  const nodeRed = await startNodeRed();
  const { version } = (await nodeRed.admin('GET', '/settings')).body as { version: string };
  await prepareSteps(nodeRed, cloud);
  add(await measurePings(nodeRed, cloud, rounds));
  add(await measureIdleSteps(nodeRed, cloud, rounds));
  add(await measurePicker(nodeRed, quick ? 0 : SAMPLES));
  add(await measureSidebar(nodeRed, quick ? 0 : SAMPLES));
  if (!quick) {
    add(await measureHome(nodeRed, SAMPLES));
    add(await measureLoad(nodeRed, LOADS, 20));
  }
  await nodeRed.dispose();
  add(await measureCalls(cloud, rounds));
  if (!quick) {
    add(await measureStart(cloud, rounds));
    add(await measureMemory(cloud, REPEATS));
    add(await measureDevices(REPEATS));
    add(await measureStalls(REPEATS));
    add(await measureInstall(REPEATS));
  }
  add(await connections);
  cloud.stop();
  const missed = sections.flatMap(({ rows }) => rows.filter(isMissed));
  if (!quick)
    writePage(join(packageRoot, 'docs', 'dev', 'benchmarks.md'), sections, {
      measuredOn: machine(version),
      rounds: ROUNDS,
    });
  else process.exitCode = missed.some(({ isCount }) => isCount) ? 1 : 0;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  cleanUp();
  process.exit(1);
});
