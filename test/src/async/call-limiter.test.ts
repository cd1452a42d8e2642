import assert from 'node:assert/strict';
import { CallLimiter } from '../../../src/async/call-limiter.js';
import { FakeClock, settle } from '../support/fake-clock.js';

describe('CallLimiter', () => {
  it('starts at most 3 calls in any second', async () => {
    const clock = new FakeClock();
    const limiter = new CallLimiter(clock, 3);
    const begun: number[] = [];
    for (let call = 0; call < 8; call++) void limiter.ready().then(() => begun.push(clock.monotonic()));
    await clock.advance(5_000);
    assert.deepEqual(begun, [0, 0, 0, 1_000, 1_000, 1_000, 2_000, 2_000]);
  });

  it('starts a call immediately after a pause of a second', async () => {
    const clock = new FakeClock();
    const limiter = new CallLimiter(clock, 1);
    await limiter.ready();
    await clock.advance(1_000);
    await limiter.ready();
    assert.equal(clock.timers, 0);
  });

  it('releases waiting calls and their timers when its signal is aborted', async () => {
    const clock = new FakeClock();
    const limiter = new CallLimiter(clock, 1);
    await limiter.ready();
    const controller = new AbortController();
    const waiting = limiter.ready(controller.signal);
    await settle();
    assert.equal(clock.timers, 1);
    controller.abort();
    await waiting;
    assert.equal(clock.timers, 0);
  });
});
