import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Timer } from '../../../src/async/timers.js';
import { FakeClock, MINUTE } from '../support/fake-clock.js';

describe('Timer', () => {
  let clock: FakeClock;
  let fired: string[];
  let timer: Timer;

  beforeEach(() => {
    clock = new FakeClock();
    fired = [];
    timer = new Timer(clock);
  });

  it('fires once, at the time set last', async () => {
    timer.set(MINUTE, () => fired.push('first'));
    timer.set(2 * MINUTE, () => fired.push('second'));
    assert.equal(clock.timers, 1);
    await clock.advance(5 * MINUTE);
    assert.deepEqual(fired, ['second']);
    assert.equal(timer.isSet, false);
  });

  it('does not fire after clear', async () => {
    timer.set(MINUTE, () => fired.push('cleared'));
    timer.clear();
    assert.deepEqual([timer.isSet, clock.timers], [false, 0]);
    await clock.advance(5 * MINUTE);
    assert.deepEqual(fired, []);
  });

  it('can be set again in its callback', async () => {
    const again = (): void => {
      fired.push('fired');
      if (fired.length < 3) timer.set(MINUTE, again);
    };
    timer.set(MINUTE, again);
    await clock.advance(10 * MINUTE);
    assert.equal(fired.length, 3);
  });

  it('keeps a process alive only with keepsAlive', async () => {
    const files = join(__dirname, '../../../src/async');
    const script = (delayMs: number, options: string): string => `
      const { Timer } = require(${JSON.stringify(join(files, 'timers.js'))});
      const { systemClock } = require(${JSON.stringify(join(files, 'clock.js'))});
      new Timer(systemClock, ${options}).set(${delayMs}, () => console.log('fired'));`;
    const outputOf = async (delayMs: number, options: string): Promise<string> =>
      (await promisify(execFile)(process.execPath, ['-e', script(delayMs, options)])).stdout.trim();
    // A minute is longer than a process needs to end, even on a busy machine.
    assert.equal(await outputOf(60_000, '{}'), '');
    assert.equal(await outputOf(50, '{ keepsAlive: true }'), 'fired');
  });
});
