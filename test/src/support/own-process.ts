import { randomInt } from 'node:crypto';
import type { Host } from '../../../src/store/durable-directory.js';

/** For a directory of files that is to be used as by a process of its own: to all others it is dead. */
export const ownProcess = (): Partial<Host> => ({ life: String(randomInt(1e7, 1e8)) });
