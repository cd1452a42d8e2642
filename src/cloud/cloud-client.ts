import { type Cloud, RETRY_AFTER_CAP_S } from './cloud-api.js';
import type { Clock } from '../async/clock.js';
import type { Diagnostics } from '../account/diagnostics.js';
import { CozifyError } from '../errors.js';
import type { Http } from '../http/http-client.js';
import type { AccountState } from '../state/account-state.js';
import type { HoldRecord } from '../state/account-record.js';

export type CallName = 'requestlogin' | 'emaillogin' | 'hubkeys' | 'refreshsession' | 'logout' | 'lan_ip' | 'remote';

export interface CloudClientOptions {
  baseUrl: string;
  send: Http;
  clock: Clock;
  live: AccountState;
  diagnosis: Diagnostics;
  /** Called after each call that was made. */
  onReach: (isReachable: boolean) => void;
  /** Called after each good answer. */
  onGood: () => void;
}

/**
 * The way to the cloud: keeps the waiting times the cloud asks for, across restarts, and knows whether the last call
 * got through.
 */
export class CloudClient {
  readonly #options: CloudClientOptions;
  readonly #closing = new AbortController();
  /** When holds end by the clock that never jumps. */
  readonly #ends = new WeakMap<HoldRecord, number>();

  constructor(options: CloudClientOptions) {
    this.#options = options;
  }

  /**
   * Makes a call. While the cloud has asked to wait, it is not made: the error that asked for it comes again, with the
   * `retryAfter` that is left (docs/rules.md, 9). `isLasting` calls go on when the account closes.
   */
  async call<T>(name: CallName, make: (cloud: Cloud) => Promise<T>, isLasting = false): Promise<T> {
    const { baseUrl, send, clock, diagnosis, onReach, onGood } = this.#options;
    this.#checkHold(name);
    const cloud: Cloud = { baseUrl, send, now: () => clock.now() };
    if (!isLasting) cloud.signal = this.#closing.signal;
    try {
      const result = await make(cloud);
      diagnosis.note(name);
      onReach(true);
      await this.#release(name);
      if (result !== undefined) onGood();
      return result;
    } catch (error) {
      diagnosis.note(name, error);
      await this.#note(name, error);
      throw error;
    }
  }

  /** Milliseconds until a call may be made again; 0 when it may. */
  retryAfterMs(name: CallName): number {
    return this.#hold(name)?.remainingMs ?? 0;
  }

  /** Ends all calls that are not lasting. */
  close(): void {
    this.#closing.abort();
  }

  async #note(name: CallName, error: unknown): Promise<void> {
    if (!(error instanceof CozifyError) || error.code === 'COZIFY_CLOSED') return;
    this.#options.onReach(error.code !== 'COZIFY_UNREACHABLE');
    const { retryAfter, statusCode } = error;
    if (retryAfter === undefined || statusCode === undefined) return;
    const { live, clock } = this.#options;
    const hold: HoldRecord = { call: name, origin: live.origin, until: clock.now() + retryAfter * 1000, statusCode };
    this.#ends.set(hold, clock.monotonic() + retryAfter * 1000);
    await live.change((record) => ({ ...record, holds: [...this.#others(record.holds, name), hold] }));
  }

  /** The call went through: what the cloud asked before is over, however the clock may jump later. */
  async #release(name: CallName): Promise<void> {
    const { live } = this.#options;
    if (!live.record.holds.some(({ call, origin }) => call === name && origin === live.origin)) return;
    await live.change((record) => ({ ...record, holds: this.#others(record.holds, name) }));
  }

  #checkHold(name: CallName): void {
    const hold = this.#hold(name);
    if (hold === undefined) return;
    const retryAfter = Math.ceil(hold.remainingMs / 1000);
    const { statusCode } = hold;
    const code = statusCode === 429 ? 'COZIFY_RATE_LIMITED' : 'COZIFY_API';
    const message = `Cozify asked to wait (status ${statusCode}): ${retryAfter} seconds are left.`;
    throw new CozifyError(code, message, { statusCode, retryAfter });
  }

  #hold(name: CallName): { remainingMs: number; statusCode: number } | undefined {
    const { live, clock } = this.#options;
    const hold = live.record.holds.find(({ call, origin }) => call === name && origin === live.origin);
    if (hold === undefined) return undefined;
    const byWall = hold.until - clock.now();
    // One that is longer than any that is believed, when first seen, comes from a clock that was wrong.
    const isBelieved = byWall <= RETRY_AFTER_CAP_S * 1000;
    const end = this.#ends.get(hold) ?? (isBelieved ? clock.monotonic() + byWall : 0);
    this.#ends.set(hold, end);
    // A wall clock that is set back makes no hold longer, nor ends it.
    const remainingMs = Math.min(byWall, end - clock.monotonic());
    return remainingMs > 0 ? { remainingMs, statusCode: hold.statusCode } : undefined;
  }

  /** The other holds that still matter. */
  #others(holds: HoldRecord[], name: CallName): HoldRecord[] {
    const { live, clock } = this.#options;
    return holds.filter((hold) => hold.until > clock.now() && !(hold.call === name && hold.origin === live.origin));
  }
}
