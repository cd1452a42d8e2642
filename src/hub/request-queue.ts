import type { Clock } from '../async/clock.js';
import { CozifyError } from '../errors.js';

/** More than this don't wait for one hub. */
export const MOST_WAITING = 1000;

/** How long to wait for a turn. */
export interface TurnLimits {
  /** How long to wait for the turn at most, in milliseconds. */
  waitMs?: number | undefined;
  /** Ends the waiting with its reason. */
  signal?: AbortSignal | undefined;
}

/** What changes something at a hub, one after another in the order in which it was given. */
export class RequestQueue {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  #isBusy = false;
  #askedFor = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many turns were asked for so far. */
  get turnsAskedFor(): number {
    return this.#askedFor;
  }

  /**
   * Does `work` when all that was given before has ended, well or not. Throws `COZIFY_BUSY`, with nothing done, when too
   * many wait already or the turn does not come in time.
   */
  async run<T>(work: () => Promise<T>, limits: TurnLimits = {}): Promise<T> {
    limits.signal?.throwIfAborted();
    this.#askedFor += 1;
    if (this.#isBusy) await this.#turn(limits);
    this.#isBusy = true;
    try {
      return await work();
    } finally {
      // Stays busy while it hands over, so that nobody cuts in.
      const [next] = this.#waiting;
      if (next === undefined) this.#isBusy = false;
      else next();
    }
  }

  #turn({ waitMs, signal }: TurnLimits): Promise<void> {
    if (this.#waiting.size >= MOST_WAITING) {
      throw new CozifyError(
        'COZIFY_BUSY',
        `${MOST_WAITING} changes are already waiting for the hub: send fewer messages.`,
      );
    }
    const clock = this.#clock;
    return new Promise((resolve, reject) => {
      const timer = waitMs === undefined ? undefined : clock.setTimeout(giveUp, waitMs);
      const waiting = this.#waiting.add(start);
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
