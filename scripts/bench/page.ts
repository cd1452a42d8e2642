import { writeMarkdown } from './markdown';
import { missedAims, type Section, toMarkdown } from './report';

/** Writes the results as a Markdown page. */
export function writePage(
  path: string,
  sections: readonly Section[],
  { measuredOn, rounds }: { measuredOn: string; rounds: number },
): void {
  const text = `# Benchmarks

What the package costs. Written by \`npm run bench\`. A [page of its own](fleet.md) has the requests of many homes to one
cloud, and of one home in a day.

Measured on ${measuredOn}. A ratio compares processor time, all threads together, with another program of the same rounds:
the median of ${rounds} interleaved rounds, with the range in brackets. Counts are the same on every machine; tests check
them (\`test/bench\`, and for Deploys, steps and calls the tests of these).

The column _measured_ names the program: the _library_ without Node-RED, often in simulated time; a real _Node-RED_ with the
package's nodes; the _editor_ in a real browser; or the installed _package_. Figures of the library leave out Node-RED's own
work: cloned messages, statuses, and the nodes of a flow.

${sections.map(toMarkdown).join('\n\n')}

## Aims that are missed

${missedAims(sections)}
`;
  writeMarkdown(path, text);
}
