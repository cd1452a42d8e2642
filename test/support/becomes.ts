import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { TIMEOUT_MS, pauses, sleep } from './wait';

/**
 * Waits until a value read from a page equals or matches the expected value, because a busy machine shows the value
 * late. The error after the timeout shows the last value.
 */
export async function becomes<T>(
  read: () => Promise<T>,
  expected: NoInfer<T> | RegExp,
  message?: string,
  timeoutMs = TIMEOUT_MS,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (const pauseMs of pauses()) {
    const found = await read();
    if (expected instanceof RegExp ? expected.test(String(found)) : isDeepStrictEqual(found, expected)) return;
    if (Date.now() > deadline) {
      if (expected instanceof RegExp) assert.match(String(found), expected, message);
      else assert.deepEqual(found, expected, message);
    }
    await sleep(pauseMs);
  }
}
