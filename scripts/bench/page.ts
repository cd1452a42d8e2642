import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { missedAims, type Section, toMarkdown } from './report';

/** Writes what was measured as a page, in the form of the repository's other texts. */
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

${sections.map(toMarkdown).join('\n\n')}

## Aims that are missed

${missedAims(sections)}
`;
  writeFileSync(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
}
