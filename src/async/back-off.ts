import type { Clock } from './clock.js';

/** The first and the longest delay before a retry, in milliseconds. */
export interface BackOff {
  firstMs: number;
  longestMs: number;
}

/** The limit of doublings. After so many any delay exceeds the longest one. */
const MAX_DOUBLINGS = 30;

/**
 * Returns the delay after a number of failures in a row, in milliseconds. The delay doubles with each failure up to the
 * longest one. Jitter is added after that, so that clients that fail together don't retry together.
 */
export function backOffMs(clock: Pick<Clock, 'random'>, failures: number, { firstMs, longestMs }: BackOff): number {
  const doublings = Math.min(Math.max(0, failures - 1), MAX_DOUBLINGS);
  return scattered(clock, Math.min(firstMs * 2 ** doublings, longestMs));
}

/** Returns a random delay of 0.75 to 1.25 times `delayMs`. */
export function scattered(clock: Pick<Clock, 'random'>, delayMs: number): number {
  return delayMs * (0.75 + clock.random() / 2);
}
