import { sized } from '../../support/size.js';

/** How often a property is tried: 20 times as often with `LONG=1`. */
export function runs(numRuns: number): { numRuns: number } {
  return { numRuns: sized(numRuns, numRuns * 20) };
}
