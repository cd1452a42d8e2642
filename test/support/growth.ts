// Measurement of how processor time grows with the length of an input.
/** Length of the longer input. Quadratic work takes much longer than {@link SHORTEST_US} for it, on a quick machine too. */
const LENGTH = 24_000;
/**
 * Microseconds of CPU time. A shorter run counts as linear, because work that is worse than linear takes much longer.
 */
const SHORTEST_US = 10_000;
const TRIES = 3;

/**
 * Returns the growth of the CPU time for an input of four times the length, as a factor: about 4 for linear work, 16
 * for quadratic work, and 0 for very short work. The smallest of several measurements counts, so other load on the
 * machine does not change the result.
 */
export function growthOf<T>(make: (length: number) => T, work: (input: T) => void): number {
  const long = make(LENGTH);
  if (cpuOf(() => work(long), 1) < SHORTEST_US) return 0;
  const short = make(LENGTH / 4);
  const time = cpuOf(() => work(long), TRIES);
  const shortTime = cpuOf(() => work(short), TRIES);
  return time < SHORTEST_US ? 0 : time / Math.max(1, shortTime);
}

/** The largest factor of {@link growthOf} that counts as linear. */
export const MAX_GROWTH = 8;

function cpuOf(work: () => void, tries: number): number {
  const times = Array.from({ length: tries }, () => {
    const begin = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(begin);
    return user + system;
  });
  return Math.min(...times);
}
