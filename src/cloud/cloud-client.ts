import type { Clock } from '../async/clock.js';
import type { Ending } from '../async/ending.js';
import { CozifyError } from '../errors.js';
import type { Http, HttpResponse } from '../http/http-client.js';
import { expectOk } from '../http/response.js';
import type { CloudState } from '../state/cloud-state.js';
import * as api from './cloud-api.js';
import { RetryAfter } from './retry-after.js';

/** The calls of the cloud, by the last part of their path. */
export type CallName = 'requestlogin' | 'emaillogin' | 'hubkeys' | 'refreshsession' | 'logout' | 'lan_ip' | 'remote';

/** How a call ended: with what it promises, with another answer (a rejected token, say), or with an error. */
export type CallOutcome = 'good' | 'other' | CozifyError;

/** Which cloud is asked, and who hears of each call. */
export interface CloudClientOptions {
  baseUrl: string;
  send: Http;
  clock: Clock;
  state: CloudState;
  /** Ends all calls but those that go on. */
  ending: Ending;
  /** Called after each call that was made. */
  onCall: (name: CallName, outcome: CallOutcome) => void;
}

/**
 * The calls of one account to its cloud. While the cloud has asked to wait, a call is not made: the error that asked
 * for it comes again, with the `retryAfter` that is left (docs/dev/rules.md, "Deadlines and waiting").
 */
export class CloudClient {
  readonly #options: CloudClientOptions;
  readonly #retryAfter: RetryAfter;

  constructor(options: CloudClientOptions) {
    this.#options = options;
    this.#retryAfter = new RetryAfter(options.state, options.clock);
  }

  /** As {@link api.requestLogin}. Goes on when the account closes, for the mail counts; but none is begun after that. */
  requestLogin(email: string): Promise<void> {
    const isLasting = !this.#options.ending.isOver;
    return this.#call('requestlogin', (cloud) => api.requestLogin(cloud, email), { isLasting });
  }

  /**
   * As {@link api.emailLogin}. `check` throws for an answer that is no whole token. Goes on when the account closes: the
   * code can't be used twice.
   */
  emailLogin(email: string, otp: string, check: (token: string) => void): Promise<string> {
    const make = async (cloud: api.Cloud): Promise<string> => {
      const token = await api.emailLogin(cloud, email, otp);
      check(token);
      return token;
    };
    return this.#call('emaillogin', make, { isLasting: true });
  }

  /** As {@link api.hubKeys}: `undefined` when the cloud rejects the token. */
  hubKeys(token: string): Promise<api.HubKeys | undefined> {
    return this.#call('hubkeys', (cloud) => api.hubKeys(cloud, token), { isGood: isThere });
  }

  /**
   * As {@link api.refreshSession}: `undefined` when the cloud rejects the token. `check` throws for an answer that may
   * not take its place. Goes on when the account closes: the old token may be worth nothing any more.
   */
  refreshSession(token: string, check: (successor: string) => void): Promise<string | undefined> {
    const make = async (cloud: api.Cloud): Promise<string | undefined> => {
      const successor = await api.refreshSession(cloud, token);
      if (successor !== undefined) check(successor);
      return successor;
    };
    return this.#call('refreshsession', make, { isLasting: true, isGood: isThere });
  }

  /** As {@link api.logOut}. */
  logOut(token: string): Promise<void> {
    return this.#call('logout', (cloud) => api.logOut(cloud, token));
  }

  /** As {@link api.lanIp}. */
  lanIp(): Promise<unknown[]> {
    return this.#call('lan_ip', api.lanIp);
  }

  /** As {@link api.remote}; 429 and 503 are thrown, every other response is for the caller to read. */
  remote(token: string, hubKey: string, request: api.RemoteRequest): Promise<HttpResponse> {
    const make = async (cloud: api.Cloud): Promise<HttpResponse> => {
      const response = await api.remote(cloud, token, hubKey, request);
      if (response.status === 429 || response.status === 503) expectOk(response, cloud);
      return response;
    };
    return this.#call('remote', make, { isGood: ({ status }) => status === 200 });
  }

  /** Milliseconds until a call may be made again; 0 when it may. */
  retryAfterMs(name: CallName): number {
    return this.#retryAfter.remainingMs(name);
  }

  /** Whether the cloud has asked to wait with a call, be that over, and has not answered to one since. */
  hasAskedToWait(name: CallName): boolean {
    return this.#retryAfter.has(name);
  }

  async #call<T>(
    name: CallName,
    make: (cloud: api.Cloud) => Promise<T>,
    { isLasting = false, isGood = () => true }: { isLasting?: boolean; isGood?: (result: T) => boolean } = {},
  ): Promise<T> {
    const { baseUrl, send, clock, ending, onCall } = this.#options;
    this.#retryAfter.check(name);
    const cloud: api.Cloud = { baseUrl, send, now: () => clock.now() };
    if (!isLasting) cloud.signal = ending.signal;
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
