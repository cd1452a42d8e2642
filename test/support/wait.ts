import { setTimeout as sleep } from 'node:timers/promises';

export { sleep };

/**
 * How long a test waits for what should come in a moment: a machine with other work to do is slow. Shorter than mocha's
 * own timeout, so that a failure says what was waited for.
 */
export const PATIENCE_MS = 180_000;

/** Asks again and again until the check gives something, and gives that. Fails in the end, naming what was waited for. */
export async function until<T>(
  what: string,
  check: () => T | Promise<T>,
  timeoutMs = PATIENCE_MS,
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await check();
    if (found !== false && found !== undefined && found !== null) return found as NonNullable<Exclude<T, false>>;
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs / 1000} s in vain for ${what}.`);
    await sleep(10);
  }
}
