import { type Clock, Elapsed } from '../async/clock.js';

/**
 * The last token renewal in this process. Survives a restart of the account. A monotonic clock measures the time since
 * the renewal, so setting the wall clock back neither makes a new token due (docs/dev/rules.md, "When a token is due")
 * nor ends a back-off.
 */
export class LastRenewal {
  /** Failed renewals in a row. */
  failures = 0;
  /** Number of consecutive renewals after which the token was still due. */
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

  /** Forgets the renewal. Must be called when a token is set by hand, because the age of such a token is unknown. */
  forget(): void {
    this.#last = undefined;
  }

  /** Returns the milliseconds since {@link note} was called for `token`; `undefined` for any other token. */
  sinceMs(token: string): number | undefined {
    return this.#last?.token === token ? this.#last.since.steadyMs : undefined;
  }
}
