// Measures what the package costs, and writes docs/benchmarks.md: `npm run bench`. With `-- --quick` it counts what can be
// counted in a minute, writes nothing, and fails where a count is more than its aim.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cleanUp } from '../test/live/harness/leftovers';
import { packageRoot } from '../test/live/harness/packed';
import { BenchCloud } from './bench/cloud';
import { startNodeRed } from './bench/node-red';
import { machine, type Section, toMarkdown, toText } from './bench/report';
import { measurePings, prepareSteps } from './bench/steps';

/** Interleaved rounds for each ratio. */
const ROUNDS = 21;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
  const sections: Section[] = [];
  const add = (section: Section): void => {
    sections.push(section);
    console.log(toText(section));
  };
  const cloud = await BenchCloud.start();
  const nodeRed = await startNodeRed();
  await prepareSteps(nodeRed, cloud);
  add(await measurePings(nodeRed, values.quick ? 1 : ROUNDS));
  const version = (await nodeRed.admin('GET', '/settings')).body as { version: string };
  await nodeRed.dispose();
  cloud.stop();
  if (!values.quick)
    writeFileSync(join(packageRoot, 'docs', 'benchmarks.md'), page(sections, machine(version.version)));
}

function page(sections: Section[], measuredOn: string): string {
  return `# Benchmarks

Written by \`npm run bench\`. Measured on ${measuredOn}. Ratios are medians of ${ROUNDS} interleaved rounds, with their range in
brackets.

${sections.map(toMarkdown).join('\n\n')}
`;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  cleanUp();
  process.exit(1);
});
