// Functions that wait for events in tests.
import { setTimeout as sleep } from 'node:timers/promises';

export { sleep };

/**
 * Milliseconds that a test waits for an event. Generous, because a busy machine is slow; shorter than mocha's
 * timeout, so that the failure names the event.
 */
export const TIMEOUT_MS = 180_000;

/** Repeats `check` until it returns a value, and returns the value. Fails with `what` after the timeout. */
export async function until<T>(
  what: string,
  check: () => T | Promise<T>,
  timeoutMs = TIMEOUT_MS,
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = Date.now() + timeoutMs;
  for (const pauseMs of pauses()) {
    const found = await check();
    if (found !== false && found !== undefined && found !== null) return found as NonNullable<Exclude<T, false>>;
    if (Date.now() > deadline) break;
    await sleep(pauseMs);
  }
  throw new Error(`Waited ${timeoutMs / 1000} s without success for ${what}.`);
}

/**
 * Yields the pauses between checks, in milliseconds, without end. The pauses grow, so that short waits end soon and
 * long waits use little processor time.
 */
export function* pauses(): Generator<number> {
  for (let pauseMs = 10; ; pauseMs = Math.min(200, pauseMs * 1.1)) yield pauseMs;
}
