import assert from 'node:assert/strict';
import { DAY, HOUR, MINUTE, SECOND, settle } from '../support/fake-clock.js';
import { Stage } from '../support/stage.js';
import { makeToken, type TokenOptions } from '../support/tokens.js';

const YEAR = 365 * DAY;

describe('Session: nextRefresh', () => {
  let stage: Stage;

  beforeEach(() => {
    stage = new Stage();
  });

  afterEach(() => stage.end());

  /** Milliseconds until nextRefresh of an account that starts with this token. */
  async function dueInFor(token: string, lastRefresh: number | null, expiryMs: number): Promise<number> {
    stage.saveLogin(token, { lastRefresh });
    const { account } = await stage.open({ expiryMs });
    return Date.parse(account.snapshot().nextRefresh ?? '') - stage.clock.now();
  }

  interface Case {
    when: string;
    /** Milliseconds since the token was issued and received. */
    age?: number;
    lastRefresh?: number | null;
    token?: TokenOptions | string;
    expiry?: number;
    /** Milliseconds until nextRefresh. */
    dueIn: number;
  }

  const cases: Case[] = [
    { when: 'a day after the last refresh', age: HOUR, dueIn: 23 * HOUR },
    { when: 'when it is a day old', age: DAY, dueIn: 0 },
    { when: 'when it is a day old with an expiry of an hour', age: DAY, expiry: HOUR, dueIn: 0 },
    { when: 'in another day when it is a day old with an expiry of two days', age: DAY, expiry: 2 * DAY, dueIn: DAY },
    { when: 'when the last refresh is unknown', age: HOUR, lastRefresh: null, dueIn: 0 },
    { when: 'when the last refresh is not a date', age: HOUR, lastRefresh: -1e20, dueIn: 0 },
    { when: 'when the last refresh is in the future', age: HOUR, lastRefresh: -2 * HOUR, dueIn: 0 },
    { when: 'in the last fifth of its lifetime, whatever the expiry', age: 23 * DAY, expiry: 60 * DAY, dueIn: 0 },
    {
      when: 'at the start of the last fifth of its lifetime',
      age: 20 * DAY,
      token: { lifeMs: 30 * DAY },
      expiry: 60 * DAY,
      dueIn: 4 * DAY,
    },
    {
      when: 'by its lifetime alone when that is shorter than the expiry',
      age: 0,
      token: { lifeMs: HOUR },
      dueIn: 48 * MINUTE,
    },
    { when: 'when its exp has passed', age: 40 * DAY, expiry: 60 * DAY, dueIn: 0 },
    { when: 'by the expiry when exp is missing', age: HOUR, token: { claims: { exp: undefined } }, dueIn: 23 * HOUR },
    { when: 'by the expiry when it cannot be decoded', age: HOUR, token: 'opaque.token_0123456789', dueIn: 23 * HOUR },
    { when: 'by the expiry when exp is ten years ahead', age: HOUR, token: { lifeMs: 10 * YEAR }, dueIn: 23 * HOUR },
    {
      when: 'by its lifetime since it was received, when iat is missing',
      age: 25 * DAY,
      token: { claims: { iat: undefined } },
      expiry: 60 * DAY,
      dueIn: 0,
    },
    { when: 'immediately when it is a year old', age: YEAR, dueIn: 0 },
  ];

  for (const { when, age = 0, lastRefresh, token = {}, expiry = DAY, dueIn } of cases) {
    it(`is due ${when}`, async () => {
      const now = stage.clock.now();
      const text = typeof token === 'string' ? token : makeToken(now - age, token);
      assert.equal(await dueInFor(text, lastRefresh === null ? null : now - (lastRefresh ?? age), expiry), dueIn);
    });
  }

  for (const [place, spelled] of [
    ['in the header', (iat: number, exp: number) => ({ claims: { iat, exp: undefined }, header: { exp } })],
    ['as a string', (iat: number, exp: number) => ({ claims: { iat: String(iat), exp: String(exp) } })],
    ['in milliseconds', (iat: number, exp: number) => ({ claims: { iat: iat * 1000, exp: exp * 1000 } })],
  ] as const) {
    it(`is due in the last fifth of its lifetime with exp ${place}`, async () => {
      const issuedAt = stage.clock.now() - 7 * HOUR;
      const iat = issuedAt / 1000;
      assert.equal(await dueInFor(makeToken(0, spelled(iat, iat + 36_000)), issuedAt, 30 * DAY), HOUR);
    });
  }

  it('is null without a token', async () => {
    const { account } = await stage.open();
    assert.equal(account.snapshot().nextRefresh, null);
  });
});

