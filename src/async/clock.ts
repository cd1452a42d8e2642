/** A clock that can be replaced, so that tests can simulate years in seconds. */
export interface Clock {
  /** Returns the wall time, in milliseconds since the epoch. It may jump. */
  now(): number;
  /** Returns the milliseconds of a monotonic clock. */
  monotonic(): number;
  /** Calls `callback` after at least `delayMs` by {@link Clock.monotonic}. */
  setTimeout(callback: () => void, delayMs: number): TimerHandle;
  clearTimeout(timer: TimerHandle): void;
  /** Returns a random number from 0 up to 1, for jitter. */
  random(): number;
}

/** The handle of a timer: an object of Node.js, or a number of a test clock. */
export type TimerHandle = ReturnType<typeof setTimeout> | number;

/** How much too early a timer of Node.js may fire, because Node.js counts whole milliseconds and its clock may lag. */
const MAX_EARLY_MS = 2;

/** The clock of the system. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs > 0 ? Math.ceil(delayMs) + MAX_EARLY_MS : delayMs),
  clearTimeout: (timer) => clearTimeout(timer),
  random: () => Math.random(),
};

/**
 * Resolves to `true` when `work` has settled, or to `false` after `delayMs` or when `end` is aborted. Never rejects.
 * Removes its timer and its listener, so that a long-lived `end` keeps no reference.
 */
export async function settlesWithin(
  clock: Clock,
  work: Promise<unknown> | undefined,
  delayMs: number,
  end?: AbortSignal,
): Promise<boolean> {
  if (end?.aborted === true) return false;
  let timer: TimerHandle | undefined;
  let giveUp = (): void => undefined;
  const limit = new Promise<false>((resolve) => {
    giveUp = () => resolve(false);
    timer = clock.setTimeout(giveUp, delayMs);
    end?.addEventListener('abort', giveUp);
  });
  const settled = work?.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([settled ?? limit, limit]);
  } finally {
    if (timer !== undefined) clock.clearTimeout(timer);
    end?.removeEventListener('abort', giveUp);
  }
}
