import { type ClientRequest, type IncomingMessage, type RequestOptions, request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { systemClock } from '../async/clock.js';

/** If a timer fires more than this many milliseconds late, the process is assumed to have been suspended. */
const LATE_MS = 500;

/** Limits of a call. Times are in milliseconds from the start of the call. */
export interface CallLimits {
  deadlineMs: number;
  /** Time limit for opening the connection. */
  connectMs?: number | undefined;
  /** Aborts the call. */
  signal?: AbortSignal | undefined;
  /** Called when the headers of the answer have arrived. */
  onResponse?: (() => void) | undefined;
}

/** A running call. Aborts when it reaches a limit, and records whether any part of the request may have been sent. */
export class HttpCall {
  readonly #stops: (() => void)[] = [];
  readonly #ends: (() => void)[] = [];
  readonly #isPeerTls: boolean;
  readonly #onResponse: (() => void) | undefined;
  #signal: AbortSignal | undefined;
  #isEnded = false;
  #isSent = false;

  constructor(url: string, { deadlineMs, connectMs, signal, onResponse }: CallLimits) {
    this.#onResponse = onResponse;
    this.#isPeerTls = url.startsWith('https:');
    const end = (): void => this.#end();
    const endUnsent = (): void => {
      if (!this.#isSent) end();
    };
    this.#stops.push(patientTimeout(end, deadlineMs));
    if (connectMs !== undefined) this.#stops.push(patientTimeout(endUnsent, connectMs));
    signal?.addEventListener('abort', end);
    this.#stops.push(() => signal?.removeEventListener('abort', end));
    if (signal?.aborted === true) end();
  }

  /** Calls `end` when a limit is reached; at once if a limit was reached before. */
  onEnd(end: () => void): void {
    if (this.#isEnded) end();
    else this.#ends.push(end);
  }

  /** A signal that aborts when a limit is reached. */
  get signal(): AbortSignal {
    if (this.#signal !== undefined) return this.#signal;
    const controller = new AbortController();
    this.onEnd(() => controller.abort());
    return (this.#signal = controller.signal);
  }

  /** Whether the peer may have received a part of the request. */
  get isSent(): boolean {
    return this.#isSent;
  }

  /** Creates the request and watches its connection. Used by axios and by direct requests. */
  request(options: RequestOptions, onResponse: (response: IncomingMessage) => void): ClientRequest {
    const make = options.protocol === 'https:' ? requestTls : requestPlain;
    const request = make(options, (response) => {
      this.#onResponse?.();
      onResponse(response);
    });
    request.once('socket', (socket) => this.#watch(request, socket));
    return request;
  }

  /** Clears the limits. Must be called when the call is over. */
  stop(): void {
    for (const stop of this.#stops) stop();
  }

  #end(): void {
    this.#isEnded = true;
    for (const end of this.#ends.splice(0)) end();
  }

  #watch(request: ClientRequest, socket: Socket): void {
    const note = (): void => {
      this.#isSent = true;
    };
    if (request.reusedSocket) note();
    else if (socket instanceof TLSSocket) socket.once('secureConnect', note);
    else if (socket.connecting) socket.once('connect', note);
    // The socket is open and has no TLS. If the peer uses TLS, the socket belongs to a proxy that refused the tunnel:
    // nothing was sent to the peer.
    else if (!this.#isPeerTls) note();
  }
}

/**
 * Starts a timer. If it fires late because the process was suspended, waits a moment longer, so that an answer that is
 * already in the socket can be read.
 */
function patientTimeout(onTimeout: () => void, delayMs: number): () => void {
  const startedAt = performance.now();
  let timer = systemClock.setTimeout(
    () => {
      const isLate = performance.now() - startedAt > delayMs + LATE_MS;
      if (isLate) timer = systemClock.setTimeout(onTimeout, LATE_MS);
      else onTimeout();
    },
    Math.max(0, delayMs),
  );
  return () => systemClock.clearTimeout(timer);
}
