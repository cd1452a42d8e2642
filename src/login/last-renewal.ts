import { type Clock, Elapsed } from '../async/clock.js';

/**
 * The last renewal in this process, on a clock that never jumps. Outlives a restart of the account, so that a wall
 * clock that is set back neither makes a new token due (docs/dev/rules.md, "When a token is due") nor ends a back-off.
 */
export class LastRenewal {
  /** Failed renewals in a row. */
  failures = 0;
  /** Renewals in a row that returned the same token, or a token that was due at once. */
  futile = 0;
  /** Earliest time of the next renewal in the background (monotonic, ms). */
  retryAt = 0;
  readonly #clock: Clock;
  #last: { token: string; since: Elapsed } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(token: string): void {
    this.#last = { token, since: new Elapsed(this.#clock) };
  }

  /** Forgets the renewal. Must be called when a token is set by hand, because its age is unknown. */
  forget(): void {
    this.#last = undefined;
  }

  /** Returns the milliseconds since the token was received; `undefined` if another process received it. */
  sinceMs(token: string): number | undefined {
    return this.#last?.token === token ? this.#last.since.steadyMs : undefined;
  }
}
