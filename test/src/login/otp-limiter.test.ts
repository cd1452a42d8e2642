import assert from 'node:assert/strict';
import { OtpLimiter, type OtpTarget, type OtpLimiterRecord } from '../../../src/login/otp-limiter.js';
import { CozifyError } from '../../../src/errors.js';
import { DAY, FakeClock, MINUTE, SECOND } from '../support/fake-clock.js';
import { MemoryStore } from '../support/memory-store.js';
import { failure, Lines } from '../support/stage.js';

describe('OTP limiter', () => {
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
  const refuse = () => failure(tryCode(new CozifyError('COZIFY_OTP_REJECTED', 'No.')), 'COZIFY_OTP_REJECTED');
  const restart = () => (limiter = new OtpLimiter(store, clock));
  let asked = 0;
  const tryCode = (error?: Error) =>
    limiter.try(target(), () => {
      asked += 1;
      return error === undefined ? Promise.resolve('token') : Promise.reject(error);
    });

  it('sends no second code within a minute, and gives the same answer', async () => {
    const first = await send();
    await clock.advance(59 * SECOND);
    assert.deepEqual(await send(), { ...first, isNew: false });
    assert.equal(mails, 1);
    await clock.advance(SECOND);
    assert.equal((await send()).isNew, true);
    assert.equal(mails, 2);
  });

  it('sends one code for many who ask at once', async () => {
    await Promise.all(Array.from({ length: 50 }, () => send()));
    assert.equal(mails, 1);
  });

  it('sends the next at once when the first was used', async () => {
    await send();
    assert.equal(await tryCode(), 'token');
    assert.equal((await send()).isNew, true);
  });

  it('sends at most three in 15 minutes, and says how long to wait', async () => {
    for (let code = 0; code < 3; code++) {
      await send();
      await clock.advance(2 * MINUTE);
    }
    const error = await failure(send(), 'COZIFY_RATE_LIMITED');
    assert.equal(error.retryAfter, 9 * 60);
    await clock.advance(9 * MINUTE - SECOND);
    assert.equal((await failure(send(), 'COZIFY_RATE_LIMITED')).retryAfter, 1);
    await clock.advance(SECOND);
    assert.equal((await send()).isNew, true);
    assert.equal(mails, 4);
    await clock.advance(MINUTE);
    await failure(send(), 'COZIFY_RATE_LIMITED');
  });

  it('counts logins in between as well', async () => {
    for (let code = 0; code < 3; code++) {
      await send();
      await tryCode();
    }
    await failure(send(), 'COZIFY_RATE_LIMITED');
  });

  it('counts for an account whatever the address, and for an address whatever the account', async () => {
    for (const email of ['a@x', 'b@x', 'c@x']) await send({ email });
    await failure(send({ email: 'd@x' }), 'COZIFY_RATE_LIMITED');
    await send({ email: 'd@x', account: 'a2' });

    for (const account of ['b1', 'b2', 'b3']) {
      await send({ email: 'e@x', account });
      await clock.advance(MINUTE);
    }
    await failure(send({ email: 'e@x', account: 'b4' }), 'COZIFY_RATE_LIMITED');
  });

  it('takes an address in another case for the same', async () => {
    await send();
    assert.equal((await send({ email: 'MATTI@Example.FI' })).isNew, false);
  });

  it('takes an address with a dot at the end of its domain for the same', async () => {
    await send();
    assert.equal((await send({ email: 'Matti@example.fi.' })).isNew, false);
    assert.equal(mails, 1);
  });

  it('keeps clouds apart', async () => {
    await send();
    assert.equal((await send({ origin: 'https://testapi.cozify.fi' })).isNew, true);
  });

  it('holds across restarts', async () => {
    await send();
    restart();
    assert.equal((await send()).isNew, false);
    for (let code = 0; code < 2; code++) {
      await clock.advance(MINUTE);
      await send();
      restart();
    }
    await failure(send(), 'COZIFY_RATE_LIMITED').catch(() => clock.advance(MINUTE));
    await failure(send(), 'COZIFY_RATE_LIMITED');
    assert.equal(mails, 3);
  });

  it('counts nothing and starts no wait when no code went out', async () => {
    const outage = new CozifyError('COZIFY_UNREACHABLE', 'No network.');
    for (let tries = 0; tries < 5; tries++) {
      await failure(
        limiter.send(target(), () => Promise.reject(outage)),
        'COZIFY_UNREACHABLE',
      );
    }
    assert.equal((await send()).isNew, true);
    assert.equal(store.content?.addresses[0]?.sent.length, 1);
  });

  it('lets nobody guess: five refused tries, and the code is dead', async () => {
    await send();
    asked = 0;
    for (let tries = 0; tries < 4; tries++) await refuse();
    assert.equal(limiter.isUsable(target().origin, target().email), true);
    await refuse();
    assert.equal(limiter.isUsable(target().origin, target().email), false);
    assert.equal(asked, 5);
    await failure(tryCode(), 'COZIFY_OTP_REJECTED');
    restart();
    await failure(tryCode(), 'COZIFY_OTP_REJECTED');
    assert.equal(asked, 5, 'the cloud is not asked any more');
    await clock.advance(MINUTE);
    await send();
    assert.equal(await tryCode(), 'token');
  });

  it('counts no try that got no verdict', async () => {
    await send();
    for (let tries = 0; tries < 10; tries++) {
      const outage = new CozifyError(tries % 2 ? 'COZIFY_UNREACHABLE' : 'COZIFY_API', 'Outage.');
      await failure(tryCode(outage), outage.code);
    }
    assert.equal(await tryCode(), 'token');
  });

  it('lets refused tries at once not slip past the count', async () => {
    await send();
    asked = 0;
    await Promise.all(Array.from({ length: 30 }, () => refuse()));
    assert.equal(asked, 5);
  });

  it('goes on in memory when nothing can be saved, and fails no login', async () => {
    store.isFull = true;
    await send();
    assert.equal((await send()).isNew, false);
    assert.equal(await tryCode(), 'token');
    store.isAway = true;
    restart();
    assert.equal((await send()).isNew, true);
  });

  it('takes what could not be read at the start for what it is, once it can be read', async () => {
    for (let codes = 0; codes < 3; codes++) {
      await send();
      await clock.advance(MINUTE);
    }
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

  it('adds what was sent before that to it, and overwrites nothing', async () => {
    for (let codes = 0; codes < 2; codes++) {
      await send();
      await clock.advance(MINUTE);
    }
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

  it('takes a code that was sent while the store was away, although the code before it was refused five times', async () => {
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

  it('forgets nothing that is read while a code is being sent or tried', async () => {
    for (let codes = 0; codes < 3; codes++) {
      await send();
      await clock.advance(MINUTE);
    }
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

  it('says that something is to be saved, and saves it when told to', async () => {
    store.isFull = true;
    for (let codes = 0; codes < 3; codes++) {
      await send();
      await clock.advance(MINUTE);
    }
    await limiter.retrySave();
    assert.equal(limiter.needsSave, true);
    store.isFull = false;
    await limiter.retrySave();
    assert.equal(limiter.needsSave, false);
    restart();
    await failure(send(), 'COZIFY_RATE_LIMITED');
  });

  it('is not fooled by a clock that is set back', async () => {
    await send();
    clock.jump(-365 * DAY);
    assert.equal((await send()).isNew, false, 'that minute is not over');
    await clock.advance(MINUTE);
    assert.equal((await send()).isNew, true, 'nobody waits for a year');
  });

  it('keeps its three in 15 minutes when the clock is set back, across restarts too', async () => {
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

  it('is not made to forget an address by tries at a thousand others', async () => {
    for (let code = 0; code < 3; code++) {
      await send();
      await clock.advance(MINUTE);
    }
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

  it('tells whoever listens when a code has become useless, until they stop', async () => {
    const usable: boolean[] = [];
    const stop = limiter.onChange(() => usable.push(limiter.isUsable('https://api.cozify.fi', 'matti@example.fi')));
    await send();
    await tryCode();
    stop();
    await send();
    assert.deepEqual(usable, [true, false]);
  });

  it('is not the worse for a listener that throws, nor are others who listen; the log says so once', async () => {
    const log = new Lines();
    limiter = new OtpLimiter(store, clock, log);
    let heard = 0;
    limiter.onChange(() => assert.fail('not mine'));
    limiter.onChange(() => heard++);
    assert.equal((await send()).isNew, true);
    assert.equal(await tryCode(), 'token');
    assert.deepEqual([mails, heard, log.all.length], [1, 2, 1]);
  });

  it('forgets what is over, and grows without end for nobody', async () => {
    for (let place = 0; place < 1_100; place++) await send({ email: `m${place}@x`, account: `a${place}` });
    assert.ok((store.content?.addresses.length ?? 0) <= 1_000);
    await clock.advance(2 * DAY);
    await send();
    assert.equal(store.content?.addresses.length, 1);
  });

  it('keeps no code and no other secret', async () => {
    await send();
    await tryCode();
    assert.ok(!(store.text ?? '').includes('token'));
  });
});
