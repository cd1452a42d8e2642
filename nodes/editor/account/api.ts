import type { Snapshot } from '../../../src/account/snapshot.js';
import type { RecordingState } from '../../../src/devices/steps/home-recording.js';

/** Longer than the slowest call takes: the endpoints have deadlines of their own. */
const PATIENCE_MS = 60_000;

/** A call that brought no answer, or not the one that was asked for. */
export interface Failure {
  /** 0 when Node-RED could not be reached. */
  status: number;
  /** The package's own code; absent in what Node-RED itself, or a proxy in front of it, has answered. */
  code?: string;
  /** Seconds until it makes sense to try again. */
  retryAfter?: number;
  /** The status with which the Cozify cloud answered. */
  cloudStatus?: number;
}

/** What came of asking an endpoint. */
export type Reply<T> = { isOk: true; answer: T } | { isOk: false; failure: Failure };

/** Whom a login is for. What is absent is taken from the deployed account. */
export interface Target {
  email?: string;
  cloudUrl?: string;
}

/** What the cloud said of the login; `null`: there is none to ask about. */
export interface Answer {
  verdict: 'accepted' | 'rejected' | null;
}

interface CallOptions {
  signal?: AbortSignal | undefined;
  dataType?: 'json' | 'text';
  patienceMs?: number;
}

/** The endpoints of one account. Their addresses are relative, so that the admin root and a proxy's path are right. */
export class AccountApi {
  readonly #url: string;

  constructor(id: string) {
    this.#url = `cozify/accounts/${encodeURIComponent(id)}`;
  }

  /** How the login stands: the deployed one, or the one that waits at another cloud. */
  snapshot(cloudUrl?: string): Promise<Reply<Snapshot>> {
    const query = cloudUrl === undefined ? '' : `?cloudUrl=${encodeURIComponent(cloudUrl)}`;
    return this.#call('GET', query, isSnapshot);
  }

  sendCode(target: Target): Promise<Reply<Snapshot>> {
    return this.#call('POST', '/otp', isSnapshot, target);
  }

  logIn(target: Target & { otp: string }): Promise<Reply<Snapshot>> {
    return this.#call('POST', '/authenticate', isSnapshot, target);
  }

  /** Asks the cloud now whether it takes the login. */
  ping(): Promise<Reply<Answer>> {
    return this.#call('POST', '/ping', isAnswer, {});
  }

  /** Forgets the login; with `logout` it is ended at the cloud first. */
  reset(target: { logout?: boolean; cloudUrl?: string }): Promise<Reply<Snapshot>> {
    return this.#call('POST', '/reset', isSnapshot, target);
  }

  /** What helps to find out why something does not work. Holds no secret. */
  diagnostics(): Promise<Reply<object>> {
    return this.#call('GET', '/diagnostics', isObject);
  }

  /** How the recording of the home stands. */
  recording(): Promise<Reply<RecordingState>> {
    return this.#call('GET', '/recording', isRecordingState);
  }

  /** Begins one, once the hub has told how the home is. */
  record(wishes: object): Promise<Reply<RecordingState>> {
    return this.#call('POST', '/recording', isRecordingState, wishes);
  }

  stopRecording(forget: boolean): Promise<Reply<RecordingState>> {
    return this.#call('POST', '/recording/stop', isRecordingState, { forget });
  }

  /** The text of its file. */
  recordingFile(): Promise<Reply<string>> {
    return callEndpoint('GET', `${this.#url}/recording/file`, isText, undefined, { dataType: 'text' });
  }

  #call<T>(method: string, path: string, fits: (answer: unknown) => answer is T, body?: object): Promise<Reply<T>> {
    return callEndpoint(method, this.#url + path, fits, body);
  }
}

/**
 * Calls an endpoint of ours. An answer that does not fit is a failure, as one from a proxy is. The address is relative,
 * so that the admin root and a proxy's path are right. `signal` drops the question; `patienceMs`: so long it may take.
 */
export function callEndpoint<T>(
  method: string,
  url: string,
  fits: (answer: unknown) => answer is T,
  body?: object,
  { signal, dataType = 'json', patienceMs = PATIENCE_MS }: CallOptions = {},
): Promise<Reply<T>> {
  return new Promise((resolve) => {
    const call = $.ajax({
      url,
      method,
      contentType: 'application/json',
      dataType,
      timeout: patienceMs,
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

function isObject(answer: unknown): answer is object {
  return typeof answer === 'object' && answer !== null;
}

function isText(answer: unknown): answer is string {
  return typeof answer === 'string';
}

function isRecordingState(answer: unknown): answer is RecordingState {
  return isObject(answer) && typeof (answer as Partial<RecordingState>).state === 'string';
}

function isSnapshot(answer: unknown): answer is Snapshot {
  return isObject(answer) && typeof (answer as Partial<Snapshot>).state === 'string';
}

function isAnswer(answer: unknown): answer is Answer {
  return isObject(answer) && 'verdict' in answer;
}

/** What can be told from an answer that was a failure. */
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
