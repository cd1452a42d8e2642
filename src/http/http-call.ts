import { type ClientRequest, type IncomingMessage, type RequestOptions, request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { systemClock } from '../async/clock.js';

/** How late a limit may ring before the process is taken to have been asleep. */
const LATE_MS = 500;

/** What ends a call before it has its answer. Times are milliseconds from now. */
export interface CallLimits {
  deadlineMs: number;
  /** Until there is a connection to send the request on. */
  connectMs?: number | undefined;
  /** Ends it at any time. */
  signal?: AbortSignal | undefined;
}

/** One call on its way: aborted at the limit that comes first, and asked whether anything of it was sent. */
export class HttpCall {
  readonly #stops: (() => void)[] = [];
  readonly #ends: (() => void)[] = [];
  readonly #isPeerTls: boolean;
  #signal: AbortSignal | undefined;
  #isEnded = false;
  #isSent = false;

  constructor(url: string, { deadlineMs, connectMs, signal }: CallLimits) {
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

  /** Calls `end` when the call has to end; at once where it had to already. */
  onEnd(end: () => void): void {
    if (this.#isEnded) end();
    else this.#ends.push(end);
  }

  /** Aborted when the call has to end. */
  get signal(): AbortSignal {
    if (this.#signal !== undefined) return this.#signal;
    const ending = new AbortController();
    this.onEnd(() => ending.abort());
    return (this.#signal = ending.signal);
  }

  /** Whether the one who was asked may have got something of the request. */
  get isSent(): boolean {
    return this.#isSent;
  }

  /** Makes the request, and watches its connection. Both ways of sending go through it. */
  request(options: RequestOptions, onResponse: (response: IncomingMessage) => void): ClientRequest {
    const make = options.protocol === 'https:' ? requestTls : requestPlain;
    const request = make(options, onResponse);
    request.once('socket', (socket) => this.#watch(request, socket));
    return request;
  }

  /** The call is over: lets go of its limits. */
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
    // Otherwise it is a proxy's refusal, which takes nothing of a request for an https peer.
    else if (!this.#isPeerTls) note();
  }
}

/** Rings after so long; a process that was asleep gets a moment first to read the answer that lies in its socket. */
function patientTimeout(ring: () => void, delayMs: number): () => void {
  const startedAt = performance.now();
  let timer = systemClock.setTimeout(
    () => {
      const isLate = performance.now() - startedAt > delayMs + LATE_MS;
      if (isLate) timer = systemClock.setTimeout(ring, LATE_MS);
      else ring();
    },
    Math.max(0, delayMs),
  );
  return () => systemClock.clearTimeout(timer);
}
