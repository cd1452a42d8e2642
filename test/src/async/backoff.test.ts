import assert from 'node:assert/strict';
import { FailureBackoff, KeyedBackoff } from '../../../src/async/backoff.js';
import { FakeClock, SECOND } from '../support/fake-clock.js';

describe('FailureBackoff', () => {
  it('doubles the delay up to the longest, with a jitter of a quarter, until it is reset', () => {
    for (const chance of [0, 0.5, 1]) {
      const backoff = new FailureBackoff({ random: () => chance }, () => ({ firstMs: 10, longestMs: 300 }));
      const delays = Array.from({ length: 7 }, () => backoff.next());
      backoff.reset();
      const expected = [10, 20, 40, 80, 160, 300, 300, 10].map((delayMs) => delayMs * (0.75 + chance / 2));
      assert.deepEqual([...delays, backoff.next()], expected);
    }
  });
});

describe('KeyedBackoff', () => {
  it('doubles the pause from the second failure on, up to a minute, until it is reset', async () => {
    const clock = new FakeClock();
    const backoff = new KeyedBackoff(clock);
    const pauses: number[] = [];
    for (let failure = 0; failure < 10; failure++) {
      if (failure === 9) backoff.reset('lamp');
      backoff.noteFailure('lamp');
      let seconds = 0;
      for (; backoff.mustWait('lamp'); seconds += 1) await clock.skip(SECOND);
      pauses.push(seconds);
    }
    assert.deepEqual(pauses, [0, 1, 2, 4, 8, 16, 32, 60, 60, 0]);
  });
});
