import assert from 'node:assert/strict';
import { listThings, type ListQuery, type Members } from '../../../../src/devices/steps/thing-list.js';
import type { Homes } from '../../../../src/devices/across-hubs/homes.js';
import { SidebarFeed, type FeedAnswer } from '../../../../src/devices/steps/sidebar-feed.js';
import { MINUTE, SECOND } from '../../support/fake-clock.js';
import { IdleHome } from '../../support/idle-home.js';

const LIST: ListQuery = {
  ...{ hub: '', kinds: ['device'], text: '', rooms: [], capabilities: [], match: 'all', can: '', ids: undefined },
  ...{ after: '', language: undefined, withCapabilities: false },
};

describe('SidebarFeed', () => {
  let home: IdleHome;
  let polls: number;
  let name: string;
  let reachable: boolean;

  beforeEach(async () => {
    home = new IdleHome(1, true);
    polls = 0;
    name = 'Lamppu';
    reachable = true;
    home.answer = (path) => {
      if (path.endsWith('/rooms')) return { body: '{"r1":{"id":"r1","name":"Sauna"}}' };
      if (!path.endsWith('/hub/poll')) return { body: '{}' };
      polls += 1;
      const state = { type: 'STATE_LIGHT', isOn: true, reachable };
      const lamp = { id: 'lamp', name, type: 'LIGHT', room: ['r1'], capabilities: ['ON_OFF'], state };
      const all = [{ type: 'DEVICE_DELTA', timestamp: polls, devices: { lamp } }];
      return { body: JSON.stringify({ type: 'POLL_DELTA', full: polls === 1, timestamp: polls, polls: all }) };
    };
    await home.start();
    await home.clock.advance(MINUTE);
  });
  afterEach(() => home.end());

  const feed = (after = '', waitMs = 0, signal?: AbortSignal): Promise<FeedAnswer> =>
    home.account.feed({ after, waitMs, hub: '' }, signal);

  /** Advances the clock by two minutes. Returns the time of the last poll, in seconds from the start. */
  async function lastPollAfter(): Promise<number> {
    let last = 0;
    for (let tenths = 1; tenths <= 1200; tenths++) {
      const before = polls;
      await home.clock.advance(SECOND / 10);
      if (polls > before) last = tenths / 10;
    }
    return last;
  }

  it('stops the polls of the hub 6 s after the last subscriber has left', async () => {
    await feed();
    const page = new AbortController();
    const held = feed((await feed()).last, 20_000, page.signal);
    await home.clock.advance(10 * SECOND);
    page.abort();
    await held;
    const last = await lastPollAfter();
    assert.ok(last > 3 && last <= 6, `the last poll came ${last} s after the end`);
  });

  it('stops the polls of the hub 10 s after the last list request', async () => {
    const page = new AbortController();
    const held = feed('', 20_000, page.signal);
    await home.clock.advance(2 * SECOND);
    await home.account.useHomes('things', (homes) => listThings(homes, LIST, home.clock));
    page.abort();
    await held;
    const last = await lastPollAfter();
    assert.ok(last > 6 && last <= 10, `the last poll came ${last} s after the list`);
  });

  it('lists the states of the next poll if the hub was not polled, and otherwise the cached states at once', async () => {
    const list = (): Promise<string[]> =>
      home.account.useHomes('things', async (homes) =>
        (await listThings(homes, LIST, home.clock)).things.map((thing) => thing.name),
      );
    const first = list();
    await home.clock.advance(SECOND);
    assert.deepEqual(await first, ['Lamppu']);
    await home.clock.advance(0.5 * SECOND);
    name = 'Iltavalo';
    const before = polls;
    assert.deepEqual(await list(), ['Lamppu']);
    assert.equal(polls, before);
    await home.clock.advance(MINUTE);
    name = 'Yövalo';
    assert.deepEqual(await list(), ['Yövalo']);
  });

  it('lists a room as unreachable while its only lamp is unreachable', async () => {
    const room = async (): Promise<Members | undefined> => {
      const query = { ...LIST, kinds: ['room' as const] };
      const listing = home.account.useHomes('things', (homes) => listThings(homes, query, home.clock));
      await home.clock.advance(2 * SECOND);
      return (await listing).things[0]?.members;
    };
    assert.deepEqual(await room(), { devices: 1, lamps: 1, on: 1, reachable: true });
    reachable = false;
    await home.clock.advance(2 * SECOND);
    assert.deepEqual(await room(), { devices: 1, lamps: 0, on: 0, reachable: false });
  });

  it('raises the revision when a device is renamed, but not for other changes', async () => {
    await feed();
    await home.clock.advance(2 * SECOND);
    const revision = async (): Promise<number | undefined> => (await feed()).hubs[0]?.revision;
    const first = await revision();
    assert.ok(first);
    await home.clock.advance(5 * SECOND);
    assert.equal(await revision(), first);
    name = 'Iltavalo';
    await home.clock.advance(2 * SECOND);
    assert.notEqual(await revision(), first);
  });

  it('raises the revision when the hub is renamed', async () => {
    let called = 'Koti';
    const things = { revision: 3 };
    const live = { cache: { hub: 'hub', things, asOf: () => null }, client: { isReachable: true } };
    const homes = { open: [live], known: { ids: ['hub'] }, subscribe: () => () => undefined } as unknown as Homes;
    const alone = new SidebarFeed({ clock: home.clock, nameOfHub: () => called }, () => homes);
    const revision = async (): Promise<number | undefined> =>
      (await alone.read({ after: '', waitMs: 0, hub: '' })).hubs[0]?.revision;
    assert.deepEqual([await revision(), await revision()], [3, 3]);
    called = 'Uusi koti';
    assert.deepEqual([await revision(), await revision()], [4, 4]);
    alone.close();
  });

  it('answers immediately after it was closed', async () => {
    const homes = { open: [], known: { ids: [] }, subscribe: () => () => undefined } as unknown as Homes;
    const alone = new SidebarFeed({ clock: home.clock, nameOfHub: () => '' }, () => homes);
    const { last } = await alone.read({ after: '', waitMs: 0, hub: '' });
    alone.close();
    assert.deepEqual((await alone.read({ after: last, waitMs: 20_000, hub: '' })).events, []);
  });
});
