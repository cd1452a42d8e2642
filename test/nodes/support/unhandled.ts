import assert from 'node:assert/strict';
import { sleep } from '../../support/wait';

/**
 * Runs `work` and asserts that it left no unhandled rejection, which would end Node-RED. Mocha's own listener is
 * removed during `work`.
 */
export async function assertNothingUnhandled(work: () => Promise<void>): Promise<void> {
  const before = process.listeners('unhandledRejection');
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', note);
  try {
    await work();
    await sleep(20);
  } finally {
    process.removeListener('unhandledRejection', note);
    for (const listener of before) process.on('unhandledRejection', listener);
  }
  assert.deepEqual(unhandled.map(String), [], 'an unhandled rejection ends Node-RED');
}
