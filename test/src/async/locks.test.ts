import assert from 'node:assert/strict';
import { Semaphore } from '../../../src/async/locks.js';
import { settle } from '../support/fake-clock.js';

describe('Semaphore', () => {
  it('runs at most 2 jobs at once, in order, after failed jobs too', async () => {
    const semaphore = new Semaphore(2);
    const started: number[] = [];
    const ends: (() => void)[] = [];
    const jobs = [0, 1, 2, 3, 4].map((job) =>
      semaphore.run(() => {
        started.push(job);
        return new Promise<void>((resolve, reject) => ends.push(job === 0 ? reject : resolve));
      }),
    );
    const results = Promise.allSettled(jobs);
    for (const expected of [2, 3, 4, 5]) {
      await settle();
      assert.equal(started.length, expected);
      ends[expected - 2]?.();
    }
    ends[4]?.();
    const statuses = (await results).map(({ status }) => status);
    assert.deepEqual(statuses, ['rejected', ...Array.from({ length: 4 }, () => 'fulfilled')]);
    assert.deepEqual(started, [0, 1, 2, 3, 4]);
  });
});
