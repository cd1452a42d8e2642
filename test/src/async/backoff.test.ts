import assert from 'node:assert/strict';
import { backoffMs, withJitter } from '../../../src/async/backoff.js';
import { HOUR, MINUTE, SECOND } from '../support/fake-clock.js';

const always = (chance: number) => ({ random: () => chance });
const LIMITS = { firstMs: 10 * SECOND, longestMs: 5 * MINUTE };

describe('backoffMs', () => {
  it('doubles the delay after each failure, up to the maximum', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 1000].map((failures) => backoffMs(always(0.5), failures, LIMITS));
    assert.deepEqual(
      waits,
      [10, 20, 40, 80, 160, 300, 300, 300].map((s) => s * SECOND),
    );
  });

  it('adds a jitter of 25 % to all delays', () => {
    for (const [chance, factor] of [
      [0, 0.75],
      [0.5, 1],
      [1, 1.25],
    ] as const) {
      assert.equal(backoffMs(always(chance), 1, LIMITS), 10 * SECOND * factor);
      assert.equal(backoffMs(always(chance), 50, LIMITS), 5 * MINUTE * factor);
      assert.equal(withJitter(always(chance), HOUR), HOUR * factor);
    }
  });

  it('starts with the longest delay if the first would be longer', () => {
    assert.equal(backoffMs(always(0.5), 1, { firstMs: HOUR, longestMs: MINUTE }), MINUTE);
  });
});
