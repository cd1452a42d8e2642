import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { failure, substitute, type Answer } from './answers';
import type { Faults } from './faults';
import type { HubLog, HubVisit } from './hub-log';
import type { RequestLog } from './request-log';
import type { Fault, LoggedRequest } from './types';

const MAX_BODY_BYTES = 1024 * 1024;

/** A request, and everything that is needed to answer it. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** Aborted when the server closes. This also ends simulated delays of the answer. */
  closing: AbortSignal;
  call: LoggedRequest['call'];
  /** The requested hub, if any. */
  visited?: Visited | undefined;
  /** Carries out the request and returns its answer. `signal` is aborted when the client has disconnected. */
  handle: (body: string, signal: AbortSignal) => Answer | Promise<Answer>;
}

/** A hub, and the request as the hub receives it. */
export interface Visited extends Pick<HubVisit, 'transport' | 'path' | 'key'> {
  hub: { readonly id: string; readonly log: HubLog };
}

/** Handles every request to the cloud and the hubs: logs it, waits, carries it out and applies the simulated fault. */
export class Wire {
  readonly #log: RequestLog;
  readonly #faults: Faults;
  readonly #settings: { readonly latencyMs: number };

  constructor(log: RequestLog, faults: Faults, settings: { readonly latencyMs: number }) {
    this.#log = log;
    this.#faults = faults;
    this.#settings = settings;
  }

  async carry({ request, response, closing, call, visited, handle }: Exchange): Promise<void> {
    const entry = this.#log.open(request, call, visited?.hub.id);
    const visit = visited && openVisit(visited, request.method ?? '', response);
    const fault = this.#faults.take({ call, hubId: visited?.hub.id, path: request.url ?? '' });
    const body = await readBody(request);
    if (body) entry.body = body;
    if (body && visit) visit.body = body;
    const disconnected = signalOf(response, closing);
    const makeAnswer = async () => (body === undefined ? failure(413) : handle(body, disconnected));
    const reply = async (answer: Answer, how: Fault) => {
      entry.status = answer.status;
      if (visit) visit.status = answer.status;
      await send(response, answer, how, closing, () => visit && visited?.hub.log.close(visit));
    };
    await pause(this.#settings.latencyMs, closing);
    if (!fault) return reply(await makeAnswer(), {});

    const early = fault.after ? await makeAnswer() : undefined;
    await pause(fault.delayMs ?? 0, closing);
    await fault.held?.wait(closing);
    if (fault.hang) return;
    if (fault.reset) {
      request.socket.resetAndDestroy();
      return;
    }
    const isReplaced = fault.status !== undefined || fault.body !== undefined;
    const answer = isReplaced ? substitute(fault.status, fault.body) : (early ?? (await makeAnswer()));
    await reply(answer, fault);
  }
}

/** Adds a request to its hub's log. The entry is closed at the latest when the connection closes. */
function openVisit({ hub, transport, path, key }: Visited, method: string, response: ServerResponse): HubVisit {
  const visit = hub.log.open({ transport, method, path, key });
  response.once('close', () => hub.log.close(visit));
  return visit;
}

/** Returns a signal that is aborted when the server closes or the client disconnects. */
function signalOf(response: ServerResponse, closing: AbortSignal): AbortSignal {
  const disconnected = new AbortController();
  const abort = () => disconnected.abort();
  closing.addEventListener('abort', abort);
  response.once('close', () => {
    closing.removeEventListener('abort', abort);
    abort();
  });
  return disconnected.signal;
}

/**
 * Sends an answer with its fault. Calls `onEnd` before the client can receive the last byte. Otherwise a client that
 * sends its next request right after an answer would seem to have two requests in flight.
 */
async function send(
  response: ServerResponse,
  answer: Answer,
  fault: Fault,
  closing: AbortSignal,
  onEnd: () => void,
): Promise<void> {
  const plain = Buffer.from(answer.body);
  const body = fault.gzip ? gzipSync(plain) : plain;
  response.statusCode = answer.status;
  const isBodiless = answer.status === 204 || answer.status === 304;
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  if (fault.gzip) response.setHeader('content-encoding', 'gzip');
  if (!fault.chunked && !isBodiless) response.setHeader('content-length', body.length);
  for (const [name, value] of Object.entries(fault.headers ?? {})) response.setHeader(name, value);
  // Send the headers first. Otherwise Node.js would set a Content-Length.
  if (fault.chunked) response.flushHeaders();
  if (fault.truncateAt === undefined && !fault.drip) {
    onEnd();
    response.end(isBodiless ? undefined : body);
    return;
  }
  response.flushHeaders();
  const part = body.subarray(0, fault.truncateAt);
  const step = fault.drip?.bytes ?? part.length;
  for (let sent = 0; sent < part.length && !response.destroyed; sent += step) {
    await pause(fault.drip?.everyMs ?? 0, closing);
    response.write(part.subarray(sent, sent + step));
  }
  onEnd();
  if (fault.truncateAt === undefined) response.end();
  // Closes the connection after the written data has been sent. In contrast, destroy() would discard the data.
  else response.socket?.destroySoon();
}

/** Returns the body as text; undefined if it is too big. */
export async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return size <= MAX_BODY_BYTES ? Buffer.concat(chunks).toString() : undefined;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal });
}
