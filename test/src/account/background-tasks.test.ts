import assert from 'node:assert/strict';
import { DAY, HOUR, MINUTE, SECOND } from '../support/fake-clock.js';
import { EMAIL, type AccountFixture, Stage } from '../support/stage.js';
import { makeToken } from '../support/tokens.js';

describe('Background: renewal', () => {
  let stage: Stage;
  let fixture: AccountFixture;

  beforeEach(async () => ({ stage, fixture } = await Stage.withLogin()));

  afterEach(() => stage.end());

  const renewals = () => stage.cloud.of('refreshsession').length;

  it('keeps a login for a year with about one renewal a day', async () => {
    await stage.clock.advance(365 * DAY);
    assert.ok(renewals() >= 360 && renewals() <= 366, String(renewals()));
    assert.equal(fixture.account.snapshot().state, 'authenticated');
    assert.equal(stage.cloud.of('requestlogin').length, 0);
  });

  it('renews at the time of nextRefresh', async () => {
    const next = Date.parse(fixture.account.snapshot().nextRefresh ?? '');
    assert.equal(next - stage.clock.now(), DAY);
    await stage.clock.advance(DAY - SECOND);
    assert.equal(renewals(), 0);
    await stage.clock.advance(MINUTE);
    assert.equal(renewals(), 1);
  });

  it("renews before the last fifth of the token's lifetime, with an expiry of a year", async () => {
    await stage.close(fixture);
    stage.saveLogin(makeToken(stage.clock.now()));
    stage.clock.chance = () => 0.999;
    fixture = await stage.open({ expiryMs: 365 * DAY });
    await stage.clock.advance(23 * DAY);
    assert.equal(renewals(), 1);
  });

  for (const seconds of [10, 20, 60, 600]) {
    it(`renews a token with a lifetime of ${seconds} s in time, with an expiry of a day`, async () => {
      await stage.close(fixture);
      stage.clock.chance = () => 0.999;
      const shortLived = (): string => makeToken(stage.clock.outside(), { lifeMs: seconds * SECOND });
      stage.cloud.reply('refreshsession', () => ({ body: shortLived() }));
      stage.saveLogin(shortLived());
      fixture = await stage.open();
      let end = stage.clock.now() + seconds * SECOND;
      for (let round = 0; round < 5; round++) {
        await stage.clock.advance(end - stage.clock.now() - 1);
        const { expiresAt } = fixture.account.snapshot();
        assert.ok(Date.parse(expiresAt ?? '') > end, `round ${round}`);
        end = Date.parse(expiresAt ?? '');
      }
    });
  }

  for (const chance of [0, 0.999]) {
    it(`retries after 5 minutes, doubling to an hour, with a jitter of 25 % (chance ${chance})`, async () => {
      stage.clock.chance = () => chance;
      fixture = await stage.restart(fixture);
      await stage.clock.advance(DAY - MINUTE);
      stage.cloud.reply('refreshsession', { status: 503 });
      await stage.clock.advance(12 * HOUR);
      const expected = [300, 600, 1_200, 2_400, 3_600, 3_600].map((seconds) => seconds * SECOND);
      const gaps = stage.cloud.gaps('refreshsession').slice(0, expected.length);
      assert.equal(gaps.length, expected.length);
      gaps.forEach((gap, index) => {
        const expectedMs = expected[index] ?? 0;
        const isRight = Math.abs(gap - expectedMs * (0.75 + chance / 2)) <= SECOND;
        assert.ok(isRight, `try ${index + 2} came after ${gap / SECOND} s instead of about ${expectedMs / SECOND} s`);
      });
      assert.deepEqual(fixture.topics, ['refresh-failed', 'recovered']);
      assert.equal(fixture.account.snapshot().state, 'authenticated');
    });
  }

  it('retries after the expiry if that is shorter than 5 minutes', async () => {
    fixture = await stage.restart(fixture, { expiryMs: 5 * SECOND });
    stage.cloud.reply('refreshsession', { status: 503 });
    await stage.clock.advance(MINUTE);
    assert.ok((stage.cloud.gaps('refreshsession')[0] ?? Infinity) <= 7 * SECOND);
  });

  it('retries after 5 minutes again after a successful renewal', async () => {
    await stage.clock.advance(DAY - MINUTE);
    stage.cloud.reply('refreshsession', { status: 503 });
    await stage.clock.advance(2 * HOUR);
    stage.cloud.reply('refreshsession', () => ({ body: makeToken(stage.clock.now()) }));
    await stage.clock.advance(2 * HOUR);
    stage.cloud.requests.length = 0;
    stage.cloud.reply('refreshsession', { status: 503 });
    await stage.clock.advance(DAY);
    assert.ok((stage.cloud.gaps('refreshsession')[0] ?? Infinity) <= 6.5 * MINUTE);
  });

  it('keeps the delay of the next retry over a disable and enable', async () => {
    await stage.clock.advance(DAY - MINUTE);
    stage.cloud.reply('refreshsession', { status: 503 });
    await stage.clock.advance(2 * MINUTE);
    const before = renewals();
    assert.ok(before > 0);
    await stage.switchOffAndOn(fixture);
    await stage.clock.advance(MINUTE);
    assert.equal(renewals(), before);
    await stage.clock.advance(10 * MINUTE);
    assert.ok(renewals() > before, 'then it tries again');
  });

  it('retries after 30 s if the token expires within a day', async () => {
    await stage.close(fixture);
    stage.saveLogin(makeToken(stage.clock.now() - 27.5 * DAY), { lastRefresh: stage.clock.now() - 27.5 * DAY });
    stage.cloud.reply('refreshsession', { status: 503 });
    fixture = await stage.open();
    await stage.clock.advance(3 * MINUTE);
    assert.ok(renewals() >= 3, String(renewals()));
  });

  it('cancels the retries when a new login replaces the token', async () => {
    await stage.clock.advance(DAY - MINUTE);
    stage.cloud.reply('refreshsession', { status: 503 });
    await stage.clock.advance(HOUR);
    stage.cloud.reply('refreshsession', () => ({ body: makeToken(stage.clock.now()) }));
    await fixture.account.authenticate({ otp: 'P7BQ8E' });
    stage.cloud.requests.length = 0;
    await stage.clock.advance(23 * HOUR);
    assert.equal(renewals(), 0);
  });

  it('renews once within an hour after a sleep of 20 days', async () => {
    stage.clock.sleep(20 * DAY);
    await stage.clock.advance(HOUR + 10 * MINUTE);
    assert.equal(renewals(), 1);
    await stage.clock.advance(22 * HOUR);
    assert.equal(renewals(), 1);
  });

  it('renews at most every ten minutes when the clock is set a year ahead and back', async () => {
    stage.clock.jump(365 * DAY);
    await stage.clock.advance(HOUR + MINUTE);
    assert.ok(renewals() >= 1, 'the jump is noticed within the hour');
    await stage.clock.advance(10 * HOUR);
    assert.ok(Math.min(...stage.cloud.gaps('refreshsession')) >= 10 * MINUTE);
    stage.clock.jump(-365 * DAY);
    stage.cloud.requests.length = 0;
    await stage.clock.advance(20 * HOUR);
    assert.ok(renewals() <= 1, String(renewals()));
  });

  it('renews at most twice a day when the clock is set a year back', async () => {
    stage.clock.jump(-365 * DAY);
    await stage.clock.advance(DAY - HOUR);
    assert.ok(renewals() <= 2, String(renewals()));
    stage.clock.jump(365 * DAY);
    stage.cloud.requests.length = 0;
    await stage.clock.advance(3 * HOUR);
    assert.ok(renewals() <= 1, String(renewals()));
  });

  it('renews at most 6 times an hour if the renewed tokens are already expired', async () => {
    const expiredToken = () => makeToken(stage.clock.outside(), { claims: { exp: 1_000_000 } });
    stage.cloud.reply('refreshsession', () => ({ body: expiredToken() }));
    await fixture.account.refresh({ force: true });
    stage.cloud.requests.length = 0;
    await stage.clock.advance(HOUR);
    assert.ok(renewals() <= 6, `${renewals()} renewals in an hour`);
  });

  describe('without a new token', () => {
    const assertSeldom = async (days: number): Promise<void> => {
      await stage.clock.advance(days * DAY);
      const gaps = stage.cloud.gaps('refreshsession');
      assert.ok(renewals() >= days && renewals() <= 8 * days, `${renewals()} renewals in ${days} days`);
      assert.ok(Math.min(...gaps) >= HOUR, `asked for again after ${Math.min(...gaps)} ms`);
      assert.equal(fixture.account.snapshot().state, 'authenticated');
    };

    it('renews 1 to 8 times a day, at least an hour apart, if the cloud returns the same token', async () => {
      const { value } = await fixture.account.token();
      stage.cloud.reply('refreshsession', { body: value });
      await stage.clock.advance(DAY);
      stage.cloud.requests.length = 0;
      await assertSeldom(5);
    });

    it('renews in time though steps had forced refreshes before the token was due', async () => {
      const lifeMs = 10 * HOUR;
      stage.cloud.reply('refreshsession', { body: makeToken(stage.clock.now(), { lifeMs }) });
      await fixture.account.refresh({ force: true });
      await stage.clock.advance(7 * HOUR);
      for (let clicks = 0; clicks < 6; clicks++) {
        await fixture.account.refresh({ force: true });
        await stage.clock.advance(5 * MINUTE);
      }
      stage.cloud.requests.length = 0;
      await stage.clock.advance(2 * HOUR);
      assert.ok(renewals() >= 1);
    });

    it('renews 1 to 8 times a day if the cloud returns the same opaque token', async () => {
      const opaque = 'an-opaque-token-set-by-hand';
      await fixture.account.token(opaque);
      stage.cloud.reply('refreshsession', { body: opaque });
      await assertSeldom(5);
    });

    it('renews a token with a lifetime of an hour at least hourly, though the clock is a year ahead', async () => {
      stage.cloud.reply('refreshsession', () => ({ body: makeToken(stage.clock.outside(), { lifeMs: HOUR }) }));
      await fixture.account.refresh({ force: true });
      stage.clock.jump(365 * DAY);
      stage.cloud.requests.length = 0;
      await stage.clock.advance(DAY);
      assert.ok(Math.max(...stage.cloud.gaps('refreshsession')) < HOUR);
    });

    it('renews a token with a lifetime of 1 s at most every 5 s', async () => {
      stage.cloud.reply('refreshsession', () => ({ body: makeToken(stage.clock.outside(), { lifeMs: SECOND }) }));
      await fixture.account.refresh({ force: true });
      await stage.clock.advance(MINUTE);
      const gaps = stage.cloud.gaps('refreshsession').slice(1);
      assert.ok(gaps.length > 3 && Math.min(...gaps) >= 5 * SECOND, gaps.join());
    });
  });

  it('has one timer of at most an hour, and cancels it when the account closes', async () => {
    let most = 0;
    for (let hour = 0; hour < 72; hour++) {
      await stage.clock.advance(HOUR);
      most = Math.max(most, stage.clock.timers);
    }
    assert.equal(most, 1);
    assert.ok(stage.clock.longestMs <= HOUR);
    await stage.close(fixture);
    assert.equal(stage.clock.timers, 0);
  });
});

