import { HOUR, MINUTE } from '../../../test/src/support/fake-clock';
import { countRow, type Row } from '../report';
import type { HomeDay } from './home-days';
import { POLL_CLOUD_MS, type Played, type Watch } from './scenarios';

/** The reason shown if the renewals in a minute exceed their limit. */
const CHANCE =
  'Renewals are spread over half a day, which makes twice the mean. The rest is chance, and larger for fewer homes.';

/**
 * Limit for the requests in any one second, as a multiple of the mean while nothing unusual happens. Polls of
 * subscribers are not included.
 */
const MAX_PEAK_RATIO = 3;
/**
 * Limit for the token renewals in any one minute, as a multiple of their mean. Applies to the days after all homes have
 * started at once.
 */
const MAX_RENEWALS = 5;

/** The requests that the cloud received during one event that affects all homes. */
export interface FleetRow {
  what: string;
  homes: number;
  /** Mean number of requests per second while nothing unusual happens. */
  quiet: number;
  /** Highest number of requests in one second, or in several seconds if the fleet is small (50 for 100 homes). */
  peak: number;
  /** The peak divided by the mean number of requests in a period of the same length while nothing unusual happens. */
  peakRatio: number;
  /** Like `peakRatio`, but with the polls of subscribers subtracted from the peak. */
  peakRatioWithoutPolls: number;
  reason: string | undefined;
}

/**
 * Returns the rows of a scenario. `seconds`: length of the period for which a peak is counted. It is longer if the
 * fleet has few homes, so that the peaks are comparable.
 */
export function rowsOf({ fleet, quiet, watches }: Played, seconds: number): FleetRow[] {
  const { traffic } = fleet.cloud;
  return watches.map(({ what, fromMs, toMs, subscribers, reason }: Watch) => {
    const usual = quiet * seconds;
    const peak = traffic.peak(fromMs, toMs, seconds);
    return {
      what,
      homes: fleet.size.homes,
      quiet,
      peak,
      peakRatio: peak / usual,
      peakRatioWithoutPolls: Math.max(0, peak - likelyPolls(seconds, subscribers)) / usual,
      reason,
    };
  });
}

/**
 * Returns the likely maximum of the subscribers' polls through the cloud in `seconds` seconds: the mean plus four
 * standard deviations.
 */
function likelyPolls(seconds: number, subscribers = 0): number {
  const mean = (subscribers * seconds * 1000) / POLL_CLOUD_MS;
  return mean + 4 * Math.sqrt(mean);
}

/** Returns the row that compares a result with its limit. */
export function checkOf({ what, peakRatio, peakRatioWithoutPolls, peak, quiet, reason }: FleetRow): Row {
  return {
    ...countRow(what, MAX_PEAK_RATIO, Math.round(peakRatioWithoutPolls * 10) / 10),
    behind: `peak ${peak}, ${peakRatio.toFixed(1)} times the quiet mean of ${quiet.toFixed(1)} a second`,
    ...(reason === undefined ? {} : { reason }),
  };
}

/** Returns a row for each day: the token renewals in the busiest minute, relative to the mean. */
export async function renewalRows({ fleet }: Played, days: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const home of fleet.homes) home.stopListening();
  for (let day = 1; day <= days; day++) {
    // All logins were renewed when the homes started, and are due again a day later. Each counted day begins an hour
    // before that.
    const fromMs = day * 24 * HOUR - HOUR;
    await fleet.run(fromMs + 24 * HOUR - fleet.now);
    const fullest = fleet.cloud.traffic.peak(fromMs, fleet.now, 60, 'refreshsession');
    const ratio = (fullest * 24 * 60) / fleet.size.homes;
    const what = `day ${day} after a start of all in a minute: renewals in the busiest minute, as a multiple of the mean`;
    rows.push({
      ...countRow(what, MAX_RENEWALS, Math.round(ratio * 10) / 10),
      behind: `${fullest} of ${fleet.size.homes} in a minute`,
      reason: CHANCE,
    });
  }
  return rows;
}

/** Returns the rows that check the logins: none lost, none renewed late, no e-mail sent. */
export function loginRows(all: readonly Played[]): Row[] {
  const lost = all.reduce((sum, { fleet }) => sum + fleet.lost, 0);
  const mails = all.reduce((sum, { fleet }) => sum + fleet.cloud.traffic.count(0, fleet.now, 'requestlogin'), 0);
  const least = Math.floor(Math.min(...all.map(({ fleet }) => fleet.cloud.leastDaysLeft)));
  return [
    countRow('logins lost', 0, lost),
    countRow('codes requested', 0, mails),
    { ...countRow('days of life left at a renewal, at least', undefined, least), aim: '≥ 20', isMet: least >= 20 },
  ];
}

/** Returns a row for each state of a single home: its requests to the cloud per day. */
export function dayRows(days: readonly HomeDay[]): Row[] {
  return days.map(({ what, most: aim, cloud, lan }) => ({
    ...countRow(`requests to the cloud in a day: ${what}`, aim, cloud.requests),
    behind: `${megabytes(cloud.bytes * 30)} MB a month; on the LAN ${lan.requests}, ${megabytes(lan.bytes)} MB a day`,
  }));
}

export function megabytes(bytes: number): string {
  const mb = bytes / 1e6;
  return mb < 0.05 ? '0' : mb.toFixed(mb < 10 ? 1 : 0);
}

/** Length of the period whose mean is measured while nothing unusual happens, in milliseconds. */
export const QUIET_MS = 15 * MINUTE;
