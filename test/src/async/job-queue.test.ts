import assert from 'node:assert/strict';
import { JobQueue } from '../../../src/async/job-queue.js';
import { FakeClock } from '../support/fake-clock.js';

describe('JobQueue', () => {
  let clock: FakeClock;
  let jobs: JobQueue;
  let done: string[];
  let failures: unknown[];

  beforeEach(() => {
    clock = new FakeClock();
    [done, failures] = [[], []];
    jobs = new JobQueue(clock, (error) => failures.push(error));
  });
  afterEach(() => assert.equal(clock.timers, 0, 'no timer is left'));

  /** A job that takes `ms` milliseconds. */
  const job =
    (name: string, ms = 0) =>
    (): void => {
      done.push(name);
      void clock.skip(ms);
    };

  it('runs short jobs immediately', () => {
    jobs.add(job('a'));
    jobs.add(job('b'));
    assert.deepEqual([done, jobs.isBusy], [['a', 'b'], false]);
  });

  it('pauses after a long job, and keeps the order', async () => {
    jobs.add(job('a', 10));
    jobs.add(job('b'));
    assert.deepEqual([done, jobs.isBusy, clock.timers], [['a'], true, 1]);
    await clock.advance(100);
    assert.deepEqual([done, jobs.isBusy], [['a', 'b'], false]);
  });

  it('pauses after many short jobs', async () => {
    for (let times = 0; times < 9; times++) jobs.add(job('a', 2));
    assert.equal(done.length, 4);
    await clock.advance(100);
    assert.equal(done.length, 9);
  });

  it('runs a job that another job adds after that job', () => {
    jobs.add(() => {
      jobs.add(job('b'));
      done.push('a');
    });
    assert.deepEqual(done, ['a', 'b']);
  });

  it('reports a job that fails, and runs the next one', () => {
    jobs.add(() => {
      throw new Error('broken');
    });
    jobs.add(job('b'));
    assert.deepEqual([failures.map(String), done], [['Error: broken'], ['b']]);
  });

  it('drops the jobs that wait when it is stopped', async () => {
    jobs.add(job('a', 10));
    jobs.add(job('b'));
    jobs.stop();
    await clock.advance(100);
    assert.deepEqual([done, jobs.isBusy], [['a'], false]);
  });
});
