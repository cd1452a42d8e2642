import assert from 'node:assert/strict';
import { CallLimiter } from '../../../src/async/call-limiter.js';
import { FakeClock, settle } from '../support/fake-clock.js';

describe('a limit of calls', () => {
  it('lets so many begin at once, and no more than that in any second', async () => {
    const clock = new FakeClock();
    const limiter = new CallLimiter(clock, 3);
    const begun: number[] = [];
    for (let call = 0; call < 8; call++) void limiter.ready().then(() => begun.push(clock.monotonic()));
    await clock.advance(5_000);
    assert.deepEqual(begun, [0, 0, 0, 1_000, 1_000, 1_000, 2_000, 2_000]);
  });

  it('keeps nobody waiting when there was time enough', async () => {
    const clock = new FakeClock();
    const limiter = new CallLimiter(clock, 1);
    await limiter.ready();
    await clock.advance(1_000);
    await limiter.ready();
    assert.equal(clock.timers, 0);
  });

  it('lets go of those who wait when it ends, and of their timers', async () => {
    const clock = new FakeClock();
    const limiter = new CallLimiter(clock, 1);
    await limiter.ready();
    const ending = new AbortController();
    const waiting = limiter.ready(ending.signal);
    await settle();
    assert.equal(clock.timers, 1);
    ending.abort();
    await waiting;
    assert.equal(clock.timers, 0);
  });
});
