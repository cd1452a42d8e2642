/** Time, handed in so that tests can make years pass in seconds. */
export interface Clock {
  /** Wall time, milliseconds since the epoch. It may jump. */
  now(): number;
  /** Milliseconds of a clock that never jumps. */
  monotonic(): number;
  /** Calls back once that much has passed by {@link Clock.monotonic}, never before. */
  setTimeout(callback: () => void, delayMs: number): Timer;
  clearTimeout(timer: Timer): void;
  /** A number from 0 up to 1, for jitter. */
  random(): number;
}

/** What a timer is told by: as the system gives it, or the number of a clock of tests. */
export type Timer = ReturnType<typeof setTimeout> | number;

/** So much too early Node.js may ring: it counts whole milliseconds, by a clock that lags by one more on some systems. */
const MOST_EARLY_MS = 2;

/** The time as the system has it. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs > 0 ? Math.ceil(delayMs) + MOST_EARLY_MS : delayMs),
  clearTimeout: (timer) => clearTimeout(timer),
  random: () => Math.random(),
};

/**
 * Resolves to `true` once `work` has settled, or to `false` after `delayMs` or at the `end`, whichever is first. Never
 * rejects. What lasts longer than this keeps nothing of it.
 */
export async function settlesWithin(
  clock: Clock,
  work: Promise<unknown> | undefined,
  delayMs: number,
  end?: AbortSignal,
): Promise<boolean> {
  if (end?.aborted === true) return false;
  let timer: Timer | undefined;
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
