import type { Clock } from '../async/clock.js';
import { CozifyError } from '../errors.js';

/** The maximum number of jobs that wait for one hub. */
export const MAX_WAITING = 1000;

/** Limits of the wait in the queue. */
export interface QueueLimits {
  /** Longest wait in milliseconds. */
  waitMs?: number | undefined;
  /** If aborted, ends the wait with the reason of the signal. */
  signal?: AbortSignal | undefined;
}

/** Queue of the changes to one hub. The changes run one at a time, first in, first out. */
export class RequestQueue {
  readonly #clock: Clock;
  readonly #waiters = new Set<() => void>();
  #isBusy = false;
  #added = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Number of jobs that were ever added. */
  get jobsAdded(): number {
    return this.#added;
  }

  /**
   * Runs `work` after all earlier jobs have settled. Throws `COZIFY_BUSY` without calling `work` if the queue is full
   * or the wait takes longer than `waitMs`.
   */
  async run<T>(work: () => Promise<T>, limits: QueueLimits = {}): Promise<T> {
    limits.signal?.throwIfAborted();
    this.#added += 1;
    if (this.#isBusy) await this.#waitInQueue(limits);
    this.#isBusy = true;
    try {
      return await work();
    } finally {
      // Stays busy until the next job starts, otherwise a new job could overtake it.
      const [next] = this.#waiters;
      if (next === undefined) this.#isBusy = false;
      else next();
    }
  }

  #waitInQueue({ waitMs, signal }: QueueLimits): Promise<void> {
    if (this.#waiters.size >= MAX_WAITING) {
      throw new CozifyError(
        'COZIFY_BUSY',
        `${MAX_WAITING} changes are already waiting for the hub: send fewer messages.`,
      );
    }
    const clock = this.#clock;
    return new Promise((resolve, reject) => {
      const timer = waitMs === undefined ? undefined : clock.setTimeout(giveUp, waitMs);
      const waiting = this.#waiters.add(start);
      signal?.addEventListener('abort', end);
      function leave(): void {
        waiting.delete(start);
        if (timer !== undefined) clock.clearTimeout(timer);
        signal?.removeEventListener('abort', end);
      }
      function start(): void {
        leave();
        resolve();
      }
      function end(): void {
        leave();
        reject(signal?.reason as Error);
      }
      function giveUp(): void {
        leave();
        const seconds = (waitMs ?? 0) / 1000;
        reject(new CozifyError('COZIFY_BUSY', `Other changes of the hub took more than ${seconds} seconds.`));
      }
    });
  }
}
