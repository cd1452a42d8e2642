import assert from 'node:assert/strict';
import { Elapsed } from '../../../src/async/elapsed.js';
import { DAY, FakeClock, HOUR, MINUTE } from '../support/fake-clock.js';

describe('the time elapsed since something', () => {
  let clock: FakeClock;

  beforeEach(() => {
    clock = new FakeClock();
  });

  it('is what has passed', async () => {
    const elapsed = new Elapsed(clock);
    assert.deepEqual([elapsed.at, elapsed.ms, elapsed.steadyMs], [clock.now(), 0, 0]);
    await clock.advance(MINUTE);
    assert.deepEqual([elapsed.ms, elapsed.steadyMs], [MINUTE, MINUTE]);
  });

  it('counts from a moment that an earlier process left', async () => {
    const elapsed = new Elapsed(clock, clock.now() - HOUR);
    await clock.advance(MINUTE);
    assert.deepEqual([elapsed.ms, elapsed.steadyMs], [HOUR + MINUTE, HOUR + MINUTE]);
  });

  it('is no shorter when the wall clock is set back', async () => {
    const elapsed = new Elapsed(clock);
    await clock.advance(MINUTE);
    clock.jump(-2 * DAY);
    assert.deepEqual([elapsed.ms, elapsed.steadyMs], [MINUTE, MINUTE]);
  });

  it('is longer when the wall clock is set forward or the machine sleeps, except for the steady part', async () => {
    const elapsed = new Elapsed(clock);
    await clock.advance(MINUTE);
    clock.jump(2 * DAY);
    assert.deepEqual([elapsed.ms, elapsed.steadyMs], [2 * DAY + MINUTE, MINUTE]);
    clock.sleep(HOUR);
    assert.deepEqual([elapsed.ms, elapsed.steadyMs], [2 * DAY + HOUR + MINUTE, MINUTE]);
  });

  it('begins now for what lies in the future, as after a clock that was ahead', async () => {
    const elapsed = new Elapsed(clock, clock.now() + 365 * DAY);
    assert.deepEqual([elapsed.ms, elapsed.steadyMs], [0, 0]);
    await clock.advance(HOUR);
    assert.deepEqual([elapsed.ms, elapsed.steadyMs], [HOUR, HOUR]);
  });
});