describe('Session: after a renewal', () => {
  let stage: Stage;

  beforeEach(() => {
    stage = new Stage();
  });

  afterEach(() => stage.end());

  /**
   * Renews once, with the cloud returning a token made from `options`, then moves the wall clock by `jump`. Returns a
   * function that refreshes again and resolves to whether the token was renewed.
   */
  async function renewed(options: TokenOptions, jump = 0): Promise<(expiryMs: number) => Promise<boolean>> {
    stage.saveLogin(makeToken(stage.clock.now() - DAY, { claims: { iat: undefined } }));
    const { account } = await stage.open({ isAutorefresh: false });
    stage.cloud.reply('refreshsession', { body: makeToken(stage.clock.now(), options) });
    assert.equal((await account.refresh({ force: true })).isRefreshed, true);
    stage.cloud.reply('refreshsession', () => ({ body: makeToken(stage.clock.now(), { claims: { iat: 9e9 } }) }));
    stage.clock.jump(jump);
    return async (expiryMs) => (await account.refresh({ expiryMs })).isRefreshed;
  }

  const cooldowns: [string, TokenOptions, number, number, number][] = [
    ['until the expiry has passed', {}, DAY, 0, DAY],
    ['for ten minutes though the clock was set a year ahead', {}, DAY, YEAR, 10 * MINUTE],
    ['for ten minutes though the clock was set a year back', {}, DAY, -YEAR, 10 * MINUTE],
    ['for ten minutes though the token is old by its own iat', { claims: { iat: 1, exp: 5e6 } }, DAY, 0, 10 * MINUTE],
    ['for the expiry if that is shorter', {}, 2 * SECOND, YEAR, 2 * SECOND],
    ['for a minute when a step has an expiry of a minute', {}, MINUTE, YEAR, MINUTE],
    ['for a fifth of the lifetime if that is shorter', { lifeMs: 100 * SECOND }, DAY, YEAR, 20 * SECOND],
  ];
  for (const [until, options, expiry, jump, dueIn] of cooldowns) {
    it(`sends no further renewal ${until}`, async () => {
      const isDue = await renewed(options, jump);
      assert.equal(await isDue(expiry), false);
      await stage.clock.skip(dueIn - 1);
      assert.equal(await isDue(expiry), false);
      await stage.clock.skip(1);
      assert.equal(await isDue(expiry), true);
    });
  }

  for (const [times, claims] of [
    ['exp long before iat', { exp: 1_000_000 }],
    ['exp at iat', { iat: 1_772_431_200, exp: 1_772_431_200 }],
  ] as const) {
    it(`sends no further renewal within a minute for a token with ${times}`, async () => {
      const isDue = await renewed({ claims });
      await stage.clock.skip(MINUTE);
      assert.equal(await isDue(DAY), false);
    });
  }

  it('waits ten minutes after the last renewal, even after a restart', async () => {
    stage.saveLogin(makeToken(stage.clock.now() - 27 * DAY), { lastRefresh: stage.clock.now() - MINUTE });
    const { account } = await stage.open({ isAutorefresh: false });
    assert.equal((await account.refresh()).isRefreshed, false, 'in its last fifth, but renewed a minute ago');
    await stage.clock.skip(9 * MINUTE);
    assert.equal((await account.refresh()).isRefreshed, true);
  });
});

describe('Session: two renewals', () => {
  it('are sent one after the other, though the token was replaced between them', async () => {
    const stage = new Stage();
    stage.saveLogin(makeToken(stage.clock.now()));
    const { account } = await stage.open({ isAutorefresh: false });
    stage.cloud.reply('refreshsession', () => ({ body: makeToken(stage.clock.now()), delayMs: SECOND }));
    const first = account.refresh({ force: true });
    await settle();
    const [before, after] = [makeToken(stage.clock.now()), makeToken(stage.clock.now())];
    await account.token(before);
    await account.token(after);
    const second = account.refresh({ force: true });
    await stage.clock.advance(5 * SECOND);
    assert.deepEqual(await first, { value: true, isRefreshed: false });
    assert.deepEqual(await second, { value: true, isRefreshed: true });
    assert.deepEqual(stage.cloud.gaps('refreshsession'), [SECOND]);
    await stage.end();
  });
});
