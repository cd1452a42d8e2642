import assert from 'node:assert/strict';
import { SECOND } from '../support/fake-clock.js';
import type { Reply } from '../support/fake-cloud.js';
import { EMAIL, type AccountFixture, Stage } from '../support/stage.js';
import { makeToken } from '../support/tokens.js';

describe('Account: a reset or a login while a renewal is in flight', () => {
  let stage: Stage;
  let fixture: AccountFixture;

  beforeEach(async () => {
    ({ stage, fixture } = await Stage.withLogin());
    await stage.clock.advance(5 * SECOND);
    fixture.topics.length = 0;
    stage.cloud.reply('hubkeys', { body: '{}' });
  });

  afterEach(() => stage.end());

  const newToken = (): string => makeToken(stage.clock.now() + SECOND);

  /**
   * Starts `step`, which renews the token, and runs `other` 1 s later. The cloud answers the renewal with `reply` after
   * 5 s.
   */
  async function duringRenewal<T>(reply: Reply, step: () => Promise<T>, other: () => Promise<unknown>): Promise<T> {
    stage.cloud.reply('refreshsession', () => ({ ...(reply as object), delayMs: 5 * SECOND }));
    const waiting = step();
    await stage.clock.advance(SECOND);
    assert.equal(stage.cloud.of('refreshsession').length, 1);
    await other();
    await stage.clock.advance(5 * SECOND);
    return waiting;
  }
  const reset = (): Promise<unknown> => fixture.account.reset();

  for (const [answer, how] of [
    ['a failure', () => ({ status: 500 })],
    ['a new token', () => ({ body: newToken() })],
    ['a rejection', () => ({ status: 401 })],
  ] as [string, () => Reply][]) {
    it(`returns false from a refresh after a reset, when the renewal gets ${answer}`, async () => {
      const refresh = await duringRenewal(how(), () => fixture.account.refresh({ force: true }), reset);
      assert.deepEqual(refresh, { value: false, isRefreshed: false });
      assert.deepEqual(fixture.topics, ['reset', 'otp-required']);
      assert.equal(stage.stored.login, null);
    });

    it(`returns false from a ping after a reset, when its renewal gets ${answer}`, async () => {
      const ping = await duringRenewal(how(), () => fixture.account.ping({ expiryMs: 1 }), reset);
      assert.deepEqual(ping, { value: false, isRefreshed: false });
    });

    it(`requests a code in an authenticate step after a reset, when its renewal gets ${answer}`, async () => {
      stage.cloud.reply('requestlogin', { body: 'null' });
      const login = await duringRenewal(how(), () => fixture.account.authenticate({ expiryMs: 1 }), reset);
      assert.deepEqual(login, { value: false, isRefreshed: false });
      assert.equal(stage.cloud.of('requestlogin').length, 1);
    });

    it(`returns true from a ping after a new login, when its renewal gets ${answer}`, async () => {
      stage.cloud.reply('emaillogin', { body: newToken() });
      const logIn = (): Promise<unknown> => fixture.account.authenticate({ otp: 'P7BQ8E', email: EMAIL });
      const ping = await duringRenewal(how(), () => fixture.account.ping({ expiryMs: 1 }), logIn);
      assert.equal(ping.value, true);
      assert.ok(!fixture.topics.includes('refresh-failed'));
    });
  }
});

describe('Account: a slow renewal at a cloud that revokes the old token immediately', () => {
  let stage: Stage;
  let fixture: AccountFixture;
  let renewed: string;

  beforeEach(async () => {
    stage = new Stage();
    const old = makeToken(stage.clock.now());
    stage.saveLogin(old);
    fixture = await stage.open();
    await stage.clock.advance(5 * SECOND);
    renewed = makeToken(stage.clock.now() + SECOND);
    let isRevoked = false;
    stage.cloud.reply('refreshsession', ({ headers }) => {
      if (headers?.['Authorization'] === old && isRevoked) return { status: 401 };
      isRevoked = true;
      return { body: renewed, delayMs: 8 * SECOND };
    });
    stage.cloud.reply('hubkeys', ({ headers }) =>
      headers?.['Authorization'] === old && isRevoked ? { status: 401 } : { body: '{}' },
    );
    fixture.topics.length = 0;
  });

  afterEach(() => stage.end());

  it('keeps the login when a ping with the old token gets 401 after a Deploy during the renewal', async () => {
    const refresh = fixture.account.refresh({ force: true });
    await stage.clock.advance(SECOND);
    await stage.deploy(fixture);
    const ping = fixture.account.ping();
    await stage.clock.advance(10 * SECOND);
    assert.deepEqual([(await refresh).value, (await ping).value], [true, true]);
    assert.deepEqual(fixture.topics, ['refreshed']);
    assert.equal((await fixture.account.token()).value, renewed);
    assert.equal(stage.stored.login?.token, renewed);
  });

  it('sends one renewal for refreshes before and after a Deploy, and resolves both with it', async () => {
    const refresh = fixture.account.refresh({ force: true });
    await stage.clock.advance(SECOND);
    await stage.deploy(fixture, { expiryMs: 9 * SECOND });
    const again = fixture.account.refresh({ force: true });
    await stage.clock.advance(10 * SECOND);
    const renewal = { value: true, isRefreshed: true };
    assert.deepEqual([await refresh, await again], [renewal, renewal]);
    assert.equal(stage.cloud.of('refreshsession').length, 1);
  });

  it('delays the next renewal after a disable and enable until the first has timed out', async () => {
    stage.cloud.reply('refreshsession', 'hang');
    const refresh = fixture.account.refresh({ force: true }).catch(() => undefined);
    await stage.clock.advance(SECOND);
    await stage.switchOffAndOn(fixture);
    stage.cloud.reply('refreshsession', { body: renewed });
    const again = fixture.account.refresh({ force: true });
    await stage.clock.advance(9 * SECOND);
    assert.equal(stage.cloud.of('refreshsession').length, 1);
    await stage.clock.advance(7 * SECOND);
    await refresh;
    assert.deepEqual(await again, { value: true, isRefreshed: true });
  });
});
