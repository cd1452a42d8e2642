/** What takes less is not looked at more closely: what is worse than linear takes some hundred times as long. */
const NOTHING_US = 10_000;
const TRIES = 3;

/**
 * How many times as long `work` takes for four times the length: about 4 where it is linear, 16 where it is quadratic, and
 * 0 where it takes next to nothing. The time is that of the processor, the least of some tries: it makes no difference
 * what else the machine does.
 */
export function growthOf<T>(make: (length: number) => T, work: (input: T) => void, length = 24_000): number {
  const long = make(length);
  if (cpuOf(() => work(long), 1) < NOTHING_US) return 0;
  const short = make(length / 4);
  const time = cpuOf(() => work(long), TRIES);
  const shortTime = cpuOf(() => work(short), TRIES);
  return time < NOTHING_US ? 0 : time / Math.max(1, shortTime);
}

/** More than this is worse than linear. */
export const MOST_GROWTH = 8;

function cpuOf(work: () => void, tries: number): number {
  const times = Array.from({ length: tries }, () => {
    const begin = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(begin);
    return user + system;
  });
  return Math.min(...times);
}
