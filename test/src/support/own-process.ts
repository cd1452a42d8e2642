import { randomInt } from 'node:crypto';
import type { Host } from '../../../src/store/durable-directory.js';

/**
 * Options that make a state directory act as another process. Each call returns another process, and other directories
 * treat that process as dead.
 */
export const ownProcess = (): Partial<Host> => ({ life: String(randomInt(1e7, 1e8)) });
