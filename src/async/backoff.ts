import type { Clock } from './clock.js';

/** The first and the longest delay before a retry, in milliseconds. */
export interface BackoffRange {
  firstMs: number;
  longestMs: number;
}

/** Upper limit of the number of doublings. After 30 doublings, every delay exceeds `longestMs`. */
const MAX_DOUBLINGS = 30;

/**
 * Returns the delay in milliseconds after `failures` failures in a row. The delay doubles with each failure, up to
 * `longestMs`. Jitter is added last, so that clients that fail together don't retry together.
 */
export function backoffMs(
  clock: Pick<Clock, 'random'>,
  failures: number,
  { firstMs, longestMs }: BackoffRange,
): number {
  const doublings = Math.min(Math.max(0, failures - 1), MAX_DOUBLINGS);
  return withJitter(clock, Math.min(firstMs * 2 ** doublings, longestMs));
}

/** Returns a random delay of 0.75 to 1.25 times `delayMs`. */
export function withJitter(clock: Pick<Clock, 'random'>, delayMs: number): number {
  return delayMs * (0.75 + clock.random() / 2);
}

/** Counts failures in a row. Returns the delay before the attempt that follows each failure. */
export class FailureBackoff {
  readonly #clock: Pick<Clock, 'random'>;
  readonly #range: () => BackoffRange;
  #failures = 0;

  /** `range`: the first and the longest delay, read at each failure. */
  constructor(clock: Pick<Clock, 'random'>, range: () => BackoffRange) {
    this.#clock = clock;
    this.#range = range;
  }

  /** Counts one more failure. Returns the delay before the next attempt, in milliseconds. */
  next(): number {
    this.#failures += 1;
    return backoffMs(this.#clock, this.#failures, this.#range());
  }

  /**
   * Forgets all failures. Must be called when an attempt has succeeded, or when the next attempt should not wait any
   * longer.
   */
  reset(): void {
    this.#failures = 0;
  }
}

/** The pause of a {@link KeyedBackoff} after the second failure. The pause doubles with each further failure. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** Upper limit of the number of keys. If there are more, the key whose last failure is the oldest is dropped. */
const MAX_KEYS = 500;

/** Counts failed attempts by key, so that callers wait longer after each further failure. */
export class KeyedBackoff {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #failures = new Map<string, { at: number; times: number }>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Counts a failed attempt. */
  noteFailure(key: string): void {
    const times = (this.#failures.get(key)?.times ?? 0) + 1;
    this.#failures.delete(key);
    this.#failures.set(key, { at: this.#clock.monotonic(), times });
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > MAX_KEYS && oldest !== undefined) this.#failures.delete(oldest);
  }

  /** Forgets the failures of a key. */
  reset(key: string): void {
    this.#failures.delete(key);
  }

  /**
   * Whether callers have to wait before another attempt with this key. The pause starts with the second failure in a
   * row.
   */
  mustWait(key: string): boolean {
    const failed = this.#failures.get(key);
    if (failed === undefined || failed.times < 2) return false;
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failed.times - 2, 10), LONGEST_PAUSE_MS);
    return this.#clock.monotonic() - failed.at < pauseMs;
  }
}
