import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { settlesWithin } from '../../../src/async/clock.js';
import { createController } from '../../../src/async/signals.js';
import { FakeClock } from '../support/fake-clock.js';

describe('createController', () => {
  it('ends waits that started before and after the abort', async () => {
    const clock = new FakeClock();
    const controller = createController();
    const early = settlesWithin(clock, undefined, 1000, controller.signal);
    assert.equal(controller.signal.aborted, false);
    controller.abort();
    assert.equal(controller.signal.aborted, true);
    assert.equal(await early, false);
    assert.equal(await settlesWithin(clock, undefined, 1000, controller.signal), false);
    assert.equal(clock.timers, 0);
  });

  it('removes its listener when a wait has finished', async () => {
    const { signal } = createController();
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
    const { signal } = createController();
    for (let call = 0; call < 100; call++) signal.addEventListener('abort', () => undefined);
    await sleep(10);
    process.off('warning', note);
    assert.deepEqual(warnings, []);
  });
});
