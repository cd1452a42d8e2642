import type { Clock } from '../async/clock.js';
import { CozifyError } from '../errors.js';
import { RETRY_AFTER_CAP_S } from '../http/response.js';
import type { RetryAfterRecord } from '../state/account-record.js';
import type { CloudState } from '../state/cloud-state.js';

/** The `Retry-After` times of a cloud for each call, saved with the account's state so that they survive a restart. */
export class RetryAfter {
  readonly #state: CloudState;
  readonly #clock: Clock;
  /** The end of each wait, in milliseconds of the monotonic clock. */
  #ends: WeakMap<RetryAfterRecord, number> | undefined;

  constructor(state: CloudState, clock: Clock) {
    this.#state = state;
    this.#clock = clock;
  }

  /** Returns the milliseconds until a call may be sent again; 0 if it may be sent now. */
  remainingMs(call: string): number {
    return this.#find(call)?.remainingMs ?? 0;
  }

  /** If a call must not be sent yet, throws the error that came with the `Retry-After`, with the remaining time. */
  check(call: string): void {
    const wait = this.#find(call);
    if (wait === undefined) return;
    const { statusCode, remainingMs } = wait;
    const retryAfter = Math.ceil(remainingMs / 1000);
    const code = statusCode === 429 ? 'COZIFY_RATE_LIMITED' : 'COZIFY_API';
    const message = `Cozify asked to wait (status ${statusCode}): ${retryAfter} seconds are left.`;
    throw new CozifyError(code, message, { statusCode, retryAfter, isUnsent: true });
  }

  /** Records the `Retry-After` of an error, if the error has one. */
  async note(call: string, { retryAfter, statusCode }: CozifyError): Promise<void> {
    if (retryAfter === undefined || statusCode === undefined) return;
    const { origin } = this.#state;
    const wait: RetryAfterRecord = { call, origin, until: this.#clock.now() + retryAfter * 1000, statusCode };
    this.#noteEnd(wait, this.#clock.monotonic() + retryAfter * 1000);
    await this.#state.change((record) => ({ ...record, holds: [...this.#others(record.holds, call), wait] }));
  }

  /** Whether a `Retry-After` is recorded for a call, even if the waiting time is over. */
  has(call: string): boolean {
    return this.#state.record.holds.some((wait) => this.#isOf(wait, call));
  }

  /**
   * Removes the `Retry-After` of a call that has succeeded, so that a clock jump can't bring it back. Saves the removal
   * with the next change, because a token that has just arrived must not wait for this save.
   */
  clear(call: string): void {
    void this.#state.change((record) => ({ ...record, holds: this.#others(record.holds, call) }), { isLazy: true });
  }

  #find(call: string): { remainingMs: number; statusCode: number } | undefined {
    const wait = this.#state.record.holds.find((one) => this.#isOf(one, call));
    if (wait === undefined) return undefined;
    const byWall = wait.until - this.#clock.now();
    // A wait longer than the cap can't be right: the wall clock was wrong when the wait was stored, or is wrong now.
    const isBelieved = byWall <= RETRY_AFTER_CAP_S * 1000;
    const end = this.#ends?.get(wait) ?? (isBelieved ? this.#clock.monotonic() + byWall : 0);
    this.#noteEnd(wait, end);
    // The shorter of the two remaining times is used, so that setting the wall clock back does not prolong the wait.
    const remainingMs = Math.min(byWall, end - this.#clock.monotonic());
    return remainingMs > 0 ? { remainingMs, statusCode: wait.statusCode } : undefined;
  }

  /**
   * Records the end of a wait. The map is created with the first wait, because most clouds never send a `Retry-After`.
   */
  #noteEnd(wait: RetryAfterRecord, end: number): void {
    this.#ends ??= new WeakMap();
    this.#ends.set(wait, end);
  }

  /** Returns the waits that are not over yet, except the wait of `call`. */
  #others(waits: RetryAfterRecord[], call: string): RetryAfterRecord[] {
    return waits.filter((wait) => wait.until > this.#clock.now() && !this.#isOf(wait, call));
  }

  #isOf(wait: RetryAfterRecord, call: string): boolean {
    return wait.call === call && wait.origin === this.#state.origin;
  }
}
