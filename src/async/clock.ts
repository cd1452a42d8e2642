/** A clock that can be replaced, so that tests can simulate years in seconds. */
export interface Clock {
  /** Returns the wall-clock time, in milliseconds since the epoch. The wall clock may jump. */
  now(): number;
  /** Returns the time of a monotonic clock, which never jumps, in milliseconds from an arbitrary start. */
  monotonic(): number;
  /** Calls `callback` when at least `delayMs` milliseconds have passed on the {@link Clock.monotonic} clock. */
  setTimeout(callback: () => void, delayMs: number): TimerHandle;
  clearTimeout(timer: TimerHandle): void;
  /** Returns a random number from 0 (inclusive) to 1 (exclusive), for jitter. */
  random(): number;
}

/** The handle of a timer: an object in Node.js, or a number in a test clock. */
export type TimerHandle = ReturnType<typeof setTimeout> | number;

/**
 * A timer of Node.js may fire up to this many milliseconds too early, because Node.js counts whole milliseconds and its
 * clock may lag.
 */
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
 * When it resolves, it has removed its timer and its listener on `end`, because `end` may outlive many calls.
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

/** The time limit of a step, measured with the monotonic clock. */
export class Deadline {
  readonly limitMs: number;
  readonly #clock: Clock;
  readonly #startedAt: number;

  constructor(clock: Clock, limitMs: number) {
    this.limitMs = limitMs;
    this.#clock = clock;
    this.#startedAt = clock.monotonic();
  }

  /** Milliseconds until the deadline; 0 after it. */
  get remainingMs(): number {
    return Math.max(0, this.#startedAt + this.limitMs - this.#clock.monotonic());
  }

  /**
   * Resolves to the result of `work`, or rejects at the deadline with the error that `late` returns. The deadline does
   * not stop the work.
   */
  async limit<T>(work: Promise<T>, late: () => Error): Promise<T> {
    if (await settlesWithin(this.#clock, work, this.remainingMs)) return work;
    throw late();
  }
}

/** The wall clock and the monotonic clock. */
type WallAndMonotonic = Pick<Clock, 'now' | 'monotonic'>;

/**
 * The time since an event, safe against jumps of the wall clock. The wall clock gives the age at construction, and the
 * monotonic clock counts from then on. An event in the future counts as now.
 */
export class Elapsed {
  /** The wall-clock time of the event, in milliseconds since the epoch. */
  readonly at: number;
  readonly #clock: WallAndMonotonic;
  /** The monotonic time of the event. */
  readonly #monotonicAt: number;

  /** `at`: the wall-clock time of the event, in milliseconds since the epoch. Defaults to now. */
  constructor(clock: WallAndMonotonic, at: number = clock.now()) {
    this.at = at;
    this.#clock = clock;
    this.#monotonicAt = clock.monotonic() - Math.max(0, clock.now() - at);
  }

  /** Milliseconds since the event by the monotonic clock. May not include the time during which the machine slept. */
  get steadyMs(): number {
    return this.#clock.monotonic() - this.#monotonicAt;
  }

  /**
   * Milliseconds since the event: the longer of the times that the two clocks show. Setting the wall clock back does
   * not lower the age. Setting it forward, or a sleep of the machine, raises the age.
   */
  get ms(): number {
    return Math.max(this.steadyMs, this.#clock.now() - this.at);
  }
}
