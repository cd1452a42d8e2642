const isLong = process.env['LONG'] === '1';

/** How often a property is tried: 20 times as often with `LONG=1`. fast-check prints the seed of what fails. */
export function runs(numRuns: number): { numRuns: number } {
  return { numRuns: isLong ? numRuns * 20 : numRuns };
}
