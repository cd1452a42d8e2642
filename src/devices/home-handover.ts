import type { Clock } from '../async/clock.js';

/** A home that nobody takes up within this time is forgotten: too much may have happened since. */
const KEPT_MS = 60_000;

/**
 * What the homes of an account knew when a Deploy closed it, for its successor in the process, so that what changed
 * meanwhile goes out as a change. A restart of the process leaves nothing of it.
 */
export class HomeHandover<T> {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #left = new Map<string, { at: number; homes: ReadonlyMap<string, T> }>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Leaves the homes of an account, by the ids of their hubs. */
  leave(account: string, homes: ReadonlyMap<string, T>): void {
    this.forgetOld();
    this.#left.set(account, { at: this.#clock.monotonic(), homes });
  }

  /** The homes left by a predecessor of no more than 60 s ago, which are then nowhere else. */
  take(account: string): ReadonlyMap<string, T> | undefined {
    this.forgetOld();
    const left = this.#left.get(account);
    this.#left.delete(account);
    return left?.homes;
  }

  /** Lets go of what nobody has taken up in time. */
  forgetOld(): void {
    const now = this.#clock.monotonic();
    for (const [account, { at }] of this.#left) if (now - at > KEPT_MS) this.#left.delete(account);
  }
}
