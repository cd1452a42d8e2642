import type { Section } from '../report';
import { Fleet } from './fleet';
import { countHomeDays, type HomeDay } from './home-days';
import { checkOf, dayRows, type FleetRow, loginRows, QUIET_MS, renewalRows, rowsOf } from './rows';
import { type Played, SCENARIOS } from './scenarios';

/**
 * The number of homes in a full-size fleet. In a smaller fleet, the requests of several seconds are counted as those of
 * one second (with 100 homes, of 50 seconds), so that the counts are comparable.
 */
const WHOLE = 5_000;
/** The number of homes and the scenarios of a quick run. */
const QUICK = { homes: 100, scenarios: ['maintenance', 'start', 'lan-lost', 'held'] };

/** All results of the fleet benchmark. */
export interface FleetFigures {
  rows: FleetRow[];
  days: HomeDay[];
  /** The sections of the printed table. Each row has a value and its limit, if there is one. */
  sections: Section[];
}

/** Runs all fleet scenarios. Calls `onSection` after each section. */
export async function measureFleet(isQuick: boolean, onSection: (section: Section) => void): Promise<FleetFigures> {
  // The errors' stack traces are not needed, and creating them takes time.
  Error.stackTraceLimit = 0;
  const sections: Section[] = [];
  const add = (title: string, about: string, rows: Section['rows']): void => {
    const section = { title, about, measured: 'library' as const, rows };
    sections.push(section);
    onSection(section);
  };
  const days = await countHomeDays(isQuick ? 1 : 6, isQuick);
  add('A home', 'One home a day in each state.', dayRows(days));
  const rows: FleetRow[] = [];
  const all: Played[] = [];
  for (const { id, size, play } of SCENARIOS) {
    if (isQuick && !QUICK.scenarios.includes(id)) continue;
    const homes = isQuick ? QUICK.homes : size.homes;
    const played = await play(new Fleet({ ...size, homes }), QUIET_MS);
    const ofScenario = rowsOf(played, Math.round(WHOLE / homes));
    rows.push(...ofScenario);
    add(
      id,
      'The busiest second, of the quiet mean, beside what those who listen have to ask.',
      ofScenario.map(checkOf),
    );
    if (id === 'start' && !isQuick) add('renewals', 'On the days after that.', await renewalRows(played, 2));
    all.push(played);
  }
  add('Logins', 'Of all these homes.', loginRows(all));
  return { rows, days, sections };
}
