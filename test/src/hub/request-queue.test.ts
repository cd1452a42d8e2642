import assert from 'node:assert/strict';
import { MAX_WAITING, RequestQueue } from '../../../src/hub/request-queue.js';
import { FakeClock, SECOND } from '../support/fake-clock.js';
import { failure, settle } from '../support/stage.js';

describe('RequestQueue', () => {
  let clock: FakeClock;
  let queue: RequestQueue;
  /** Names of the started jobs. */
  let begun: string[];
  let ends: (() => void)[];

  beforeEach(() => {
    clock = new FakeClock();
    queue = new RequestQueue(clock);
    begun = [];
    ends = [];
  });

  /** A job that runs until the test ends it. */
  const work = (name: string) => () => {
    begun.push(name);
    return new Promise<string>((resolve) => ends.push(() => resolve(name)));
  };

  async function endNext(): Promise<void> {
    ends.shift()?.();
    await settle();
  }

  it('runs queued jobs before a job added when the first ends', async () => {
    const first = queue.run(work('a')).then(() => queue.run(work('late')));
    void queue.run(work('b'));
    await settle();
    await endNext();
    assert.deepEqual(begun, ['a', 'b']);
    await endNext();
    await endNext();
    assert.equal(await first, 'late');
  });

  it('runs the next job after a failed one', async () => {
    const failed = assert.rejects(queue.run(() => Promise.reject(new Error('no'))));
    const next = queue.run(() => Promise.resolve('done'));
    await failed;
    assert.equal(await next, 'done');
  });

  it(`fails with COZIFY_BUSY when ${MAX_WAITING} jobs already wait`, async () => {
    const all = Array.from({ length: MAX_WAITING + 1 }, (_, index) => queue.run(work(String(index))));
    await settle();
    await failure(queue.run(work('too many')), 'COZIFY_BUSY');
    await endNext();
    all.push(queue.run(work('again')));
    for (let index = 0; index < all.length; index++) await endNext();
    await Promise.all(all);
    assert.equal(begun.length, MAX_WAITING + 2);
    assert.ok(!begun.includes('too many'));
  });

  it('fails a job with COZIFY_BUSY when it has waited for its longest wait', async () => {
    void queue.run(work('a'));
    const late = failure(queue.run(work('late'), { waitMs: 3 * SECOND }), 'COZIFY_BUSY');
    const patient = queue.run(work('patient'), { waitMs: 4 * SECOND });
    await clock.advance(3 * SECOND);
    assert.match((await late).message, /3 seconds/);
    await endNext();
    await endNext();
    assert.equal(await patient, 'patient');
    assert.deepEqual(begun, ['a', 'patient']);
    assert.equal(clock.timers, 0);
  });

  it('drops a queued job when its signal is aborted', async () => {
    const controller = new AbortController();
    void queue.run(work('a'));
    const disconnected = assert.rejects(queue.run(work('b'), { signal: controller.signal }), /not any more/);
    await settle();
    controller.abort(new Error('not any more'));
    await disconnected;
    await assert.rejects(queue.run(work('c'), { signal: controller.signal }), /not any more/);
    await endNext();
    assert.deepEqual(begun, ['a']);
  });
});
