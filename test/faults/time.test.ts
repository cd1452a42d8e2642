import assert from 'node:assert/strict';
import { RateLimiter } from '../../src/async/rate-limiter.js';
import { DAY, FakeClock, HOUR, MINUTE, SECOND } from '../src/support/fake-clock.js';
import { MemoryStore } from '../src/support/memory-store.js';
import { Stage } from '../src/support/stage.js';
import { makeToken } from '../src/support/tokens.js';
import { FakeHome } from './support/fake-home.js';
import { faultTable, noWorld, type Row, type World } from './support/table.js';

const YEAR = 365 * DAY;

/** Jumps of the account's wall clock. The cloud keeps the right time. */
const JUMPS: [string, number][] = [
  ['back by a year', -YEAR],
  ['forward by a year', YEAR],
  ['back by a day', -DAY],
  ['forward by a day', DAY],
  ['forward by ten years', 10 * YEAR],
  ['to 1970', -Date.parse('2026-03-02T06:00:00Z')],
];

/**
 * Advances the clock, and asserts about one renewal a day and never a burst. With `isDaily: false`, there may be more
 * renewals.
 */
async function passDays(home: FakeHome, days: number, { isDaily = true } = {}): Promise<void> {
  const before = home.renewals;
  await home.clock.advance(days * DAY);
  const renewed = home.renewals - before;
  assert.ok(renewed >= days - 1 && (renewed <= days + 2 || !isDaily), `${renewed} renewals in ${days} days`);
  const gaps = home.cloud.gaps('refreshsession');
  assert.ok(
    gaps.every((gap) => gap >= 10 * MINUTE),
    `renewals ${Math.min(...gaps)} ms apart`,
  );
  assert.ok(home.clock.longestMs <= HOUR, 'no timer is longer than an hour');
  assert.equal(home.cloud.of('requestlogin').length, 0);
  home.noteRenewed();
}

const jumps = JUMPS.flatMap(([what, ms]): Row<FakeHome>[] => [
  {
    fault: `the clock goes ${what}`,
    // If the clock is ahead by the whole life of a token, each token seems to be in its last fifth. Then only the pause
    // of 10 minutes limits renewals.
    expected: ms < 20 * DAY ? 'keep: still renewed about daily' : 'keep: renewed at most every 10 minutes',
    run: async (home) => {
      await home.clock.advance(5 * HOUR);
      home.clock.jump(ms);
      await passDays(home, 5, { isDaily: ms < 20 * DAY });
    },
  },
  {
    fault: `the clock goes ${what} and, two hours later, is right again`,
    expected: 'keep: still renewed about daily',
    run: async (home) => {
      home.clock.jump(ms);
      await home.clock.advance(2 * HOUR);
      home.clock.jump(-ms);
      await passDays(home, 5);
    },
  },
  {
    fault: `the clock is off at boot (${what}) and corrected two hours later`,
    expected: 'keep: still renewed about daily',
    run: async (home) => {
      await home.stage.close(home.player);
      home.clock.jump(ms);
      home.player = await home.stage.open();
      await home.clock.advance(2 * HOUR);
      home.clock.jump(-ms);
      await passDays(home, 5);
    },
  },
]);

const sleeps: Row<FakeHome>[] = [
  {
    fault: 'the machine sleeps for three weeks',
    expected: 'keep: one renewal after it wakes',
    run: async (home) => {
      home.clock.sleep(21 * DAY);
      await home.clock.advance(2 * HOUR);
      assert.equal(home.renewals, 1);
      home.noteRenewed();
    },
  },
  {
    fault: 'the machine sleeps for a month, longer than the token lives',
    expected: 'rejected only by the cloud: one otp-required, the token kept, no code',
    run: async (home) => {
      for (const call of ['hubkeys', 'refreshsession'] as const) home.cloud.reply(call, { status: 401 });
      home.clock.sleep(31 * DAY);
      assert.equal(home.account.snapshot().state, 'authenticated', 'no clock ends a login');
      await home.clock.advance(2 * HOUR);
      assert.deepEqual(home.player.topics, ['otp-required']);
      assert.equal((await home.account.token()).value, home.token);
      assert.equal(home.cloud.of('requestlogin').length, 0);
    },
  },
];

/** Timers that fire long after their time, as in a suspended process or a frozen container. */
const late = [10 * MINUTE, 3 * HOUR, 3 * DAY, 20 * DAY].map((ms): Row<FakeHome> => ({
  fault: `timers fire ${ms / HOUR} hours late`,
  expected: 'keep: one renewal, no burst',
  run: async (home) => {
    await home.clock.advance(DAY - MINUTE);
    await home.clock.skip(ms);
    await home.clock.advance(6 * MINUTE);
    assert.equal(home.renewals, 1);
    home.noteRenewed();
  },
}));

