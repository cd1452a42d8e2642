import type { Clock } from '../../async/clock.js';
import type { Home } from './home.js';

/** A home that nobody takes up within this time is forgotten: too much may have happened since. */
const KEPT_MS = 60_000;

/** What was known of a home, and since when (monotonic, ms) nobody has had it. */
export interface LeftHome {
  readonly home: Home;
  readonly since: number;
}

/**
 * What the homes of an account knew when a Deploy closed it, for its successor in the process, so that what changed
 * meanwhile goes out as a change. A restart of the process leaves nothing of it.
 */
export class HomeHandover {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #left = new Map<string, ReadonlyMap<string, LeftHome>>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Leaves the homes of an account, by the ids of their hubs. */
  leave(account: string, homes: ReadonlyMap<string, LeftHome>): void {
    this.#left.set(account, homes);
    this.forgetOld();
  }

  /** The homes left by predecessors of no more than 60 s ago, which are then nowhere else. */
  take(account: string): ReadonlyMap<string, LeftHome> {
    this.forgetOld();
    const left = this.#left.get(account);
    this.#left.delete(account);
    return left ?? new Map<string, LeftHome>();
  }

  /** Lets go of what nobody has taken up in time. */
  forgetOld(): void {
    const now = this.#clock.monotonic();
    for (const [account, homes] of this.#left) {
      const fresh = new Map([...homes].filter(([, { since }]) => now - since <= KEPT_MS));
      if (fresh.size === 0) this.#left.delete(account);
      else if (fresh.size < homes.size) this.#left.set(account, fresh);
    }
  }
}
