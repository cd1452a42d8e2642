import type { Clock } from '../async/clock.js';
import { CozifyError } from '../errors.js';
import { RETRY_AFTER_CAP_S } from '../http/response.js';
import type { HoldRecord } from '../state/account-record.js';
import type { CloudState } from '../state/cloud-state.js';

/** The waiting times that a cloud has asked for, call by call, kept with the account's state so that a restart ends none. */
export class RetryAfter {
  readonly #state: CloudState;
  readonly #clock: Clock;
  /** When holds end by the clock that never jumps. */
  #ends: WeakMap<HoldRecord, number> | undefined;

  constructor(state: CloudState, clock: Clock) {
    this.#state = state;
    this.#clock = clock;
  }

  /** Milliseconds until a call may be made again; 0 when it may. */
  remainingMs(call: string): number {
    return this.#find(call)?.remainingMs ?? 0;
  }

  /** Throws the error that asked to wait, with the `retryAfter` that is left, while a call may not be made. */
  check(call: string): void {
    const hold = this.#find(call);
    if (hold === undefined) return;
    const { statusCode, remainingMs } = hold;
    const retryAfter = Math.ceil(remainingMs / 1000);
    const code = statusCode === 429 ? 'COZIFY_RATE_LIMITED' : 'COZIFY_API';
    const message = `Cozify asked to wait (status ${statusCode}): ${retryAfter} seconds are left.`;
    throw new CozifyError(code, message, { statusCode, retryAfter, isUnsent: true });
  }

  /** Takes note of a failure that asks to wait; others leave everything as it is. */
  async note(call: string, { retryAfter, statusCode }: CozifyError): Promise<void> {
    if (retryAfter === undefined || statusCode === undefined) return;
    const { origin } = this.#state;
    const hold: HoldRecord = { call, origin, until: this.#clock.now() + retryAfter * 1000, statusCode };
    this.#noteEnd(hold, this.#clock.monotonic() + retryAfter * 1000);
    await this.#state.change((record) => ({ ...record, holds: [...this.#others(record.holds, call), hold] }));
  }

  /** Whether the cloud has asked to wait with a call, also when that is over. */
  has(call: string): boolean {
    return this.#state.record.holds.some((hold) => this.#isOf(hold, call));
  }

  /**
   * The call went through: what the cloud asked before is over, however the clock may jump later. Kept with the next save:
   * a token that has just come is not to wait for it.
   */
  clear(call: string): void {
    void this.#state.change((record) => ({ ...record, holds: this.#others(record.holds, call) }), { isLazy: true });
  }

  #find(call: string): { remainingMs: number; statusCode: number } | undefined {
    const hold = this.#state.record.holds.find((one) => this.#isOf(one, call));
    if (hold === undefined) return undefined;
    const byWall = hold.until - this.#clock.now();
    // One that is longer than any that is believed, when first seen, comes from a clock that was wrong.
    const isBelieved = byWall <= RETRY_AFTER_CAP_S * 1000;
    const end = this.#ends?.get(hold) ?? (isBelieved ? this.#clock.monotonic() + byWall : 0);
    this.#noteEnd(hold, end);
    // A wall clock that is set back makes no hold longer, nor ends it.
    const remainingMs = Math.min(byWall, end - this.#clock.monotonic());
    return remainingMs > 0 ? { remainingMs, statusCode: hold.statusCode } : undefined;
  }

  /** What remembers them is made with the first: clouds seldom ask to wait. */
  #noteEnd(hold: HoldRecord, end: number): void {
    this.#ends ??= new WeakMap();
    this.#ends.set(hold, end);
  }

  /** The other holds that still matter. */
  #others(holds: HoldRecord[], call: string): HoldRecord[] {
    return holds.filter((hold) => hold.until > this.#clock.now() && !this.#isOf(hold, call));
  }

  #isOf(hold: HoldRecord, call: string): boolean {
    return hold.call === call && hold.origin === this.#state.origin;
  }
}
