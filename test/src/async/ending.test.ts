import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { settlesWithin } from '../../../src/async/clock.js';
import { Ending } from '../../../src/async/ending.js';
import { FakeClock } from '../support/fake-clock.js';

describe('Ending', () => {
  it('ends waits that started before and after it', async () => {
    const clock = new FakeClock();
    const ending = new Ending();
    const early = settlesWithin(clock, undefined, 1000, ending.signal);
    assert.equal(ending.isOver, false);
    ending.end();
    assert.equal(ending.isOver, true);
    assert.equal(await early, false);
    assert.equal(await settlesWithin(clock, undefined, 1000, ending.signal), false);
    assert.equal(clock.timers, 0);
  });

  it('keeps no listener of a finished wait', async () => {
    const { signal } = new Ending();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => void (listeners++, add(...args));
    signal.removeEventListener = (...args: Parameters<typeof remove>) => void (listeners--, remove(...args));
    const waiting = settlesWithin(new FakeClock(), Promise.resolve(), 1000, signal);
    assert.equal(listeners, 1);
    assert.equal(await waiting, true);
    assert.equal(listeners, 0);
  });

  it('accepts a hundred listeners without a warning', async () => {
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
