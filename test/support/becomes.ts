import assert from 'node:assert/strict';
import { PATIENCE_MS, sleep } from './wait';

/**
 * Waits until a value read from a page equals or matches the expected value, because a busy machine shows the value
 * late. The error after the timeout shows the last value.
 */
export async function becomes<T>(
  read: () => Promise<T>,
  expected: NoInfer<T> | RegExp,
  message?: string,
  timeoutMs = PATIENCE_MS,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await read();
    try {
      if (expected instanceof RegExp) assert.match(String(found), expected, message);
      else assert.deepEqual(found, expected, message);
      return;
    } catch (difference) {
      if (Date.now() > deadline) throw difference;
    }
    await sleep(20);
  }
}
