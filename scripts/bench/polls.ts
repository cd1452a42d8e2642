import { ChangeFeed } from '../../src/devices/steps/change-feed.js';
import { parseChangeConfig } from '../../src/devices/steps/change-config.js';
import { DAY, HOUR, MINUTE } from '../../test/src/support/fake-clock';
import { IdleHome } from '../../test/src/support/idle-home';
import { countRow, type Row, type Section } from './report';

const SUBSCRIBER = { id: 'subscriber', config: parseChangeConfig({ kinds: ['device'], events: ['changed'] }) };

const LISTS =
  'Polls alone reach the limit. The lists of rooms and groups, which the polls of this hub do not report, are loaded ' +
  'every 10 minutes in addition.';

/**
 * Gives a home's hub one lamp. With `isChanging`, every answer to a poll reports that the lamp was switched; otherwise
 * only the first answer contains the lamp. Returns counters, which each request to the hub updates.
 */
function answersOf(home: IdleHome, isChanging: boolean): { polls: number; other: number } {
  const asked = { polls: 0, other: 0 };
  home.answer = (path) => {
    if (!path.endsWith('/hub/poll')) {
      asked.other += 1;
      return { body: '{}' };
    }
    asked.polls += 1;
    const isNews = isChanging || asked.polls === 1;
    const state = { isOn: asked.polls % 2 === 0, reachable: true };
    const lamp = { id: 'lamp', name: 'Lamppu', type: 'LIGHT', capabilities: ['ON_OFF'], state };
    const polls = isNews ? [{ type: 'DEVICE_DELTA', timestamp: asked.polls, devices: { lamp } }] : [];
    const answer = { type: 'POLL_DELTA', full: asked.polls === 1, timestamp: home.clock.outside(), polls };
    return { body: JSON.stringify(answer) };
  };
  return asked;
}

/**
 * Counts the requests of a subscription to a hub during `hours` of simulated time, and extrapolates the counts to a
 * day.
 */
export async function countPolls(hours: number): Promise<Section> {
  const rows: Row[] = [];
  const inADay = (count: number): number => Math.round((count * DAY) / (hours * HOUR));
  for (const [transport, isChanging, most] of [
    ['on the LAN', true, 86_400],
    ['through the cloud', true, 8_640],
    ['through the cloud', false, 8_640],
  ] as const) {
    const home = new IdleHome(1, transport === 'on the LAN');
    const asked = answersOf(home, isChanging);
    await home.start();
    await home.clock.advance(MINUTE);
    const alone = asked.polls + asked.other;
    let received = 0;
    const { homes } = home.account;
    const feed = new ChangeFeed({ ...SUBSCRIBER, homes, clock: home.clock, send: () => (received += 1) });
    // Wait until the poll interval stays the same: after ten minutes without a change, the hub is polled less often
    // through the cloud.
    await home.clock.advance(15 * MINUTE);
    const [before, receivedBefore] = [{ ...asked }, received];
    await home.clock.advance(hours * HOUR);
    const [polls, lists] = [inADay(asked.polls - before.polls), inADay(asked.other - before.other)];
    const what = `${transport}, ${isChanging ? 'something changing all the time' : 'nothing changing'}`;
    rows.push(countRow(`polls a day, ${what}`, most, polls, `${inADay(received - receivedBefore)} changes received`), {
      ...countRow(`all requests a day, ${what}`, most, polls + lists),
      isCount: false,
      reason: LISTS,
    });
    feed.stop();
    await home.clock.advance(MINUTE);
    const last = asked.polls + asked.other;
    await home.clock.advance(hours * HOUR);
    const unheard = alone + asked.polls + asked.other - last;
    rows.push(countRow(`requests without a subscriber, ${what}`, 0, unheard));
    await home.end();
  }
  return {
    title: 'Polls',
    measured: 'library',
    about:
      `Requests for a node that listens to devices, beyond those of an idle account, in ${hours} h of simulated time. The ` +
      'polls of this hub report only devices.',
    rows,
  };
}
