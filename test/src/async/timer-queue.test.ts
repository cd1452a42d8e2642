import assert from 'node:assert/strict';
import { TimerQueue } from '../../../src/async/timers.js';
import { settlesWithin, systemClock } from '../../../src/async/clock.js';
import { sleep } from '../../support/wait.js';
import { FakeClock, HOUR, MINUTE } from '../support/fake-clock.js';

describe('TimerQueue', () => {
  let clock: FakeClock;
  let fired: { at: number; due: string[] }[];
  let queue: TimerQueue;

  beforeEach(() => {
    clock = new FakeClock();
    fired = [];
    queue = new TimerQueue(clock, (due) => fired.push({ at: clock.monotonic(), due: [...due].sort() }));
  });

  const named = () => fired.filter(({ due }) => due.length > 0);

  it('fires once for equal times', async () => {
    queue.set('a', MINUTE);
    queue.set('b', MINUTE);
    await clock.advance(HOUR);
    assert.deepEqual(named(), [{ at: MINUTE, due: ['a', 'b'] }]);
  });

  it('fires immediately for a time in the past', async () => {
    queue.set('renew', -5);
    assert.equal(queue.remaining('renew'), 0);
    await clock.advance(0);
    assert.deepEqual(named(), [{ at: 0, due: ['renew'] }]);
  });

  it('leaves no timer after stop', async () => {
    queue.set('renew', MINUTE);
    queue.stop();
    queue.set('check', MINUTE);
    assert.equal(clock.timers, 0);
    await clock.advance(HOUR);
    assert.deepEqual(fired, []);
  });
});

describe('Clock', () => {
  it('reports with settlesWithin whether a promise settles in time', async () => {
    const clock = new FakeClock();
    const never = new Promise(() => undefined);
    assert.equal(await settlesWithin(clock, Promise.resolve(), 100), true);
    assert.equal(await settlesWithin(clock, Promise.reject(new Error('x')), 100), true);
    const late = settlesWithin(clock, never, 100);
    await clock.advance(100);
    assert.equal(await late, false);
    assert.equal(clock.timers, 0);
  });

  it('uses the time of the machine outside tests', async () => {
    const [before, now, after] = [Date.now(), systemClock.now(), Date.now()];
    assert.ok(before <= now && now <= after);
    assert.ok(systemClock.monotonic() <= systemClock.monotonic());
    const chance = systemClock.random();
    assert.ok(chance >= 0 && chance < 1);
    const timer = systemClock.setTimeout(() => assert.fail('cleared'), 5);
    systemClock.clearTimeout(timer);
    await new Promise<void>((resolve) => systemClock.setTimeout(resolve, 10));
  });

  it('never fires early, at any fraction of a millisecond', async () => {
    const late = Array.from({ length: 400 }, async (_, number) => {
      const delayMs = 0.05 + number * 0.37;
      await sleep(number / 10);
      const at = systemClock.monotonic() + delayMs;
      await new Promise<void>((resolve) => systemClock.setTimeout(resolve, delayMs));
      return systemClock.monotonic() - at;
    });
    const lateBy = await Promise.all(late);
    const early = lateBy.filter((ms) => ms < 0);
    assert.equal(early.length, 0, `${early.length} fired early, by up to ${-Math.min(...early)} ms`);
  });
});
