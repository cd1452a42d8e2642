import { IdleHome } from '../../test/src/support/idle-home';
import { countRow, type Row, type Section } from './report';
import { DAY, MINUTE, SECOND } from '../../test/src/support/fake-clock';

const MANY = 20;

/** Counts the requests of an idle account with a simulated clock, so that the result is the same on every machine. */
export async function countIdle(): Promise<Section> {
  const rows: Row[] = [];
  for (const [hubs, transport, aim] of [
    [1, 'on the LAN', 60],
    [1, 'through the cloud', 60],
    [MANY, 'on the LAN', 100],
    [MANY, 'through the cloud', 100],
  ] as const) {
    const home = new IdleHome(hubs, transport === 'on the LAN');
    await home.start();
    await home.clock.advance(10 * MINUTE);
    const most = home.mostWithin(SECOND);
    const before = home.calls.length;
    const savesBefore = home.store.saves;
    // Count the calls of the next three days, which include renewals of the token.
    await home.clock.advance(3 * DAY);
    const what = `${hubs === 1 ? 'one hub' : `${hubs} hubs`} ${transport}`;
    rows.push(
      countRow(`calls a day, ${what}`, aim, Math.ceil((home.calls.length - before) / 3), home.inWords(before)),
      countRow(`most calls in a second at a start, ${what}`, 10, most, `${before} in the first ten minutes`),
      countRow(`timers, ${what}`, 1, home.clock.timers),
      countRow(`saves a day, ${what}`, 2, Math.ceil((home.store.saves - savesBefore) / 3)),
    );
    await home.end();
  }
  return {
    title: 'An idle account',
    measured: 'library',
    about: 'Calls to the cloud and to hubs in three days of simulated time, without a step or a subscriber.',
    rows,
  };
}
