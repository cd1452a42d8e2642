import { CozifyError } from '../../../src/errors.js';
import type { Http, HttpResponse, HttpRequest } from '../../../src/http/http-client.js';
import type { FakeClock } from './fake-clock.js';
import { makeToken } from './tokens.js';

/**
 * The outcome of a call. An object is a response that comes at once or after `delayMs`; its body takes `bodyMs` longer.
 * `hang`: no response before the deadline. `unreachable`: the connection ends without a response. `refused`: the
 * connection is refused. `nobody`: no connection before the timeout.
 */
export type Reply =
  | { status?: number; headers?: Record<string, string>; body?: string; delayMs?: number; bodyMs?: number }
  | 'hang'
  | 'unreachable'
  | 'refused'
  | 'nobody';

export type FakeCall =
  | 'requestlogin'
  | 'emaillogin'
  | 'hubkeys'
  | 'refreshsession'
  | 'logout'
  | 'lan_ip'
  | 'remote'
  | 'lan';

export interface FakeRequest {
  call: FakeCall;
  /** Monotonic time of the request. */
  at: number;
  request: HttpRequest;
}

/**
 * A cloud in memory, without network connections, for tests that simulate years. All calls succeed until a test sets
 * another reply.
 */
export class FakeCloud {
  readonly requests: FakeRequest[] = [];
  readonly #clock: FakeClock;
  readonly #replies = new Map<FakeCall, (request: HttpRequest) => Reply | Promise<Reply>>();

  constructor(clock: FakeClock) {
    this.#clock = clock;
    const nothing = (): Reply => ({ body: 'null' });
    const token = (): Reply => ({ body: makeToken(clock.outside()) });
    this.reply('requestlogin', nothing);
    this.reply('logout', nothing);
    this.reply('emaillogin', token);
    this.reply('refreshsession', token);
    this.reply('hubkeys', () => ({ body: '{}' }));
    this.reply('lan_ip', () => ({ body: '[]' }));
    this.reply('remote', () => ({ status: 400 }));
    this.reply('lan', () => 'unreachable');
  }

  /** Sets the reply to all requests of one kind, such as `hubkeys`. */
  reply(call: FakeCall, reply: Reply | ((request: HttpRequest) => Reply | Promise<Reply>)): void {
    this.#replies.set(call, typeof reply === 'function' ? reply : () => reply);
  }

  /** The requests of one kind, in order. */
  of(call: FakeCall): FakeRequest[] {
    return this.requests.filter((request) => request.call === call);
  }

  /** Milliseconds between successive requests of one kind. */
  gaps(call: FakeCall): number[] {
    const times = this.of(call).map(({ at }) => at);
    return times.slice(1).map((at, index) => at - (times[index] ?? 0));
  }

  readonly http: { send: Http; close: () => void } = { send: (request) => this.#send(request), close: () => undefined };

  async #send(request: HttpRequest): Promise<HttpResponse> {
    const call = callOf(request);
    if (request.signal?.aborted === true) throw closed();
    this.requests.push({ call, at: this.#clock.monotonic(), request });
    const answer = this.#replies.get(call)?.(request);
    const reply = (await (answer instanceof Promise ? endedBy(answer, request.signal) : answer)) ?? 'unreachable';
    if (reply === 'unreachable') throw unreachable(request);
    if (reply === 'refused') throw unreachable(request, true);
    if (reply === 'nobody') {
      const { connectMs = Infinity, deadlineMs } = request;
      await this.#pause(Infinity, { ...request, deadlineMs: Math.min(connectMs, deadlineMs) }, true);
    }
    const delayMs = typeof reply === 'string' ? Infinity : (reply.delayMs ?? 0);
    if (delayMs > 0) await this.#pause(delayMs, request);
    request.onResponse?.();
    if (typeof reply === 'string') throw new Error('A deadline should have come first.');
    if (reply.bodyMs !== undefined) await this.#pause(reply.bodyMs, request);
    return { status: reply.status ?? 200, headers: reply.headers ?? {}, body: reply.body ?? '' };
  }

  #pause(delayMs: number, request: HttpRequest, isUnsent = false): Promise<void> {
    const { deadlineMs, signal } = request;
    return new Promise((resolve, reject) => {
      const late = (): void => reject(unreachable(request, isUnsent));
      const timer = this.#clock.setTimeout(delayMs < deadlineMs ? resolve : late, Math.min(delayMs, deadlineMs));
      signal?.addEventListener('abort', () => {
        this.#clock.clearTimeout(timer);
        reject(closed());
      });
    });
  }
}

/** Resolves with the answer, or rejects as soon as the signal is aborted. */
function endedBy<T>(answer: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    signal?.addEventListener('abort', () => reject(closed()));
    answer.then(resolve, reject);
  });
}

function unreachable({ peer }: HttpRequest, isUnsent = false): CozifyError {
  return new CozifyError('COZIFY_UNREACHABLE', `${peer} can't be reached.`, { isUnsent });
}

function closed(): CozifyError {
  return new CozifyError('COZIFY_CLOSED', 'The account was closed while the call ran.');
}

function callOf({ url, isLan }: HttpRequest): FakeCall {
  if (isLan) return 'lan';
  const path = new URL(url).pathname;
  return path.includes('/hub/remote/') ? 'remote' : (path.split('/').at(-1) as FakeCall);
}
