import { execFileSync } from 'node:child_process';
import { cpus, release, type } from 'node:os';
import type { Cost, Spread } from './rounds';
import { ratio, spread } from './rounds';

/** A line of the table. */
export interface Row {
  figure: string;
  aim: string;
  /** What was measured. */
  came: string;
  /** `undefined` where there is no aim. */
  isMet?: boolean | undefined;
  /** The same on every machine, however busy it is. */
  isCount?: boolean;
  /** What stands behind the figure: times, counts, the same by the wall clock. */
  behind: string;
  /** Where the aim is missed: why, and what it would take. */
  reason?: string;
}

/** A part of the table. */
export interface Section {
  title: string;
  /** How it was measured. */
  about: string;
  /** The program that was measured. The library alone costs less than a Node-RED that uses it. */
  measured: 'library' | 'Node-RED' | 'editor' | 'package';
  rows: Row[];
}

/** The row of a ratio in processor time, the wall clock's beside it. `aim`: the most it may be. */
export function ratioRow(figure: string, aim: number | undefined, costs: Cost[], others: Cost[], reason?: string): Row {
  const byCpu = ratio(costs, others);
  const each = [costs, others].map((all) => micros(spread(all.map(({ cpuUs }) => cpuUs)).median));
  return {
    figure,
    aim: aim === undefined ? '' : `≤ ${aim.toFixed(2)}`,
    came: inWords(byCpu),
    isMet: aim === undefined ? undefined : byCpu.median <= aim,
    behind: `${each.join(' to ')} of processor time; wall time ${inWords(ratio(costs, others, 'wallUs'))}`,
    ...(reason === undefined ? {} : { reason }),
  };
}

/** The row of a count, which is the same on every machine. `aim`: the most it may be. */
export function countRow(figure: string, aim: number | undefined, count: number, behind = ''): Row {
  return {
    figure,
    aim: aim === undefined ? '' : `≤ ${aim}`,
    came: String(count),
    isMet: aim === undefined ? undefined : count <= aim,
    isCount: true,
    behind,
  };
}

/** The row of values in some unit. `aims`: the most that their median, and 95 % of them, may be. */
export function timesRow(figure: string, aims: { median?: number; most?: number }, values: number[], digits = 0): Row {
  const sorted = [...values].sort((one, other) => one - other);
  const nearlyAll = sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
  const all = spread(values);
  const { median = Infinity, most = Infinity } = aims;
  const isAimed = median !== Infinity || most !== Infinity;
  return {
    figure,
    aim: [median === Infinity ? '' : `≤ ${median}`, most === Infinity ? '' : `95 % ≤ ${most}`]
      .filter(Boolean)
      .join(', '),
    came: inWords(all, digits),
    isMet: isAimed ? all.median <= median && nearlyAll <= most : undefined,
    behind: `95 % ${nearlyAll.toFixed(digits)}`,
  };
}

/** Whether there is an aim that was not reached. */
export function isMissed({ isMet }: Row): boolean {
  return isMet === false;
}

/** A median with its range. */
export function inWords({ median, least, most }: Spread, digits = 2): string {
  return `${median.toFixed(digits)} (${least.toFixed(digits)} to ${most.toFixed(digits)})`;
}

/** Microseconds, or milliseconds where that reads better. */
export function micros(us: number): string {
  return us < 1000 ? `${us.toFixed(us < 10 ? 1 : 0)} µs` : `${(us / 1000).toFixed(us < 10_000 ? 1 : 0)} ms`;
}

/** The table as a terminal shows it. */
export function toText({ title, rows }: Section): string {
  const width = Math.max(...rows.map(({ figure }) => figure.length));
  const lines = rows.map(({ figure, aim, came, isMet, behind }) => {
    const verdict = isMet === undefined ? '      ' : isMet ? 'met   ' : 'missed';
    return `  ${figure.padEnd(width)}  ${verdict}  ${aim.padEnd(18)}  ${came.padEnd(22)}  ${behind}`;
  });
  return [title, ...lines, ''].join('\n');
}

/** The table as docs/dev/benchmarks.md has it. */
export function toMarkdown({ title, about, measured, rows }: Section): string {
  const lines = rows.map(({ figure, aim, came, isMet, behind }) => {
    const aimed = isMet === undefined ? aim : `${aim} ${isMet ? '✓' : '✗'}`;
    return `| ${figure} | ${measured} | ${aimed} | ${came} | ${behind} |`;
  });
  return [
    `## ${title}`,
    '',
    about,
    '',
    '| figure | measured | aim | here | behind it |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}

/** A line for each aim that was missed, with the reason where one is known. */
export function missedAims(sections: readonly Section[]): string {
  const missed = sections.flatMap(({ rows }) => rows.filter(isMissed));
  if (missed.length === 0) return 'None.';
  return missed
    .map(
      ({ figure, aim, came, reason = 'No reason is known: the machine may have been busy.' }) =>
        `- ${figure}: ${came}, and not ${aim}. ${reason}`,
    )
    .join('\n');
}

/** What it was measured on. Names nobody's machine. */
export function machine(nodeRed: string): string {
  const [cpu] = cpus();
  return [
    `${cpu?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores`,
    systemName(),
    `Node.js ${process.versions.node}`,
    `Node-RED ${nodeRed}`,
    new Date().toISOString().slice(0, 10),
  ].join('; ');
}

function systemName(): string {
  try {
    const named = execFileSync('sh', ['-c', '. /etc/os-release && echo "$PRETTY_NAME"'], { encoding: 'utf8' }).trim();
    if (named !== '') return named;
  } catch {
    // No Linux.
  }
  return `${type()} ${release()}`;
}
