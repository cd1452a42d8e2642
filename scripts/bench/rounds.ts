/** The cost of some work in microseconds: the processor time of all threads of the process, and the wall-clock time. */
export interface Cost {
  cpuUs: number;
  wallUs: number;
}

/** Median and range of some values. */
export interface Spread {
  median: number;
  least: number;
  most: number;
}

/** The results of each compared function: one result per round. */
export type Rounds<Name extends string, Result = Cost> = Record<Name, Result[]>;

/**
 * Number of warm-up rounds. Their results are not used, because code is still being compiled and connections are
 * opened.
 */
const WARM_UP = 5;

/**
 * Runs the compared functions in turn, round by round, so that other load on the machine affects all of them. Each
 * round starts with a different function. With a single round there is no warm-up.
 */
export async function interleave<Name extends string, Result = Cost>(
  rounds: number,
  contenders: Record<Name, () => Promise<Result>>,
  warmUp = rounds === 1 ? 0 : WARM_UP,
): Promise<Rounds<Name, Result>> {
  const names = Object.keys(contenders) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Rounds<Name, Result>;
  for (let round = -warmUp; round < rounds; round++) {
    for (const [index] of names.entries()) {
      const name = names[(index + round + warmUp) % names.length] as Name;
      const result = await contenders[name]();
      if (round >= 0) results[name].push(result);
    }
  }
  return results;
}

/** Returns the cost of `work` in this process, divided by `times`. */
export async function costOf(times: number, work: () => Promise<unknown>): Promise<Cost> {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { cpuUs: (user + system) / times, wallUs: ((performance.now() - startedAt) * 1000) / times };
}

/** Returns the median and range of the ratios between two costs, with one ratio for each round. */
export function ratio(costs: Cost[], others: Cost[], what: keyof Cost = 'cpuUs'): Spread {
  return spread(costs.map((cost, round) => cost[what] / (others[round]?.[what] ?? Number.NaN)));
}

/** Returns the median and range of some values. */
export function spread(values: number[]): Spread {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (part: number): number => sorted[Math.round((sorted.length - 1) * part)] ?? Number.NaN;
  return { median: at(0.5), least: at(0), most: at(1) };
}
