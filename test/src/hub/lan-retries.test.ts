import assert from 'node:assert/strict';
import { LanRetries } from '../../../src/hub/lan-retries.js';
import { FakeClock } from '../support/fake-clock.js';

describe('LanRetries', () => {
  it('wait up to a tenth longer, so that many homes do not retry at the same moment', () => {
    const clock = new FakeClock();
    clock.chance = () => 1;
    const retries = new LanRetries(clock);
    const waits = [1, 2, 3, 4].map(() => {
      retries.noteFailure();
      return Math.round(retries.waitMs);
    });
    assert.deepEqual(waits, [5_500, 16_500, 66_000, 66_000]);
  });
});
