import type { Clock } from '../async/clock.js';
import { Elapsed } from '../async/elapsed.js';

/**
 * When this process got the token in force, by a clock that never jumps: also over a rest of the account a wall clock
 * that is set back makes no token due that was renewed just now (docs/dev/rules.md, "When a token is due"), and what was
 * in vain is not tried again sooner.
 */
export class LastRenewal {
  /** Renewals in a row that failed, and those that brought nothing new. */
  failures = 0;
  futile = 0;
  /** Until when (monotonic) the background leaves the next one alone. */
  retryAt = 0;
  readonly #clock: Clock;
  #last: { token: string; since: Elapsed } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(token: string): void {
    this.#last = { token, since: new Elapsed(this.#clock) };
  }

  /** A token was set by hand: when it was renewed last is unknown, also of one that we had before. */
  forget(): void {
    this.#last = undefined;
  }

  /** Milliseconds since this token came; `undefined` when that was in another process. */
  sinceMs(token: string): number | undefined {
    return this.#last?.token === token ? this.#last.since.steadyMs : undefined;
  }
}
