import type { Clock } from '../async/clock.js';
import { CozifyError } from '../errors.js';
import type { Http, HttpResponse } from '../http/http-client.js';
import { expectOk } from '../http/response.js';
import type { CloudState } from '../state/cloud-state.js';
import * as api from './cloud-api.js';
import { RetryAfter } from './retry-after.js';

/** Names of the cloud's calls: the last part of their path. */
export type CallName = 'requestlogin' | 'emaillogin' | 'hubkeys' | 'refreshsession' | 'logout' | 'lan_ip' | 'remote';

/**
 * The outcome of a call: the expected answer (`good`), another answer such as a rejected token (`other`), or an error.
 */
export type CallOutcome = 'good' | 'other' | CozifyError;

/** Options of a {@link CloudClient}. */
export interface CloudClientOptions {
  baseUrl: string;
  send: Http;
  clock: Clock;
  state: CloudState;
  /**
   * Aborts calls when the account closes, except calls that have to finish, such as the exchange of a login code for a
   * token.
   */
  shutdown: AbortSignal;
  /** Receives the outcome of each call that was sent. */
  onCall: (name: CallName, outcome: CallOutcome) => void;
}

/**
 * The calls of one account to its cloud. After a `Retry-After` a call is not sent until the time has passed: it fails
 * with the same error and the remaining `retryAfter` (docs/dev/rules.md, "Deadlines and waiting").
 */
export class CloudClient {
  readonly #options: CloudClientOptions;
  readonly #retryAfter: RetryAfter;

  constructor(options: CloudClientOptions) {
    this.#options = options;
    this.#retryAfter = new RetryAfter(options.state, options.clock);
  }

  /**
   * Calls {@link api.requestLogin}. If the account closes during the call, the call still finishes, because a code that
   * is sent has to count towards the limit of login codes. A call that begins after the close is aborted.
   */
  requestLogin(email: string): Promise<void> {
    const isLasting = !this.#options.shutdown.aborted;
    return this.#call('requestlogin', (cloud) => api.requestLogin(cloud, email), { isLasting });
  }

  /**
   * Calls {@link api.emailLogin}. `check` throws if the token is incomplete. The call finishes even if the account
   * closes, because a login code can't be used twice.
   */
  emailLogin(email: string, otp: string, check: (token: string) => void): Promise<string> {
    const make = async (cloud: api.Cloud): Promise<string> => {
      const token = await api.emailLogin(cloud, email, otp);
      check(token);
      return token;
    };
    return this.#call('emaillogin', make, { isLasting: true });
  }

  /** Calls {@link api.hubKeys}. Returns `undefined` if the cloud rejects the token. */
  hubKeys(token: string): Promise<api.HubKeys | undefined> {
    return this.#call('hubkeys', (cloud) => api.hubKeys(cloud, token), { isGood: isThere });
  }

  /**
   * Calls {@link api.refreshSession}. Returns `undefined` if the cloud rejects the token. `check` throws if the new
   * token must not replace the old one. The call finishes even if the account closes, because the cloud may have
   * invalidated the old token.
   */
  refreshSession(token: string, check: (successor: string) => void): Promise<string | undefined> {
    const make = async (cloud: api.Cloud): Promise<string | undefined> => {
      const successor = await api.refreshSession(cloud, token);
      if (successor !== undefined) check(successor);
      return successor;
    };
    return this.#call('refreshsession', make, { isLasting: true, isGood: isThere });
  }

  /** Calls {@link api.logOut}. */
  logOut(token: string): Promise<void> {
    return this.#call('logout', (cloud) => api.logOut(cloud, token));
  }

  /** Calls {@link api.lanIp}. */
  lanIp(): Promise<unknown[]> {
    return this.#call('lan_ip', api.lanIp);
  }

  /**
   * Calls {@link api.remote}. Throws for 429 and 503, because these statuses come from the cloud and not from the hub;
   * returns any other response.
   */
  remote(token: string, hubKey: string, request: api.RemoteRequest): Promise<HttpResponse> {
    const make = async (cloud: api.Cloud): Promise<HttpResponse> => {
      const response = await api.remote(cloud, token, hubKey, request);
      if (response.status === 429 || response.status === 503) expectOk(response, cloud);
      return response;
    };
    return this.#call('remote', make, { isGood: ({ status }) => status === 200 });
  }

  /** Returns the milliseconds until a call may be sent again; 0 if it may be sent now. */
  retryAfterMs(name: CallName): number {
    return this.#retryAfter.remainingMs(name);
  }

  /**
   * Whether the cloud has sent a `Retry-After` for a call and the call has not succeeded since. Stays `true` after the
   * wait is over.
   */
  hasAskedToWait(name: CallName): boolean {
    return this.#retryAfter.has(name);
  }

  async #call<T>(
    name: CallName,
    make: (cloud: api.Cloud) => Promise<T>,
    { isLasting = false, isGood = () => true }: { isLasting?: boolean; isGood?: (result: T) => boolean } = {},
  ): Promise<T> {
    const { baseUrl, send, clock, shutdown, onCall } = this.#options;
    this.#retryAfter.check(name);
    const cloud: api.Cloud = { baseUrl, send, now: () => clock.now() };
    if (!isLasting) cloud.signal = shutdown;
    try {
      const result = await make(cloud);
      if (this.#retryAfter.has(name)) this.#retryAfter.clear(name);
      onCall(name, isGood(result) ? 'good' : 'other');
      return result;
    } catch (error) {
      if (error instanceof CozifyError) {
        onCall(name, error);
        await this.#retryAfter.note(name, error);
      }
      throw error;
    }
  }
}

function isThere(result: unknown): boolean {
  return result !== undefined;
}
