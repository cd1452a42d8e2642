import type { Clock } from './clock.js';

/** How long what fails waits for its next try: the first time, and at most. In milliseconds. */
export interface BackOff {
  firstMs: number;
  longestMs: number;
}

/** Doubled more often than this, any first wait is longer than the longest. */
const MOST_DOUBLINGS = 30;

/**
 * How long to wait after so many failures in a row, the first included, in milliseconds: twice as long each time, up to the
 * longest, and scattered after that, so that those who fail together don't come back together.
 */
export function backOffMs(clock: Pick<Clock, 'random'>, failures: number, { firstMs, longestMs }: BackOff): number {
  const doublings = Math.min(Math.max(0, failures - 1), MOST_DOUBLINGS);
  return scattered(clock, Math.min(firstMs * 2 ** doublings, longestMs));
}

/** A wait of 0.75 to 1.25 times this. */
export function scattered(clock: Pick<Clock, 'random'>, delayMs: number): number {
  return delayMs * (0.75 + clock.random() / 2);
}
