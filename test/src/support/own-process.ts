import { randomInt } from 'node:crypto';
import type { Host } from '../../../src/store/durable-directory.js';

/**
 * Options that give a state directory a process identity of its own, so that other directories treat its process as
 * dead.
 */
export const ownProcess = (): Partial<Host> => ({ life: String(randomInt(1e7, 1e8)) });
