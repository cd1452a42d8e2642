import assert from 'node:assert/strict';
import type { ErrorCode } from '../../../src/errors.js';
import type { Fault, Simulator } from '../../simulator/index.js';
import { DAY, HOUR, MINUTE, SECOND } from '../support/fake-clock.js';
import { EMAIL, failure, type AccountFixture, type SimulatedStage, Stage } from '../support/stage.js';
import { makeToken } from '../support/tokens.js';

const HTML = '<!DOCTYPE html><html><body>Welcome to the hotel</body></html>';

describe('Account: faulty responses from the cloud', () => {
  let stage: SimulatedStage;
  let simulator: Simulator;
  let fixture: AccountFixture;
  let token: string;

  before(async () => {
    stage = await Stage.withSimulator();
    ({ simulator } = stage);
    fixture = await stage.open();
    token = await stage.logIn(fixture);
  });

  after(() => stage.end());
  beforeEach(() => stage.clock.skip(7 * HOUR));
  afterEach(() => simulator.clearFaults());

  const own = () => new URL(simulator.cloudUrl);
  const claimsOf = () =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { user_id: string; iat: number };
  /** Makes a valid token, damages it with `change`, and returns the damaged token. */
  const cut = (change: (good: string) => string): string =>
    change(makeToken(stage.clock.now(), { userId: claimsOf().user_id }));
  const faults: [string, Fault | (() => Fault), ErrorCode][] = [
    ['a web page with 200', { body: HTML }, 'COZIFY_BAD_ANSWER'],
    ['an empty 200', { body: '' }, 'COZIFY_BAD_ANSWER'],
    ['a body cut by a reset', { truncateAt: 10 }, 'COZIFY_UNREACHABLE'],
    ['a body of 900 kB', { body: 'a'.repeat(900_000) }, 'COZIFY_BAD_ANSWER'],
    ['a gzip bomb', { body: 'a'.repeat(20_000_000), gzip: true }, 'COZIFY_BAD_ANSWER'],
    [
      'an older token',
      () => ({ body: makeToken((claimsOf().iat - 60) * 1000, { userId: claimsOf().user_id }) }),
      'COZIFY_BAD_ANSWER',
    ],
    [
      'a token issued a second before the current one',
      () => ({ body: makeToken((claimsOf().iat - 1) * 1000, { userId: claimsOf().user_id }) }),
      'COZIFY_BAD_ANSWER',
    ],
    ['half of a token', () => ({ body: cut((good) => good.slice(0, good.length / 2)) }), 'COZIFY_BAD_ANSWER'],
    ['a token without its last character', () => ({ body: cut((good) => good.slice(0, -1)) }), 'COZIFY_BAD_ANSWER'],
    ['a token without its signature', () => ({ body: cut((good) => good.replace(/[^.]*$/, '')) }), 'COZIFY_BAD_ANSWER'],
    ['a token with a signature too long', () => ({ body: cut((good) => `${good}A`) }), 'COZIFY_BAD_ANSWER'],
    ['an opaque token after a JWT', { body: 'opaque.token_~0123456789+/=' }, 'COZIFY_BAD_ANSWER'],
    [
      "another user's token",
      () => ({ body: makeToken(stage.clock.now(), { userId: 'somebody' }) }),
      'COZIFY_BAD_ANSWER',
    ],
    ['302 to another site', { status: 302, headers: { location: 'https://evil.example/' }, body: '' }, 'COZIFY_API'],
    ['302 to itself', () => ({ status: 302, headers: { location: own().href }, body: '' }), 'COZIFY_API'],
    ['401 with a web page', { status: 401, body: HTML }, 'COZIFY_API'],
    ['403', { status: 403 }, 'COZIFY_FORBIDDEN'],
    ['410', { status: 410 }, 'COZIFY_OBSOLETE'],
    ['429', { status: 429 }, 'COZIFY_RATE_LIMITED'],
    ['503', { status: 503 }, 'COZIFY_API'],
    ['a reset', { reset: true }, 'COZIFY_UNREACHABLE'],
  ];
  for (const [name, given, code] of faults) {
    it(`fails a refresh with ${code} on ${name}, keeps the token, and succeeds the next time`, async () => {
      const fault = typeof given === 'function' ? given() : given;
      const { saves } = stage.store;
      simulator.fault('refreshsession', fault);
      const error = await failure(fixture.account.refresh({ force: true }), code);
      assert.equal(
        error.statusCode,
        code === 'COZIFY_UNREACHABLE' || code === 'COZIFY_BAD_ANSWER' ? undefined : fault.status,
      );
      assert.ok(!`${error.stack} ${JSON.stringify(error)}`.includes(token.slice(0, 40)));
      assert.equal((await fixture.account.token()).value, token);
      assert.equal(fixture.account.snapshot().state, 'authenticated');
      assert.deepEqual([stage.stored.login?.token, stage.store.saves], [token, saves]);

      simulator.clearFaults();
      assert.deepEqual(await fixture.account.refresh({ force: true }), { value: true, isRefreshed: true });
      token = (await fixture.account.token()).value;
    });
  }

  const hubkeys: [string, Fault, ErrorCode][] = [
    ['a web page with 200', { body: HTML }, 'COZIFY_BAD_ANSWER'],
    ['a list', { body: '[]' }, 'COZIFY_BAD_ANSWER'],
    ['403', { status: 403 }, 'COZIFY_FORBIDDEN'],
    ['a reset', { reset: true }, 'COZIFY_UNREACHABLE'],
  ];
  for (const [name, fault, code] of hubkeys) {
    it(`fails a ping with ${code} on ${name}, and keeps the login and the hubs`, async () => {
      const { hubs } = fixture.account.snapshot();
      simulator.fault('hubkeys', fault);
      await failure(fixture.account.ping(), code);
      simulator.clearFaults();
      assert.deepEqual(fixture.account.snapshot().hubs, hubs);
      assert.equal((await fixture.account.ping()).value, true);
    });
  }

  const accepted: [string, (good: string) => Fault][] = [
    ['with the wrong content type', (good) => ({ body: good, headers: { 'content-type': 'text/html' } })],
    ['in quotes', (good) => ({ body: `"${good}"` })],
    ['in quotes with a newline', (good) => ({ body: `"${good}"\r\n` })],
    ['compressed', (good) => ({ body: good, gzip: true })],
    ['in chunks', (good) => ({ body: good, chunked: true })],
  ];
  for (const [form, fault] of accepted) {
    it(`accepts a valid token ${form}`, async () => {
      const good = simulator.issueToken(EMAIL);
      simulator.fault('refreshsession', fault(good));
      assert.deepEqual(await fixture.account.refresh({ force: true }), { value: true, isRefreshed: true });
      token = (await fixture.account.token()).value;
      assert.equal(token, good);
    });
  }

  it('accepts a renewed token with a shorter lifetime', async () => {
    const iat = Math.floor(stage.clock.now() / 1000);
    const good = simulator.issueToken(EMAIL, { iat, exp: iat + 3_600 });
    simulator.fault('refreshsession', { body: good });
    assert.equal((await fixture.account.refresh({ force: true })).isRefreshed, true);
    token = good;
  });

  it('accepts a renewed token of another algorithm, whose signatures are shorter', async () => {
    const claims = { userId: claimsOf().user_id, header: { alg: 'HS256' } };
    const good = makeToken(stage.clock.now(), claims).slice(0, 43 - 86);
    simulator.acceptToken(good, EMAIL);
    simulator.fault('refreshsession', { body: good });
    assert.deepEqual(await fixture.account.refresh({ force: true }), { value: true, isRefreshed: true });
    token = good;
  });

  it('renews an opaque token to another opaque token', async () => {
    const [first, opaque] = ['an-opaque-token-to-begin-with', 'opaque.token_0123456789'];
    simulator.acceptToken(first, EMAIL);
    await fixture.account.token(first);
    simulator.acceptToken(opaque, EMAIL);
    simulator.fault('refreshsession', { body: opaque });
    assert.equal((await fixture.account.refresh({ force: true })).isRefreshed, true);
    simulator.clearFaults();
    assert.equal((await fixture.account.ping()).value, true);
    assert.equal((await fixture.account.refresh({ force: true })).isRefreshed, true);
    token = (await fixture.account.token()).value;
  });
});

