import assert from 'node:assert/strict';
import { heapInUse, MEGABYTE } from './support/heap.js';
import { Home } from './support/home.js';
import { DAY, HOUR, LongClock, SECOND, YEAR } from './support/long-clock.js';
import { seeded } from './support/seeded.js';
import { say, sized } from '../support/size.js';
import { YearsCloud } from './support/years-cloud.js';
import { YearsHost } from './support/years-host.js';

/**
 * The maximum number of renewals in one second, even after a start with many accounts (docs/dev/rules.md, "No
 * unrequested e-mail, no synchronized load").
 */
const PER_SECOND = 5;

/** Number of accounts whose renewals must be spread. */
const ACCOUNTS = sized(250, 1000);

describe('years in seconds', () => {
  for (const [name, expiryMs] of [
    ['1 day', DAY],
    ['12 hours', DAY / 2],
    ['7 days', 7 * DAY],
  ] as const) {
    const years = sized(name === '1 day' ? 2 : 1, 20);
    it(
      `loses no login in ${years === 1 ? 'a year' : `${years} years`} with an expiry of ${name}, renews as planned, and leaks no timer or memory`,
      seeded(async (random) => {
        const home = new Home(random, expiryMs);
        await home.live((years / 4) * YEAR);
        const before = await heapInUse();
        await home.live((years * 3 * YEAR) / 4);
        const grownBy = (await heapInUse()) - before;

        const { plan, cloud, host } = home;
        const share = plan.taken / plan.planned - 1;
        const calls = Object.values(cloud.counts).reduce((sum, count) => sum + count, 0);
        say(
          `${plan.renewals} renewals, ${percent(share)} behind plan; ${calls} calls, ${cloud.faults} of them spoiled`,
        );
        say(`${list(home.eventCounts)}, the longest outage ${home.longestOutageMs / DAY} days`);
        say(
          `heap ${(grownBy / MEGABYTE).toFixed(2)} MB more; at most ${host.mostTimers} timer; events: ${list(host.topics)}`,
        );
        assert.equal(cloud.refused, 0, 'calls with a token that was no longer valid');
        assert.equal(cloud.counts['requestlogin'] ?? 0, 0, 'no mail without a request');
        assert.equal(host.topics['otp-required'] ?? 0, 0);
        assert.ok(Math.abs(share) < 0.01, `renewals should be within 1 % of plan, but are ${percent(share)} off`);
        assert.equal(host.mostTimers, 1, 'timers of an account at rest');
        assert.ok(host.longestTimerMs <= HOUR, `a timer of ${host.longestTimerMs / HOUR} hours`);
        assert.ok(grownBy < MEGABYTE, `the heap grew by ${grownBy} bytes`);
        await host.stop();
      }),
    );
  }
});

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

function list(counts: Record<string, number>): string {
  return Object.entries(counts)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ');
}

/** Records the times of renewals, and counts the renewals in the busiest second. */
class Rate {
  #times: number[] = [];

  note(at: number): void {
    this.#times.push(at);
  }

  /** Returns the number of renewals since the last call, and the number in the busiest second. */
  take(): { renewals: number; worst: number } {
    const times = this.#times.sort((a, b) => a - b);
    this.#times = [];
    let worst = 0;
    for (let first = 0, last = 0; last < times.length; last++) {
      while ((times[last] ?? 0) - (times[first] ?? 0) >= SECOND) first++;
      worst = Math.max(worst, last - first + 1);
    }
    return { renewals: times.length, worst };
  }
}

describe(`${ACCOUNTS} accounts`, () => {
  it(
    'renew at most a handful per second: at a start, day by day, and after a power cut',
    seeded(async (random) => {
      const clock = new LongClock();
      const cloud = new YearsCloud(clock, random);
      const host = new YearsHost(clock, cloud, random, DAY);
      const rate = new Rate();
      cloud.onRenewal = (at) => rate.note(at);
      for (let user = 0; user < ACCOUNTS; user++) host.addLogin(2 * DAY, `user-${user}`);

      const live = async (what: string, ms: number, least = 0.99 * ACCOUNTS): Promise<void> => {
        await clock.advance(ms);
        host.sampleTimers();
        host.checkLogins(what);
        const { renewals, worst } = rate.take();
        say(`${what}: ${renewals} renewals, ${worst} in the worst second`);
        assert.ok(renewals >= least, `${what}: ${renewals} renewals`);
        assert.ok(worst <= PER_SECOND, `${what}: ${worst} renewals in one second`);
      };
      host.start();
      await live('all due at a start', 2 * HOUR);
      // The first renewals after a start are up to half a day late, the later ones up to a tenth of a day.
      await live('the day and a half after that', 1.5 * DAY);
      for (let day = 2; day <= sized(1, 5); day++) await live(`day ${day}`, DAY, 0.85 * ACCOUNTS);
      host.kill();
      await clock.advance(30 * HOUR);
      host.start();
      await live('after a power cut of 30 hours', 2 * HOUR);
      cloud.startOutage(30 * HOUR, 'reset');
      await clock.advance(30 * HOUR);
      rate.take();
      await live('after an outage of 30 hours', 4 * HOUR);
      assert.equal(cloud.refused, 0, 'calls with a token that was no longer valid');
      assert.equal(host.mostTimers, 1, 'timers of an account at rest');
      await host.stop();
    }),
  );
});
