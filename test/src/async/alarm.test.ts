import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Alarm } from '../../../src/async/alarm.js';
import { FakeClock, MINUTE } from '../support/fake-clock.js';

describe('Alarm', () => {
  let clock: FakeClock;
  let rung: string[];
  let alarm: Alarm;

  beforeEach(() => {
    clock = new FakeClock();
    rung = [];
    alarm = new Alarm(clock);
  });

  it('fires once, at the time set last', async () => {
    alarm.set(MINUTE, () => rung.push('first'));
    alarm.set(2 * MINUTE, () => rung.push('second'));
    assert.equal(clock.timers, 1);
    await clock.advance(5 * MINUTE);
    assert.deepEqual(rung, ['second']);
    assert.equal(alarm.isSet, false);
  });

  it('does not fire after clear', async () => {
    alarm.set(MINUTE, () => rung.push('cleared'));
    alarm.clear();
    assert.deepEqual([alarm.isSet, clock.timers], [false, 0]);
    await clock.advance(5 * MINUTE);
    assert.deepEqual(rung, []);
  });

  it('can be set again in its callback', async () => {
    const again = (): void => {
      rung.push('rung');
      if (rung.length < 3) alarm.set(MINUTE, again);
    };
    alarm.set(MINUTE, again);
    await clock.advance(10 * MINUTE);
    assert.equal(rung.length, 3);
  });

  it('keeps a process alive only with keepsAlive', async () => {
    const files = join(__dirname, '../../../src/async');
    const script = (delayMs: number, options: string): string => `
      const { Alarm } = require(${JSON.stringify(join(files, 'alarm.js'))});
      const { systemClock } = require(${JSON.stringify(join(files, 'clock.js'))});
      new Alarm(systemClock, ${options}).set(${delayMs}, () => console.log('rung'));`;
    const outputOf = async (delayMs: number, options: string): Promise<string> =>
      (await promisify(execFile)(process.execPath, ['-e', script(delayMs, options)])).stdout.trim();
    // A minute is longer than a process needs to end, on a busy machine too.
    assert.equal(await outputOf(60_000, '{}'), '');
    assert.equal(await outputOf(50, '{ keepsAlive: true }'), 'rung');
  });
});
