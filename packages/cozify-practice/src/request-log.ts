import type { IncomingMessage } from 'node:http';
import type { LoggedRequest } from './types';

const MAX_REQUESTS = 20_000;

/** The last requests, and the total number of requests of each API call. */
export class RequestLog {
  readonly entries: LoggedRequest[] = [];
  readonly #counts = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Adds a request when the request arrives. The body and status are set later. */
  open(request: IncomingMessage, call: LoggedRequest['call'], hubId?: string): LoggedRequest {
    const { authorization, 'content-type': contentType, 'x-hub-key': hubKey } = request.headers;
    const entry: LoggedRequest = {
      at: this.#now(),
      call,
      from: request.socket.remoteAddress ?? '',
      method: request.method ?? '',
      path: request.url ?? '',
      status: null,
      ...(authorization !== undefined && { token: authorization }),
      ...(typeof hubKey === 'string' && { hubKey }),
      ...(contentType !== undefined && { contentType }),
      ...(hubId !== undefined && { hubId }),
    };
    this.entries.push(entry);
    if (this.entries.length > MAX_REQUESTS) this.entries.shift();
    this.#counts.set(call, this.count(call) + 1);
    return entry;
  }

  /**
   * Returns the number of requests of a call, or of all calls for `*`. Includes requests that are no longer in the log.
   */
  count(call: string): number {
    if (call === '*') return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
    return this.#counts.get(call) ?? 0;
  }

  /** Returns the number of requests of each API call, by the name of the call. */
  counts(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }

  clear(): void {
    this.entries.length = 0;
    this.#counts.clear();
  }
}
