import { sized } from '../../support/size.js';

/** Returns the number of runs of a property-based test: 100 times as many with `LONG=1`. */
export function runs(numRuns: number): { numRuns: number } {
  return { numRuns: sized(numRuns, numRuns * 100) };
}