describe('Background: a rejected token', () => {
  let stage: Stage;
  let fixture: AccountFixture;

  beforeEach(async () => {
    ({ stage, fixture } = await Stage.withLogin());
    await stage.clock.advance(MINUTE);
    stage.cloud.reply('hubkeys', { status: 401 });
    stage.cloud.reply('refreshsession', { status: 401 });
    await fixture.account.ping();
    stage.cloud.requests.length = 0;
  });

  afterEach(() => stage.end());

  for (const chance of [0, 0.999]) {
    it(`is checked at growing intervals up to six hours (chance ${chance})`, async () => {
      stage.clock.chance = () => chance;
      await stage.clock.advance(4 * DAY);
      const gaps = stage.cloud.gaps('hubkeys');
      gaps.slice(1).forEach((gap, index) => assert.ok(gap >= (gaps[index] ?? 0) * 0.9, 'they grow'));
      assert.ok((gaps[0] ?? Infinity) <= 2 * MINUTE);
      assert.ok(Math.max(...gaps) > 3.5 * HOUR);
      assert.ok(Math.max(...gaps) <= 6 * HOUR + SECOND, `${Math.max(...gaps) / HOUR} hours`);
      assert.equal(stage.cloud.of('refreshsession').length, 0);
      assert.equal(stage.cloud.of('requestlogin').length, 0);
      assert.deepEqual(fixture.topics, ['otp-required']);
    });
  }

  it('is accepted and renewed again when the cloud accepts it', async () => {
    await stage.clock.advance(2 * DAY);
    stage.cloud.reply('hubkeys', { body: '{}' });
    stage.cloud.reply('refreshsession', () => ({ body: makeToken(stage.clock.now()) }));
    await stage.clock.advance(6.7 * HOUR);
    assert.equal(fixture.account.snapshot().state, 'authenticated');
    assert.deepEqual(fixture.topics, ['otp-required', 'authenticated', 'refreshed']);
  });

  it('is checked again after a restart', async () => {
    fixture = await stage.restart(fixture);
    await stage.clock.advance(3 * SECOND);
    assert.equal(stage.cloud.of('hubkeys').length, 1);
    assert.equal(fixture.account.snapshot().state, 'otp-required');
  });

  it('is not checked after a reset', async () => {
    await fixture.account.reset();
    await stage.clock.advance(2 * DAY);
    assert.equal(stage.cloud.requests.length, 0);
  });

  it('is followed by hourly checks after a reset and a new login', async () => {
    await stage.clock.advance(2 * DAY);
    await fixture.account.reset();
    stage.cloud.reply('hubkeys', { body: '{}' });
    await fixture.account.authenticate({ otp: 'P7BQ8E', email: EMAIL });
    stage.cloud.requests.length = 0;
    await stage.clock.advance(HOUR + MINUTE);
    assert.equal(stage.cloud.of('hubkeys').length, 1);
  });

  it('emits otp-required once when a renewal is rejected', async () => {
    const other = new Stage();
    other.saveLogin(makeToken(other.clock.now()));
    const { account, topics } = await other.open();
    other.cloud.reply('refreshsession', { status: 401 });
    other.cloud.reply('hubkeys', 'unreachable');
    await other.clock.advance(2 * DAY);
    assert.equal(other.cloud.of('refreshsession').length, 1);
    assert.equal(account.snapshot().state, 'otp-required');
    assert.equal(topics.filter((topic) => topic === 'otp-required').length, 1);
    assert.equal(other.cloud.of('requestlogin').length, 0);
    await other.end();
  });
});
