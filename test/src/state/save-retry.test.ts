import assert from 'node:assert/strict';
import { systemClock } from '../../../src/async/clock.js';
import { SaveRetry } from '../../../src/state/save-retry.js';

describe('SaveRetry', () => {
  it('does not keep the process alive', () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    const retry = new SaveRetry([{ needsSave: true, retrySave: () => Promise.resolve() }], systemClock);
    retry.plan();
    try {
      assert.equal(timers(), before);
    } finally {
      retry.stop();
    }
  });
});
