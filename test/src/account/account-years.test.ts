import assert from 'node:assert/strict';
import { seeded, type Seeded } from '../../endurance/support/seeded.js';
import { sized } from '../../support/size.js';
import { DAY, HOUR, MINUTE } from '../support/fake-clock.js';
import type { Reply } from '../support/fake-cloud.js';
import { type AccountFixture, Stage } from '../support/stage.js';
import { LIFE_MS, makeToken } from '../support/tokens.js';

const YEARS = sized(1, 20);
const PAGE = '<!DOCTYPE html><title>Welcome to our network</title>';

/** Troubles of a cloud that can last for days. A call that fails has no effect. */
const OUTAGES: readonly [Reply, ...Reply[]] = [
  'unreachable',
  'hang',
  { status: 503 },
  { body: PAGE },
  { status: 401, body: PAGE },
];
/** Troubles of single calls. */
const FAULTS: readonly [Reply, ...Reply[]] = [
  ...OUTAGES,
  { status: 429, headers: { 'retry-after': '90' } },
  { status: 429, headers: { 'retry-after': String((30 * DAY) / 1000) } },
  { body: '' },
];

/** An account over years. Its cloud revokes a token as soon as it has renewed it. */
class Life {
  readonly stage = new Stage();
  /** The times of the renewals, by the cloud's clock. */
  readonly renewals: number[] = [];
  /** Number of calls with a token that was no longer valid. */
  refused = 0;
  readonly #random: Seeded;
  readonly #expiryMs: number;
  #fixture: AccountFixture | undefined;
  #token = '';
  #outage: { until: number; reply: Reply } | undefined;
  /** The earliest time of the next outage or sleep: a token expires after 28 days without a renewal. */
  #calmUntil = 0;

  constructor(random: Seeded, expiryMs: number) {
    this.#random = random;
    this.#expiryMs = expiryMs;
    const { clock, cloud } = this.stage;
    clock.turns = 1;
    clock.chance = () => random.next();
    this.#token = makeToken(clock.outside());
    this.#renewed();
    const answers = (work: () => Reply) => (request: { headers?: Readonly<Record<string, string>> }) =>
      this.#trouble() ?? this.#refusal(request.headers?.['Authorization']) ?? work();
    cloud.reply(
      'hubkeys',
      answers(() => ({ body: '{}' })),
    );
    cloud.reply(
      'refreshsession',
      answers(() => this.#renew()),
    );
  }

  async live(ms: number): Promise<void> {
    const { clock } = this.stage;
    this.stage.saveLogin(this.#token);
    this.#fixture = await this.stage.open({ expiryMs: this.#expiryMs });
    for (const end = clock.outside() + ms; clock.outside() < end;) {
      const event = this.#random.pick([
        () => this.#restart(),
        () => this.#restart(),
        () => this.#jump(),
        () => this.#wrongYear(),
        () => this.#sleep(),
        () => this.#outages(),
        () => this.#pings(),
      ]);
      await event();
      await this.#pass(this.#random.between(HOUR, 10 * DAY));
    }
    await this.stage.end();
    assert.equal(clock.timers, 0, 'timers of a closed account');
  }

  /** Lets time pass, and checks the login every six hours. */
  async #pass(ms: number): Promise<void> {
    const { clock } = this.stage;
    for (let left = ms; left > 0; left -= 6 * HOUR) {
      await clock.advance(Math.min(left, 6 * HOUR));
      const when = new Date(clock.outside()).toISOString();
      assert.equal(this.#fixture?.account.snapshot().state, 'authenticated', when);
      assert.equal(this.stage.stored.login?.token, this.#token, `${when}: the token in the store`);
    }
  }

  async #restart(): Promise<void> {
    await this.stage.close(this.#fixture ?? assert.fail());
    await this.stage.clock.advance(this.#random.between(0, 6 * HOUR));
    this.#fixture = await this.stage.open({ expiryMs: this.#expiryMs });
  }

  async #jump(): Promise<void> {
    await this.stage.clock.advance(MINUTE);
    this.stage.clock.jump(this.#random.between(-3, 3) * HOUR);
  }

  /** Sets the clock a year ahead or back, and corrects it within five hours. */
  async #wrongYear(): Promise<void> {
    const ms = this.#random.pick([-365 * DAY, 365 * DAY]);
    this.stage.clock.jump(ms);
    await this.stage.clock.advance(this.#random.between(MINUTE, 5 * HOUR));
    this.stage.clock.jump(-ms);
  }

  async #sleep(): Promise<void> {
    if (this.#mustStayCalm(3 * DAY)) return;
    await this.stage.clock.advance(MINUTE);
    this.stage.clock.sleep(this.#random.between(HOUR, 5 * DAY));
  }

  async #outages(): Promise<void> {
    const ms = this.#random.between(0, 20 * DAY);
    if (this.#mustStayCalm(ms + 3 * DAY)) return;
    await this.stage.clock.advance(MINUTE);
    this.#outage = { until: this.stage.clock.outside() + ms, reply: this.#random.pick(OUTAGES) };
  }

  #mustStayCalm(ms: number): boolean {
    const now = this.stage.clock.outside();
    if (now < this.#calmUntil) return true;
    this.#calmUntil = now + ms;
    return false;
  }

  /** Sends ten pings at once, as a flow that does not wait for answers. */
  async #pings(): Promise<void> {
    const { account } = this.#fixture ?? assert.fail();
    const pings = Array.from({ length: 10 }, () => account.ping().catch(() => undefined));
    await this.stage.clock.advance(MINUTE);
    assert.ok((await Promise.all(pings)).every((answer) => answer?.value !== false));
  }

  #trouble(): Reply | undefined {
    if (this.#outage !== undefined && this.stage.clock.outside() < this.#outage.until) return this.#outage.reply;
    return this.#random.chance(0.01) ? this.#random.pick(FAULTS) : undefined;
  }

  #refusal(token: string | undefined): Reply | undefined {
    const isValid = token === this.#token && this.stage.clock.outside() < (this.renewals.at(-1) ?? 0) + LIFE_MS;
    if (!isValid) this.refused += 1;
    return isValid ? undefined : { status: 401 };
  }

  #renew(): Reply {
    this.#token = makeToken(this.stage.clock.outside());
    this.#renewed();
    return { body: this.#token };
  }

  #renewed(): void {
    this.renewals.push(this.stage.clock.outside());
  }
}

describe(`Account: ${YEARS === 1 ? 'a year' : `${YEARS} years`} of outages, restarts, sleeps and wrong clocks`, () => {
  for (const [expiry, expiryMs] of [
    ['a day', DAY],
    ['12 hours', DAY / 2],
    ['7 days', 7 * DAY],
  ] as const) {
    it(
      `loses no login with an expiry of ${expiry}`,
      seeded(async (random) => {
        const life = new Life(random, expiryMs);
        await life.live(YEARS * 365 * DAY);
        assert.deepEqual([life.refused, life.stage.cloud.of('requestlogin').length], [0, 0]);
        const { renewals } = life;
        const most = Math.max(
          ...renewals.map((from) => renewals.filter((at) => at >= from && at < from + HOUR).length),
        );
        assert.ok(most <= 6, `${most} renewals within an hour`);
        const planned = (YEARS * 365 * DAY) / expiryMs;
        assert.ok(renewals.length > planned / 2 && renewals.length < planned * 1.5, `${renewals.length} renewals`);
        assert.ok(life.stage.clock.longestMs <= HOUR, 'a timer of more than an hour');
      }),
    );
  }
});
