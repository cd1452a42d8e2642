import { execFileSync } from 'node:child_process';
import { cpus, release, type } from 'node:os';
import type { Cost, Spread } from './rounds';
import { ratio, spread } from './rounds';

/** A measured value in the table of results, with its target value. */
export interface Row {
  figure: string;
  aim: string;
  /** The measured value, as text. */
  came: string;
  /** Whether the value meets its target value; `undefined` if there is none. */
  isMet?: boolean | undefined;
  /** Whether the value is a count, which is the same on every machine. */
  isCount?: boolean;
  /** Details behind the value, such as wall-clock times or the counts from which it is calculated. */
  behind: string;
  /** The reason why the target value is missed, and how it could be reached. */
  reason?: string;
}

/** A section of the table. */
export interface Section {
  title: string;
  /** Description of the measurement. */
  about: string;
  /** The measured program. The library alone costs less than a Node-RED that uses it. */
  measured: 'library' | 'Node-RED' | 'editor' | 'package';
  rows: Row[];
}

/** Returns the row for a ratio of processor times. The details contain the wall-clock times. `aim`: the upper limit. */
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

/** Returns the row for a count, which is the same on every machine. `aim`: the upper limit for the count. */
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

/**
 * Returns the row for many measurements of one value, such as times. `aims`: upper limits for their median (`median`)
 * and for 95 % of them (`most`).
 */
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

/** Whether the row has a target value and misses it. */
export function isMissed({ isMet }: Row): boolean {
  return isMet === false;
}

/** Formats a median and its range. */
export function inWords({ median, least, most }: Spread, digits = 2): string {
  return `${median.toFixed(digits)} (${least.toFixed(digits)} to ${most.toFixed(digits)})`;
}

/** Formats a time given in microseconds: as milliseconds from 1000 µs on. */
export function micros(us: number): string {
  return us < 1000 ? `${us.toFixed(us < 10 ? 1 : 0)} µs` : `${(us / 1000).toFixed(us < 10_000 ? 1 : 0)} ms`;
}

/** Formats a section for a terminal. */
export function toText({ title, rows }: Section): string {
  const width = Math.max(...rows.map(({ figure }) => figure.length));
  const lines = rows.map(({ figure, aim, came, isMet, behind }) => {
    const verdict = isMet === undefined ? '      ' : isMet ? 'met   ' : 'missed';
    return `  ${figure.padEnd(width)}  ${verdict}  ${aim.padEnd(18)}  ${came.padEnd(22)}  ${behind}`;
  });
  return [title, ...lines, ''].join('\n');
}

/** Formats a section for docs/dev/benchmarks.md. */
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
    '| figure | measured | aim | result | details |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}

/** Returns a line for each missed target value, with the reason if one is known. */
export function missedAims(sections: readonly Section[]): string {
  const missed = sections.flatMap(({ rows }) => rows.filter(isMissed));
  if (missed.length === 0) return 'None.';
  return missed
    .map(
      ({ figure, aim, came, reason = 'No reason is known: the machine may have been busy.' }) =>
        `- ${figure}: ${came} instead of ${aim}. ${reason}`,
    )
    .join('\n');
}

/** Describes the machine without its host name. */
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
    // `/etc/os-release` is missing, for example because this is not Linux.
  }
  return `${type()} ${release()}`;
}
