// Client for the endpoints of one account, and `callEndpoint`, which the clients of all endpoints use.
import type { Snapshot } from '../../../src/account/snapshot.js';
import type { RecordingState } from '../../../src/devices/steps/home-recording.js';

/** The time limit of a call. It is longer than any call should take, because the endpoints have shorter deadlines. */
const TIMEOUT_MS = 60_000;

/** The reason why a call failed or its answer can't be used. */
export interface Failure {
  /** The HTTP status of the answer; 0 if Node-RED could not be reached. */
  status: number;
  /** The package's error code; absent if Node-RED or a proxy sent the error. */
  code?: string;
  /** Number of seconds to wait before the next attempt. */
  retryAfter?: number;
  /** The HTTP status that the Cozify cloud returned. */
  cloudStatus?: number;
}

/** The outcome of a call to an endpoint. */
export type Reply<T> = { isOk: true; answer: T } | { isOk: false; failure: Failure };

/** The account to log in to. If a property is absent, the server uses the value of the deployed account. */
export interface LoginTarget {
  email?: string;
  cloudUrl?: string;
}

/** Whether the cloud accepts the login; `null` if there is no login. */
export interface LoginVerdict {
  verdict: 'accepted' | 'rejected' | null;
}

interface CallOptions {
  signal?: AbortSignal | undefined;
  dataType?: 'json' | 'text';
  timeoutMs?: number;
}

/**
 * Client of one account's endpoints. The URLs are relative, so they also work under an admin root or behind a proxy.
 */
export class AccountApi {
  readonly #url: string;

  constructor(id: string) {
    this.#url = `cozify/accounts/${encodeURIComponent(id)}`;
  }

  /** Returns the state of the deployed login. With `cloudUrl`, returns the state of the pending login at that cloud. */
  snapshot(cloudUrl?: string): Promise<Reply<Snapshot>> {
    const query = cloudUrl === undefined ? '' : `?cloudUrl=${encodeURIComponent(cloudUrl)}`;
    return this.#call('GET', query, hasState<Snapshot>);
  }

  sendCode(target: LoginTarget): Promise<Reply<Snapshot>> {
    return this.#call('POST', '/otp', hasState<Snapshot>, target);
  }

  logIn(target: LoginTarget & { otp: string }): Promise<Reply<Snapshot>> {
    return this.#call('POST', '/authenticate', hasState<Snapshot>, target);
  }

  ping(): Promise<Reply<LoginVerdict>> {
    return this.#call('POST', '/ping', isLoginVerdict, {});
  }

  /** Deletes the login; with `logout`, ends the session at the cloud first. */
  reset(target: { logout?: boolean; cloudUrl?: string }): Promise<Reply<Snapshot>> {
    return this.#call('POST', '/reset', hasState<Snapshot>, target);
  }

  /** Returns the account's diagnostics. They contain no secret. */
  diagnostics(): Promise<Reply<object>> {
    return this.#call('GET', '/diagnostics', isObject);
  }

  recording(): Promise<Reply<RecordingState>> {
    return this.#call('GET', '/recording', hasState<RecordingState>);
  }

  /** Starts a recording. The answer arrives after the hub has sent the state of the home. */
  record(options: object): Promise<Reply<RecordingState>> {
    return this.#call('POST', '/recording', hasState<RecordingState>, options);
  }

  stopRecording(forget: boolean): Promise<Reply<RecordingState>> {
    return this.#call('POST', '/recording/stop', hasState<RecordingState>, { forget });
  }

  /** Returns the recording as text. */
  recordingFile(): Promise<Reply<string>> {
    return callEndpoint('GET', `${this.#url}/recording/file`, isText, undefined, { dataType: 'text' });
  }

  #call<T>(method: string, path: string, fits: (answer: unknown) => answer is T, body?: object): Promise<Reply<T>> {
    return callEndpoint(method, this.#url + path, fits, body);
  }
}

/**
 * Calls an endpoint of the package. An answer that fails the check `fits`, such as an HTML page from a proxy, counts as
 * a failure. `url` is relative, so that it also works under an admin root or behind a proxy. `signal` cancels the call;
 * `timeoutMs` is its time limit.
 */
export function callEndpoint<T>(
  method: string,
  url: string,
  fits: (answer: unknown) => answer is T,
  body?: object,
  { signal, dataType = 'json', timeoutMs = TIMEOUT_MS }: CallOptions = {},
): Promise<Reply<T>> {
  return new Promise((resolve) => {
    const call = $.ajax({
      url,
      method,
      contentType: 'application/json',
      dataType,
      timeout: timeoutMs,
      ...(body === undefined ? {} : { data: JSON.stringify(body) }),
    })
      .done((answer: unknown, _status, { status }) =>
        resolve(fits(answer) ? { isOk: true, answer } : { isOk: false, failure: { status } }),
      )
      .fail((xhr) => resolve({ isOk: false, failure: failureOf(xhr) }));
    const drop = (): void => void call.abort();
    signal?.addEventListener('abort', drop);
    void call.always(() => signal?.removeEventListener('abort', drop));
  });
}

/** Returns a type guard that checks whether an answer has an array in the property of this name. */
export function withList<T>(name: keyof T): (answer: unknown) => answer is T {
  return (answer): answer is T => Array.isArray((answer as Partial<T> | null)?.[name]);
}

function isObject(answer: unknown): answer is object {
  return typeof answer === 'object' && answer !== null;
}

function isText(answer: unknown): answer is string {
  return typeof answer === 'string';
}

function hasState<T extends { state: string }>(answer: unknown): answer is T {
  return isObject(answer) && typeof (answer as Partial<T>).state === 'string';
}

function isLoginVerdict(answer: unknown): answer is LoginVerdict {
  return isObject(answer) && 'verdict' in answer;
}

/** Returns the failure that the answer to an HTTP request describes. */
export function failureOf(xhr: Pick<JQuery.jqXHR, 'status' | 'responseJSON' | 'getResponseHeader'>): Failure {
  const { code, retryAfter } = (xhr.responseJSON ?? {}) as Record<string, unknown>;
  const cloudStatus = xhr.getResponseHeader('Cozify-Status');
  return {
    status: xhr.status,
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof retryAfter === 'number' ? { retryAfter } : {}),
    ...(cloudStatus === null ? {} : { cloudStatus: Number(cloudStatus) }),
  };
}
