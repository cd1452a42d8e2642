import assert from 'node:assert/strict';
import { OtpLimiter, type OtpTarget, type OtpLimiterRecord } from '../../../src/login/otp-limiter.js';
import { CozifyError } from '../../../src/errors.js';
import { DAY, FakeClock, MINUTE } from '../support/fake-clock.js';
import { MemoryStore } from '../support/memory-store.js';
import { failure, Lines } from '../support/stage.js';

describe('OtpLimiter', () => {
  let clock: FakeClock;
  let store: MemoryStore<OtpLimiterRecord>;
  let limiter: OtpLimiter;
  let mails: number;

  beforeEach(() => {
    clock = new FakeClock();
    store = new MemoryStore();
    limiter = new OtpLimiter(store, clock);
    mails = 0;
  });

  const target = (part: Partial<OtpTarget> = {}): OtpTarget => ({
    ...{ origin: 'https://api.cozify.fi', email: 'matti@example.fi', account: 'a1' },
    ...part,
  });
  const send = (part?: Partial<OtpTarget>) => limiter.send(target(part), () => Promise.resolve(void mails++));
  /** Sends codes a minute apart. */
  async function sendCodes(count: number): Promise<void> {
    for (let sent = 0; sent < count; sent++) {
      await send();
      await clock.advance(MINUTE);
    }
  }
  const refuse = () => failure(tryCode(new CozifyError('COZIFY_OTP_REJECTED', 'No.')), 'COZIFY_OTP_REJECTED');
  const restart = () => (limiter = new OtpLimiter(store, clock));
  let asked = 0;
  const tryCode = (error?: Error) =>
    limiter.try(target(), () => {
      asked += 1;
      return error === undefined ? Promise.resolve('token') : Promise.reject(error);
    });

  it('counts codes that were used for a login', async () => {
    for (let code = 0; code < 3; code++) {
      await send();
      await tryCode();
    }
    await failure(send(), 'COZIFY_RATE_LIMITED');
  });

  it('limits codes by account and by e-mail address', async () => {
    for (const email of ['a@x', 'b@x', 'c@x']) await send({ email });
    await failure(send({ email: 'd@x' }), 'COZIFY_RATE_LIMITED');
    await send({ email: 'd@x', account: 'a2' });

    for (const account of ['b1', 'b2', 'b3']) {
      await send({ email: 'e@x', account });
      await clock.advance(MINUTE);
    }
    await failure(send({ email: 'e@x', account: 'b4' }), 'COZIFY_RATE_LIMITED');
  });

  it('ignores the case of an e-mail address', async () => {
    await send();
    assert.equal((await send({ email: 'MATTI@Example.FI' })).isNew, false);
  });

  it('ignores a dot at the end of an e-mail address', async () => {
    await send();
    assert.equal((await send({ email: 'Matti@example.fi.' })).isNew, false);
    assert.equal(mails, 1);
  });

  it('limits codes separately for each cloud', async () => {
    await send();
    assert.equal((await send({ origin: 'https://testapi.cozify.fi' })).isNew, true);
  });

  it('limits codes in memory while nothing can be saved', async () => {
    store.isFull = true;
    await send();
    assert.equal((await send()).isNew, false);
    assert.equal(await tryCode(), 'token');
    store.isAway = true;
    restart();
    assert.equal((await send()).isNew, true);
  });

  it('applies saved limits that become readable only after the start', async () => {
    await sendCodes(3);
    for (let tries = 0; tries < 5; tries++) await refuse();
    store.isAway = true;
    restart();
    await limiter.load();
    store.isAway = false;
    await failure(send(), 'COZIFY_RATE_LIMITED');
    asked = 0;
    await refuse();
    assert.deepEqual([mails, asked], [3, 0]);
  });

  it('merges codes sent before the store could be read with the saved ones', async () => {
    await sendCodes(2);
    store.isAway = true;
    const saves = store.saves;
    restart();
    await send();
    assert.deepEqual([store.saves, limiter.needsSave], [saves, true]);
    store.isAway = false;
    await limiter.retrySave();
    assert.equal(limiter.needsSave, false);
    restart();
    await clock.advance(MINUTE);
    await failure(send(), 'COZIFY_RATE_LIMITED');
    assert.equal(mails, 3);
  });

  for (const [order, before, after] of [
    ['before', tryCode, refuse],
    ['after', () => Promise.resolve(), tryCode],
  ] as const) {
    it(`keeps a code as used that was used ${order} the store became unreachable`, async () => {
      await send();
      await before();
      store.isAway = true;
      restart();
      await after();
      store.isAway = false;
      await limiter.retrySave();
      assert.equal(limiter.isUsable(target().origin, target().email), false);
      assert.equal((await send()).isNew, true);
    });
  }

  it('accepts a code sent while the store was unreachable, though the code before was refused five times', async () => {
    await send();
    for (let tries = 0; tries < 5; tries++) await refuse();
    store.isAway = true;
    restart();
    await clock.advance(MINUTE);
    await send();
    store.isAway = false;
    await limiter.load();
    assert.equal(await tryCode(), 'token');
  });

  it('merges limits that are read while a code is sent', async () => {
    await sendCodes(3);
    store.isAway = true;
    restart();
    const whileReading = async (): Promise<void> => {
      store.isAway = false;
      await limiter.load();
    };
    await limiter.send(target({ account: 'b1' }), whileReading).catch(() => undefined);
    await clock.advance(MINUTE);
    await failure(send(), 'COZIFY_RATE_LIMITED');
    assert.equal(store.content?.addresses[0]?.sent.length, 4);
  });

  it('limits the wait to a minute when the clock is set back a year', async () => {
    await send();
    clock.jump(-365 * DAY);
    assert.equal((await send()).isNew, false, 'the minute has not passed');
    await clock.advance(MINUTE);
    assert.equal((await send()).isNew, true, 'the wait is not a year');
  });

  it('keeps the limit of three codes in 15 minutes when the clock is set back', async () => {
    for (let code = 0; code < 3; code++) {
      await send();
      await clock.advance(MINUTE);
      clock.jump(-10 * MINUTE);
    }
    const error = await failure(send(), 'COZIFY_RATE_LIMITED');
    assert.equal(error.retryAfter, 12 * 60);
    await restart().load();
    await clock.advance(MINUTE);
    await failure(send(), 'COZIFY_RATE_LIMITED');
    await clock.advance(15 * MINUTE);
    assert.equal((await send()).isNew, true);
  });

  it('keeps the limit of an address after tries at 1,200 other addresses', async () => {
    await sendCodes(3);
    const no = new CozifyError('COZIFY_OTP_REJECTED', 'No.');
    for (let other = 0; other < 1_200; other++) {
      const email = `nobody${other}@example.fi`;
      await failure(
        limiter.try(target({ email, account: `b${other}` }), () => Promise.reject(no)),
        'COZIFY_OTP_REJECTED',
      );
    }
    await failure(send(), 'COZIFY_RATE_LIMITED');
  });

  it('notifies a subscriber when a code becomes unusable, until it unsubscribes', async () => {
    const usable: boolean[] = [];
    const stop = limiter.onChange(() => usable.push(limiter.isUsable('https://api.cozify.fi', 'matti@example.fi')));
    await send();
    await tryCode();
    stop();
    await send();
    assert.deepEqual(usable, [true, false]);
  });

  it('logs a failing subscriber once, and notifies the others', async () => {
    const log = new Lines();
    limiter = new OtpLimiter(store, clock, log);
    let calls = 0;
    limiter.onChange(() => assert.fail('subscriber fails'));
    limiter.onChange(() => calls++);
    assert.equal((await send()).isNew, true);
    assert.equal(await tryCode(), 'token');
    assert.deepEqual([mails, calls, log.all.length], [1, 2, 1]);
  });

  it('limits its records to 1,000 addresses, and removes expired records', async () => {
    for (let index = 0; index < 1_100; index++) await send({ email: `m${index}@x`, account: `a${index}` });
    assert.equal(store.content?.addresses.length, 1_000);
    await clock.advance(2 * DAY);
    await send();
    assert.equal(store.content?.addresses.length, 1);
  });
});
