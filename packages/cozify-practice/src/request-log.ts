import type { IncomingMessage } from 'node:http';
import type { LoggedRequest } from './types';

const MAX_REQUESTS = 20_000;

/** The last requests, and how many there were of each call. */
export class RequestLog {
  readonly entries: LoggedRequest[] = [];
  readonly #counts = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Notes a request as it comes in; body and status are filled in later. */
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

  /** How many requests there were of a call, `*` being all, those no longer kept included. */
  count(call: string): number {
    if (call === '*') return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
    return this.#counts.get(call) ?? 0;
  }

  /** The counts of all calls that came. */
  counts(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }

  clear(): void {
    this.entries.length = 0;
    this.#counts.clear();
  }
}
