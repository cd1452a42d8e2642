import { randomInt } from 'node:crypto';
import type { Host } from '../../../src/store/durable-directory.js';

/**
 * Returns options that make a state directory act as another process. Each call simulates a new process. Directories of
 * other processes treat that process as dead.
 */
export const ownProcess = (): Partial<Host> => ({ life: String(randomInt(1e7, 1e8)) });
