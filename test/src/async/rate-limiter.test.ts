import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RateLimiter } from '../../../src/async/rate-limiter.js';
import { FakeClock, SECOND } from '../support/fake-clock.js';

/** The largest number of moments within one second. */
const most = (moments: number[]) =>
  Math.max(0, ...moments.map((from) => moments.filter((at) => at >= from && at < from + SECOND).length));

describe('RateLimiter', () => {
  it('lets a single account start immediately', () =>
    assert.equal(new RateLimiter(new FakeClock()).reserve().delayMs, 0));

  it('lets at most five accounts start in any second, whatever minimum delays they ask for', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 60 }), (waits) => {
        const rateLimiter = new RateLimiter(new FakeClock());
        const places = waits.map((wait) => ({ wait, at: rateLimiter.reserve(wait).delayMs }));
        return places.every(({ wait, at }) => at >= wait) && most(places.map(({ at }) => at)) <= 5;
      }),
    );
  });

  it('lets an account start immediately after a burst of starts', async () => {
    const clock = new FakeClock();
    const rateLimiter = new RateLimiter(clock);
    for (let taken = 0; taken < 10; taken++) rateLimiter.reserve();
    await clock.advance(5 * SECOND);
    assert.equal(rateLimiter.reserve().delayMs, 0);
    assert.equal(rateLimiter.reserve().delayMs, 225);
  });

  it('allows timers to fire 20 ms early or late', () => {
    const rateLimiter = new RateLimiter(new FakeClock());
    const places = Array.from(
      { length: 50 },
      (_nothing, turn) => rateLimiter.reserve().delayMs + (turn % 5 === 0 ? 20 : -20),
    );
    assert.equal(most(places), 5);
  });

  it('reuses the slots of cancelled reservations', () => {
    const rateLimiter = new RateLimiter(new FakeClock());
    const places = Array.from({ length: 50 }, () => rateLimiter.reserve());
    for (const place of places) place.cancel();
    assert.equal(rateLimiter.reserve().delayMs, 0);
  });
});
