import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Returns the bytes of heap in use after a garbage collection. */
export async function heapInUse(): Promise<number> {
  for (let round = 0; round < 4; round++) {
    collect();
    // Finalizers and weak references need a turn of the event loop.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().heapUsed;
}

export const MEGABYTE = 1024 * 1024;
