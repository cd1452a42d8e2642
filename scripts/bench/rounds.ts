/** What some work cost, in microseconds: of the processor, all threads of the process together, and of the wall clock. */
export interface Cost {
  cpuUs: number;
  wallUs: number;
}

/** The middle of some values, and between which they lie. */
export interface Spread {
  median: number;
  least: number;
  most: number;
}

/** What contenders cost, round by round. */
export type Rounds<Name extends string> = Record<Name, Cost[]>;

/** Rounds before the first that counts, in which code gets compiled and connections made. */
const WARM_UP = 5;

/**
 * Lets contenders work one after another, round by round, so that whatever else the machine does meets all of them. Each
 * round begins with another one. One round alone is not for its times, and begins cold.
 */
export async function interleave<Name extends string>(
  rounds: number,
  contenders: Record<Name, () => Promise<Cost>>,
): Promise<Rounds<Name>> {
  const names = Object.keys(contenders) as Name[];
  const costs = Object.fromEntries(names.map((name) => [name, []])) as unknown as Rounds<Name>;
  const warmUp = rounds === 1 ? 0 : WARM_UP;
  for (let round = -warmUp; round < rounds; round++) {
    for (const [place] of names.entries()) {
      const name = names[(place + round + warmUp) % names.length] as Name;
      const cost = await contenders[name]();
      if (round >= 0) costs[name].push(cost);
    }
  }
  return costs;
}

/** What `work` costs this process, for each of `times`. */
export async function costOf(times: number, work: () => Promise<unknown>): Promise<Cost> {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { cpuUs: (user + system) / times, wallUs: ((performance.now() - startedAt) * 1000) / times };
}

/** How many times as much as the other a contender cost, round by round. */
export function ratio(costs: Cost[], others: Cost[], what: keyof Cost = 'cpuUs'): Spread {
  return spread(costs.map((cost, round) => cost[what] / (others[round]?.[what] ?? Number.NaN)));
}

/** The median of some values with the least and the most. */
export function spread(values: number[]): Spread {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (part: number): number => sorted[Math.round((sorted.length - 1) * part)] ?? Number.NaN;
  return { median: at(0.5), least: at(0), most: at(1) };
}
