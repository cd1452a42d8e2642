import assert from 'node:assert/strict';
import { Turns, type Work } from '../../../src/async/turns.js';
import { FakeClock } from '../support/fake-clock.js';

describe('Turns', () => {
  let clock: FakeClock;
  let turns: Turns;
  let done: string[];
  let failures: unknown[];

  beforeEach(() => {
    clock = new FakeClock();
    [done, failures] = [[], []];
    turns = new Turns(clock, (error) => failures.push(error));
  });
  afterEach(() => assert.equal(clock.timers, 0, 'no timer is left'));

  /** Work of several steps of `ms` each. */
  function* work(name: string, steps: number, ms = 0): Work {
    for (let step = 1; step <= steps; step++) {
      done.push(`${name}${step}`);
      void clock.skip(ms);
      yield;
    }
  }

  it('finishes short work at once', () => {
    turns.add(work('a', 3));
    assert.deepEqual([done, turns.isBusy], [['a1', 'a2', 'a3'], false]);
  });

  it('interrupts long work for other tasks, and continues in order', async () => {
    turns.add(work('a', 3, 10));
    turns.add(work('b', 2));
    assert.deepEqual([done, turns.isBusy, clock.timers], [['a1'], true, 1]);
    await clock.advance(100);
    assert.deepEqual([done, turns.isBusy], [['a1', 'a2', 'a3', 'b1', 'b2'], false]);
  });

  it('interrupts many short works after a total of 8 ms', async () => {
    for (let times = 0; times < 9; times++) turns.add(work('a', 1, 2));
    assert.equal(done.length, 4);
    await clock.advance(100);
    assert.equal(done.length, 9);
  });

  it('runs work added by other work after it', () => {
    turns.add(
      (function* (): Work {
        turns.add(work('b', 1));
        done.push('a');
        yield;
      })(),
    );
    assert.deepEqual(done, ['a', 'b1']);
  });

  it('reports an error of work, and runs the rest', () => {
    turns.add(
      (function* (): Work {
        yield;
        throw new Error('broken');
      })(),
    );
    turns.add(work('b', 1));
    assert.deepEqual([failures.map(String), done], [['Error: broken'], ['b1']]);
  });

  it('drops its work on stop', async () => {
    turns.add(work('a', 3, 10));
    turns.stop();
    await clock.advance(100);
    assert.deepEqual([done, turns.isBusy], [['a1'], false]);
  });
});
