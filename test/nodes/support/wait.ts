import { setTimeout as sleep } from 'node:timers/promises';

export { sleep };

/** Waits until `check` gives something other than false, and gives that. */
export async function until<T>(what: string, check: () => T | Promise<T>, timeoutMs = 5_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await check();
    if (found !== false && found !== undefined && found !== null) return found;
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}.`);
    await sleep(5);
  }
}
