import assert from 'node:assert/strict';
import { DAY, HOUR, LongClock, MINUTE, YEAR } from './long-clock.js';
import { RenewalPlan } from './renewal-plan.js';
import type { Seeded } from './seeded.js';
import { OUTAGES, YearsCloud } from './years-cloud.js';
import { YearsHost } from './years-host.js';

/** One account over simulated years, with random events: restarts, power cuts, clock jumps, sleeps and outages. */
export class Home {
  readonly clock = new LongClock();
  readonly cloud: YearsCloud;
  readonly host: YearsHost;
  readonly plan: RenewalPlan;
  /** Number of random events so far, by name. */
  readonly eventCounts: Record<string, number> = {};
  longestOutageMs = 0;
  readonly #random: Seeded;
  /**
   * The earliest time for the next long outage or sleep. Long outages must not follow each other closely, because a
   * token expires after 28 days without a renewal.
   */
  #calmUntil = 0;

  constructor(random: Seeded, expiryMs: number) {
    this.#random = random;
    this.cloud = new YearsCloud(this.clock, random);
    this.host = new YearsHost(this.clock, this.cloud, random, expiryMs);
    this.host.addLogin(0);
    this.plan = new RenewalPlan(this.clock, expiryMs);
    this.cloud.onTry = (attempt) => this.plan.note(attempt);
    this.host.start();
  }

  /** Runs random events until this much true time has passed. */
  async live(ms: number): Promise<void> {
    const end = this.clock.trueTime + ms;
    await this.#pass(HOUR);
    while (this.clock.trueTime < end) {
      const event = this.#random.pick([
        ...[this.#restart, this.#powerCut, this.#jump, this.#wrongYear, this.#sleep, this.#outage],
        ...[this.#restart, this.#powerCut, this.#outage, this.#steps, this.#steps],
      ] as const);
      await event.call(this);
      await this.#pass(this.#random.between(HOUR, 10 * DAY));
    }
  }

  /** Advances the clock, and checks the account every six hours. */
  async #pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 6 * HOUR) {
      await this.clock.advance(Math.min(left, 6 * HOUR));
      this.host.sampleTimers();
      const when = new Date(this.clock.trueTime).toISOString();
      this.host.checkLogins(when);
      assert.deepEqual(this.plan.problems, [], when);
    }
  }

  async #restart(): Promise<void> {
    this.#count('restarts');
    await this.host.stop();
    await this.#startAfter(this.#random.between(0, HOUR));
  }

  async #powerCut(): Promise<void> {
    this.#count('power cuts');
    this.host.kill();
    await this.#startAfter(this.#random.between(0, 6 * HOUR));
  }

  async #startAfter(ms: number): Promise<void> {
    await this.clock.advance(ms);
    this.host.start();
    this.plan.started();
  }

  /** Sets the wall clock up to three hours ahead or back. */
  async #jump(): Promise<void> {
    this.#count('clock jumps');
    this.#setClock(this.#random.between(-3, 3) * HOUR);
    await this.clock.advance(HOUR);
  }

  /** Sets the wall clock a year ahead or back, and corrects it within five hours. */
  async #wrongYear(): Promise<void> {
    this.#count('wrong years');
    const ms = this.#random.pick([-YEAR, YEAR]);
    this.#setClock(ms);
    await this.clock.advance(this.#random.between(MINUTE, 5 * HOUR));
    this.#setClock(-ms);
    await this.clock.advance(HOUR);
  }

  #setClock(ms: number): void {
    this.clock.jump(ms);
    this.plan.moved();
  }

  async #sleep(): Promise<void> {
    if (this.clock.trueTime < this.#calmUntil) return;
    this.#count('sleeps');
    const ms = this.#random.between(HOUR, 5 * DAY);
    this.clock.sleep(ms);
    this.plan.moved();
    this.#calmUntil = this.clock.trueTime + 3 * DAY;
    await this.clock.advance(HOUR);
  }

  /** Starts an outage of the cloud. Other events continue during the outage. */
  #outage(): Promise<void> {
    if (this.clock.trueTime < this.#calmUntil) return Promise.resolve();
    this.#count('outages');
    const isFirst = this.longestOutageMs === 0;
    const days = isFirst ? 20 : this.#random.chance(0.5) ? this.#random.next() : this.#random.between(1, 20);
    this.longestOutageMs = Math.max(this.longestOutageMs, days * DAY);
    this.cloud.startOutage(days * DAY, this.#random.pick(OUTAGES));
    this.#calmUntil = this.clock.trueTime + (days + 3) * DAY;
    return Promise.resolve();
  }

  /** Sends ten pings at once, like a flow that does not wait for answers. */
  async #steps(): Promise<void> {
    this.#count('bursts of steps');
    const [account] = this.host.accounts;
    assert.ok(account);
    const asked = Array.from({ length: 10 }, () => account.ping().catch(() => undefined));
    await this.clock.advance(MINUTE);
    const answers = (await Promise.all(asked)).map((answer) => answer?.value);
    assert.ok(!answers.includes(false), 'a ping said that the token is not valid');
  }

  #count(what: string): void {
    this.eventCounts[what] = (this.eventCounts[what] ?? 0) + 1;
  }
}
