import { type BackoffRange, backoffMs } from '../async/backoff.js';
import type { Clock } from '../async/clock.js';
import { SingleFlight } from '../async/in-flight.js';
import { CozifyError } from '../errors.js';
import type { CloudState } from '../state/cloud-state.js';
import type { KnownHub } from './known-hub.js';

/** Shortest time between two requests for hub keys. */
const MIN_GAP_MS = 60_000;

/** Back-off of key requests for polls, while the cloud returns the refused key again: from a minute to an hour. */
const POLL_BACKOFF: BackoffRange = { firstMs: MIN_GAP_MS, longestMs: 3_600_000 };

/** The dependencies of {@link KeyRenewal}. */
export interface KeyRenewalOptions {
  clock: Clock;
  state: CloudState;
  /**
   * Called when a hub refuses its key: requests the keys of all hubs from the cloud and saves them. Resolves to `false`
   * if the login is rejected.
   */
  requestKeys: () => Promise<boolean>;
}

/** Options of {@link KeyRenewal.replace}. */
export interface RefusedKey {
  /** The hub's error for the refused key. */
  refusal?: CozifyError;
  /** Whether a poll needs the key. Requests for polls have a back-off, because polls repeat automatically. */
  isForPoll?: boolean;
}

/** A request to the cloud for hub keys. Times are monotonic, in milliseconds. */
interface KeyRequest {
  readonly at: number;
  readonly isAccepted: Promise<boolean>;
}

/** A failed renewal: the last request returned no key that differs from the refused or missing `key`. */
interface FailedRenewal {
  readonly key: string | null;
  /** How many requests for polls have failed in a row. */
  readonly failures: number;
  /** The last request for keys that was made for this hub. */
  readonly lastRequest: KeyRequest | undefined;
  /** How long polls reuse the result of the last request instead of sending another, in milliseconds. */
  readonly reuseMs: number;
}

/**
 * Requests new keys from the cloud when a hub refuses its key: at most once a minute for each hub. One request in
 * flight serves all hubs.
 */
export class KeyRenewal {
  readonly #options: KeyRenewalOptions;
  readonly #requests = new SingleFlight<boolean>();
  /** The last request of each hub, by hub id. */
  readonly #lastRequests = new Map<string, KeyRequest>();
  /** The last failed renewal of each hub, by hub id. */
  readonly #failedRenewals = new Map<string, FailedRenewal>();

  constructor(options: KeyRenewalOptions) {
    this.#options = options;
  }

  /**
   * Returns a key that replaces `refused` or a missing key. Throws `COZIFY_OTP_REQUIRED` if a login is needed,
   * `refusal` if the cloud returns the same key again, and the errors of {@link KeyRenewalOptions.requestKeys}.
   */
  async replace(
    hub: KnownHub,
    refused: string | null,
    { refusal, isForPoll = false }: RefusedKey = {},
  ): Promise<string> {
    const known = hub.record.key;
    if (known === null || known === refused) await this.#renew(hub, refused, isForPoll);
    const { key } = hub.record;
    if (key === null || key === refused) {
      this.#noteFailure(hub, refused, isForPoll);
      throw refusal ?? hub.refusal();
    }
    this.#failedRenewals.delete(hub.id);
    return key;
  }

  async #renew(hub: KnownHub, refused: string | null, isForPoll: boolean): Promise<void> {
    if (this.#options.state.cloud.login !== null) {
      if (await this.#ask(hub, isForPoll ? this.#reuseMs(hub, refused) : MIN_GAP_MS)) return;
      this.#noteFailure(hub, refused, isForPoll);
    }
    const problem = refused === null ? 'has no key' : 'refuses its key';
    throw new CozifyError('COZIFY_OTP_REQUIRED', `The hub ${hub.record.name} ${problem}: log in with a one-time code.`);
  }

  /** Requests the keys, or returns the result of the hub's last request if that is younger than `minGapMs`. */
  #ask({ id }: KnownHub, minGapMs: number): Promise<boolean> {
    const { clock, requestKeys } = this.#options;
    const at = clock.monotonic();
    const lastRequest = this.#lastRequests.get(id);
    if (lastRequest !== undefined && at - lastRequest.at < minGapMs) return lastRequest.isAccepted;
    const isAccepted = this.#requests.run('keys', requestKeys);
    this.#lastRequests.set(id, { at, isAccepted });
    return isAccepted;
  }

  #reuseMs({ id }: KnownHub, refused: string | null): number {
    const failed = this.#failedRenewals.get(id);
    return failed?.key === refused ? failed.reuseMs : MIN_GAP_MS;
  }

  /**
   * Records that the last request returned no new key for a hub. Counts once for all callers that waited for the
   * request.
   */
  #noteFailure({ id }: KnownHub, refused: string | null, isForPoll: boolean): void {
    const before = this.#failedRenewals.get(id);
    const failed = before?.key === refused ? before : undefined;
    const lastRequest = this.#lastRequests.get(id);
    if (failed !== undefined && failed.lastRequest === lastRequest) return;
    // Only requests for polls make the back-off longer.
    const failures = Math.max(1, (failed?.failures ?? 0) + Number(isForPoll));
    const reuseMs = Math.max(MIN_GAP_MS, backoffMs(this.#options.clock, failures, POLL_BACKOFF));
    this.#failedRenewals.set(id, { key: refused, failures, lastRequest, reuseMs });
  }
}
