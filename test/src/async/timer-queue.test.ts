import assert from 'node:assert/strict';
import { TimerQueue, LONGEST_TIMER_MS } from '../../../src/async/timer-queue.js';
import { settlesWithin, systemClock } from '../../../src/async/clock.js';
import { sleep } from '../../support/wait.js';
import { DAY, FakeClock, HOUR, MINUTE } from '../support/fake-clock.js';

describe('timer queue', () => {
  let clock: FakeClock;
  let rung: { at: number; due: string[] }[];
  let queue: TimerQueue;

  beforeEach(() => {
    clock = new FakeClock();
    rung = [];
    queue = new TimerQueue(clock, (due) => rung.push({ at: clock.monotonic(), due: [...due].sort() }));
  });

  const named = () => rung.filter(({ due }) => due.length > 0);

  it('rings for each moment in its turn, with one timer', async () => {
    queue.set('renew', 2 * MINUTE);
    queue.set('check', MINUTE);
    queue.set('save', 3 * MINUTE);
    assert.equal(clock.timers, 1);
    await clock.advance(4 * MINUTE);
    assert.deepEqual(rung, [
      { at: MINUTE, due: ['check'] },
      { at: 2 * MINUTE, due: ['renew'] },
      { at: 3 * MINUTE, due: ['save'] },
    ]);
    assert.equal(clock.timers, 0, 'none where nothing is to come');
  });

  it('rings once for moments that have come together', async () => {
    queue.set('a', MINUTE);
    queue.set('b', MINUTE);
    await clock.advance(HOUR);
    assert.deepEqual(named(), [{ at: MINUTE, due: ['a', 'b'] }]);
  });

  it('has no timer longer than an hour, and keeps a moment days away', async () => {
    queue.set('renew', 3 * DAY);
    assert.equal(queue.remaining('renew'), 3 * DAY);
    await clock.advance(3 * DAY);
    assert.ok(clock.longestMs <= LONGEST_TIMER_MS);
    assert.equal(LONGEST_TIMER_MS, HOUR);
    assert.deepEqual(named(), [{ at: 3 * DAY, due: ['renew'] }]);
  });

  it('moves and clears moments', async () => {
    queue.set('renew', MINUTE);
    queue.set('renew', 5 * MINUTE);
    queue.set('check', 2 * MINUTE);
    queue.clear('check');
    queue.clear('nothing');
    assert.equal(queue.remaining('check'), undefined);
    await clock.advance(6 * MINUTE);
    assert.deepEqual(named(), [{ at: 5 * MINUTE, due: ['renew'] }]);
  });

  it('takes a moment in the past for now', async () => {
    queue.set('renew', -5);
    assert.equal(queue.remaining('renew'), 0);
    await clock.advance(0);
    assert.deepEqual(named(), [{ at: 0, due: ['renew'] }]);
  });

  it('leaves nothing behind once stopped', async () => {
    queue.set('renew', MINUTE);
    queue.stop();
    queue.set('check', MINUTE);
    assert.equal(clock.timers, 0);
    await clock.advance(HOUR);
    assert.deepEqual(rung, []);
  });
});

describe('clock', () => {
  it('says whether work settles in time, and leaves no timer', async () => {
    const clock = new FakeClock();
    const never = new Promise(() => undefined);
    assert.equal(await settlesWithin(clock, Promise.resolve(), 100), true);
    assert.equal(await settlesWithin(clock, Promise.reject(new Error('x')), 100), true);
    const late = settlesWithin(clock, never, 100);
    await clock.advance(100);
    assert.equal(await late, false);
    assert.equal(clock.timers, 0);
  });

  it("is the machine's own outside tests", async () => {
    const [before, now, after] = [Date.now(), systemClock.now(), Date.now()];
    assert.ok(before <= now && now <= after);
    assert.ok(systemClock.monotonic() <= systemClock.monotonic());
    const chance = systemClock.random();
    assert.ok(chance >= 0 && chance < 1);
    const timer = systemClock.setTimeout(() => assert.fail('cleared'), 5);
    systemClock.clearTimeout(timer);
    await new Promise<void>((resolve) => systemClock.setTimeout(resolve, 10));
  });

  it('never rings before its time, whatever part of a millisecond it is set at and for', async () => {
    const rung = Array.from({ length: 400 }, async (_, number) => {
      const delayMs = 0.05 + number * 0.37;
      await sleep(number / 10);
      const at = systemClock.monotonic() + delayMs;
      await new Promise<void>((resolve) => systemClock.setTimeout(resolve, delayMs));
      return systemClock.monotonic() - at;
    });
    const lateBy = await Promise.all(rung);
    const early = lateBy.filter((ms) => ms < 0);
    assert.equal(early.length, 0, `${early.length} rang early, by up to ${-Math.min(...early)} ms`);
  });
});