const ZONES = ['UTC', 'Europe/Helsinki', 'Pacific/Kiritimati', 'America/St_Johns', 'Asia/Kathmandu'];
const zones = ZONES.map((zone): Row<FakeHome> => ({
  fault: `the time zone becomes ${zone}`,
  expected: 'keep: the same times, in UTC',
  run: async (home) => {
    const before = process.env['TZ'];
    const { lastRefresh, expiresAt, nextRefresh } = home.account.snapshot();
    try {
      process.env['TZ'] = zone;
      const now = home.account.snapshot();
      assert.deepEqual([now.lastRefresh, now.expiresAt, now.nextRefresh], [lastRefresh, expiresAt, nextRefresh]);
      await passDays(home, 3);
    } finally {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    }
  },
}));

const daylight = ['2026-03-29T00:30:00Z', '2026-10-25T00:30:00Z'].map((at): Row<World> => ({
  fault: `daylight saving changes (${at.slice(0, 10)})`,
  expected: 'the next renewal is a day after the last one, not 23 or 25 hours',
  run: async () => {
    const before = process.env['TZ'];
    process.env['TZ'] = 'Europe/Helsinki';
    try {
      const stage = Object.assign(new Stage(), { clock: new FakeClock(at) });
      stage.saveLogin(makeToken(stage.clock.now()));
      const { account } = await stage.open({ clock: stage.clock, rateLimiter: new RateLimiter(stage.clock) });
      assert.equal(Date.parse(account.snapshot().nextRefresh ?? '') - Date.parse(at), DAY);
      await account.close();
    } finally {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    }
  },
}));

/** Expiry times that tokens may claim. None of them costs the login or causes a burst of requests. */
const EXPIRIES: [string, (exp: number) => { claims?: Record<string, unknown>; header?: Record<string, unknown> }][] = [
  ['in the header', (exp) => ({ claims: { exp: undefined }, header: { exp } })],
  ['in both, another one in the header', (exp) => ({ claims: { exp: 5 }, header: { exp } })],
  ['missing', () => ({ claims: { exp: undefined } })],
  ['missing, as is iat', () => ({ claims: { exp: undefined, iat: undefined } })],
  ['a string', (exp) => ({ claims: { exp: String(exp) } })],
  ['in milliseconds', (exp) => ({ claims: { exp: exp * 1000 } })],
  ['past', (exp) => ({ claims: { exp: exp - 60 * 86_400 } })],
  ['ten years ahead', (exp) => ({ claims: { exp: exp + 3_650 * 86_400 } })],
  ['negative', () => ({ claims: { exp: -1 } })],
  ['zero', () => ({ claims: { exp: 0 } })],
  ['null', () => ({ claims: { exp: null } })],
  ['an object', () => ({ claims: { exp: { $date: 5 } } })],
  ['a word', () => ({ claims: { exp: 'never' } })],
  ['beyond all dates', () => ({ claims: { exp: 1e300 } })],
  ['the same as iat', (exp) => ({ claims: { exp: exp - 28 * 86_400, iat: exp - 28 * 86_400 } })],
];
const expiries = EXPIRIES.map(([what, claims]): Row<FakeHome> => ({
  fault: `exp ${what} in each token of the cloud`,
  expected: 'keep: renewed about daily',
  run: async (home) => {
    const next = (): string => {
      const now = home.clock.outside();
      return makeToken(now, claims(Math.floor((now + 28 * DAY) / SECOND)));
    };
    home.cloud.reply('refreshsession', () => ({ body: next() }));
    assert.equal((await home.account.refresh({ force: true })).isRefreshed, true);
    const { expiresAt, nextRefresh } = home.account.snapshot();
    for (const time of [expiresAt, nextRefresh]) assert.doesNotMatch(String(time), /NaN|Invalid/);
    await passDays(home, 5);
  },
}));

const crowd: Row<World> = {
  fault: 'a power cut, after which 100 accounts wake together',
  expected: 'spread out: at most 5 renewals start in a second, each login kept',
  run: async () => {
    const stage = new Stage();
    const token = makeToken(stage.clock.now());
    const players = [];
    for (let number = 0; number < 100; number++) {
      stage.store = new MemoryStore();
      stage.saveLogin(token, { lastRefresh: stage.clock.now() - 2 * DAY });
      players.push(await stage.open({ id: `account-${number}`, store: stage.store }));
    }
    await stage.clock.advance(2 * MINUTE);
    const times = stage.cloud.of('refreshsession').map(({ at }) => at);
    assert.equal(times.length, 100);
    for (const [index, at] of times.entries()) assert.ok(at - (times[index - 5] ?? -Infinity) >= SECOND - 1);
    for (const { account } of players) assert.equal(account.snapshot().state, 'authenticated');
    await stage.end();
  },
};

faultTable('Time', () => FakeHome.open(), [...jumps, ...sleeps, ...late, ...zones, ...expiries]);
faultTable('Time', noWorld, [...daylight, crowd]);
