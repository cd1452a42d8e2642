import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { missedAims, type Section, toMarkdown } from './report';

/** Writes the results as a page, formatted as the repository's other pages. */
export async function writePage(
  path: string,
  sections: readonly Section[],
  { measuredOn, rounds }: { measuredOn: string; rounds: number },
): Promise<void> {
  const text = `# Benchmarks

What the package costs, beside what else one would have. Written by \`npm run bench\`. What many homes ask of one cloud, and one
home in a day, is [on its own page](fleet.md).

Measured on ${measuredOn}. Ratios are those of processor time, all threads together, to something that was measured in the
same rounds: medians of ${rounds} interleaved rounds, with their range in brackets. Counts are the same on every machine, and
are checked with the tests.

The column _measured_ says what ran: the _library_ without Node-RED and without a flow, often on a clock of the benchmark's
own; a real _Node-RED_ with the package's nodes; the _editor_ in a real browser; or the _package_ as it is installed. Figures
of the library leave out Node-RED's own work: cloning messages, statuses, and the nodes of a flow.

## In a running Node-RED

These figures are not from \`npm run bench\`: they were measured from outside, on a real Node-RED.

| figure | measured | here |
| --- | --- | --- |
| the longest time in which nothing else could go on, a home of 10 000 devices (ms) | Node-RED | 140 to 280 |
| start of Node-RED with the package, beyond that without it (ms) | Node-RED | 80 |
| memory of Node-RED with the package, beyond that without it (MB) | Node-RED | 13 |

${sections.map(toMarkdown).join('\n\n')}

## Aims that are missed

${missedAims(sections)}
`;
  writeFileSync(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
}
