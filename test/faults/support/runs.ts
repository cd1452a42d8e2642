const isLong = process.env['LONG'] === '1';

/** How often a property is tried: 20 times as often with `LONG=1`. fast-check prints the seed of what fails. */
export function runs(numRuns: number): { numRuns: number } {
  return { numRuns: isLong ? numRuns * 20 : numRuns };
}

/** The time a property may take. */
export const PATIENCE_MS = isLong ? 1_800_000 : 60_000;