describe('Account: Retry-After from the cloud', () => {
  let stage: Stage;
  let fixture: AccountFixture;

  beforeEach(async () => ({ stage, fixture } = await Stage.withLogin()));

  afterEach(() => stage.end());

  const limited = (header: string, status = 429) => {
    stage.cloud.reply('refreshsession', { status, headers: { 'retry-after': header } });
    return fixture.account.refresh({ force: true });
  };

  for (const [header, expected] of [
    ['120', 120],
    ['Mon, 02 Mar 2026 06:02:00 GMT', 120],
    ['999999', 21_600],
  ] as const) {
    it(`sends no request before Retry-After (${header}) has passed, not even after a restart`, async () => {
      assert.equal((await failure(limited(header), 'COZIFY_RATE_LIMITED')).retryAfter, expected);
      await stage.clock.skip(30 * SECOND);
      const error = await failure(fixture.account.refresh({ force: true }), 'COZIFY_RATE_LIMITED');
      assert.deepEqual([error.retryAfter, error.statusCode], [expected - 30, 429]);
      fixture = await stage.restart(fixture);
      await failure(fixture.account.refresh({ force: true }), 'COZIFY_RATE_LIMITED');
      assert.equal(stage.cloud.of('refreshsession').length, 1);
      await stage.clock.skip((expected - 30) * SECOND);
      stage.cloud.reply('refreshsession', { body: makeToken(stage.clock.now()) });
      assert.equal((await fixture.account.refresh({ force: true })).isRefreshed, true);
    });
  }

  it('honours the Retry-After of a 503 for that call only', async () => {
    const error = await failure(limited('60', 503), 'COZIFY_API');
    assert.deepEqual([error.retryAfter, error.statusCode], [60, 503]);
    const again = await failure(fixture.account.refresh({ force: true }), 'COZIFY_API');
    assert.deepEqual([again.retryAfter, again.statusCode], [60, 503]);
    assert.equal((await fixture.account.ping()).value, true);
  });

  it('waits no longer than Retry-After when a clock that was a year ahead is corrected', async () => {
    stage.clock.jump(365 * DAY);
    await failure(limited('3600'), 'COZIFY_RATE_LIMITED');
    stage.clock.jump(-365 * DAY);
    stage.cloud.reply('refreshsession', { body: makeToken(stage.clock.now() + MINUTE) });
    assert.equal((await failure(fixture.account.refresh({ force: true }), 'COZIFY_RATE_LIMITED')).retryAfter, 3600);
    await stage.clock.skip(3600 * SECOND);
    assert.equal((await fixture.account.refresh({ force: true })).isRefreshed, true);
  });

  it('drops the wait after a restart when a clock that was a year ahead is corrected', async () => {
    stage.clock.jump(365 * DAY);
    await failure(limited('3600'), 'COZIFY_RATE_LIMITED');
    stage.clock.jump(-365 * DAY);
    fixture = await stage.restart(fixture);
    stage.cloud.reply('refreshsession', { body: makeToken(stage.clock.now() + MINUTE) });
    assert.equal((await fixture.account.refresh({ force: true })).isRefreshed, true);
  });

  it('does not apply again a year later when it was saved with a clock a year ahead', async () => {
    stage.clock.jump(365 * DAY);
    await failure(limited('18000'), 'COZIFY_RATE_LIMITED');
    stage.clock.jump(-365 * DAY);
    await stage.clock.advance(6 * HOUR);
    stage.cloud.reply('refreshsession', { body: makeToken(stage.clock.now()) });
    assert.equal((await fixture.account.refresh({ force: true })).value, true);
    stage.clock.jump(365 * DAY - 4 * HOUR);
    stage.cloud.reply('refreshsession', { body: makeToken(stage.clock.outside()) });
    assert.equal((await fixture.account.refresh({ force: true })).value, true);
  });

  it('keeps waiting when the clock is set back by a second', async () => {
    await failure(limited('21600'), 'COZIFY_RATE_LIMITED');
    stage.clock.jump(-SECOND);
    assert.equal((await failure(fixture.account.refresh({ force: true }), 'COZIFY_RATE_LIMITED')).retryAfter, 21_600);
    assert.equal(stage.cloud.of('refreshsession').length, 1);
  });

  it('honours the Retry-After of a code request, and does not count the refused requests as sent codes', async () => {
    stage.cloud.reply('requestlogin', { status: 429, headers: { 'retry-after': '60' } });
    await failure(fixture.account.requestOtp(), 'COZIFY_RATE_LIMITED');
    await failure(fixture.account.requestOtp(), 'COZIFY_RATE_LIMITED');
    assert.equal(stage.cloud.of('requestlogin').length, 1);
    await stage.clock.skip(61 * SECOND);
    stage.cloud.reply('requestlogin', { body: 'null' });
    await fixture.account.requestOtp();
    assert.equal(fixture.account.snapshot().otpSentAt, new Date(stage.clock.now()).toISOString());
  });

  for (const part of [0.25, 0.75]) {
    it(`delays background calls, but not flow steps, by a random part of an hour after Retry-After (${part})`, async () => {
      stage.clock.chance = () => part;
      stage.cloud.reply('hubkeys', { status: 503, headers: { 'retry-after': '7200' } });
      await failure(fixture.account.ping(), 'COZIFY_API');
      const before = stage.cloud.of('hubkeys').length;
      stage.cloud.reply('hubkeys', { body: '{}' });
      await stage.clock.advance(7_200 * SECOND + part * 3_600 * SECOND - 2 * MINUTE);
      assert.equal(stage.cloud.of('hubkeys').length, before);
      await stage.clock.advance(70 * MINUTE);
      assert.ok(stage.cloud.of('hubkeys').length > before);
      stage.cloud.reply('hubkeys', { status: 503, headers: { 'retry-after': '60' } });
      await failure(fixture.account.ping(), 'COZIFY_API');
      stage.cloud.reply('hubkeys', { body: '{}' });
      await stage.clock.advance(61 * SECOND);
      assert.equal((await fixture.account.ping()).value, true);
    });
  }
});
