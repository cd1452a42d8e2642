import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Ending } from '../../../src/async/ending.js';

describe('the end of an account', () => {
  it('is told to who waits already, and to who asks only afterwards', async () => {
    const ending = new Ending();
    const early = ending.over;
    assert.equal(ending.isOver, false);
    ending.end();
    assert.equal(ending.isOver, true);
    assert.equal(ending.signal.aborted, true);
    await early;
    await ending.over;
  });

  it('is known to who waits for it for the first time when it is over', async () => {
    const ending = new Ending();
    ending.end();
    await ending.over;
  });

  it('is listened to by a hundred calls without a warning', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error): void => void warnings.push(warning);
    process.on('warning', note);
    const { signal } = new Ending();
    for (let call = 0; call < 100; call++) signal.addEventListener('abort', () => undefined);
    await sleep(10);
    process.off('warning', note);
    assert.deepEqual(warnings, []);
  });
});
