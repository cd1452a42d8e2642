import assert from 'node:assert/strict';
import { Elapsed } from '../../../src/async/clock.js';
import { DAY, FakeClock, HOUR, MINUTE } from '../support/fake-clock.js';

describe('Elapsed', () => {
  let clock: FakeClock;

  beforeEach(() => {
    clock = new FakeClock();
  });

  it('counts from a time saved by an earlier process', async () => {
    const elapsed = new Elapsed(clock, clock.now() - HOUR);
    await clock.advance(MINUTE);
    assert.deepEqual([elapsed.ms, elapsed.steadyMs], [HOUR + MINUTE, HOUR + MINUTE]);
  });

  it('counts a jump of the wall clock and a sleep in ms, but not in steadyMs', async () => {
    const elapsed = new Elapsed(clock);
    await clock.advance(MINUTE);
    clock.jump(2 * DAY);
    assert.deepEqual([elapsed.ms, elapsed.steadyMs], [2 * DAY + MINUTE, MINUTE]);
    clock.sleep(HOUR);
    assert.deepEqual([elapsed.ms, elapsed.steadyMs], [2 * DAY + HOUR + MINUTE, MINUTE]);
  });
});
