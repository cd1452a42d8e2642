import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { failure, substitute, type Answer } from './answers';
import type { Faults } from './faults';
import type { RequestLog } from './request-log';
import type { Fault, LoggedRequest } from './types';

const MAX_BODY_BYTES = 1024 * 1024;

/** What the wire needs to know of a request before it is answered. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** Aborted when the server closes; ends every wait. */
  signal: AbortSignal;
  call: LoggedRequest['call'];
  hubId?: string;
  /** The real work: makes the answer to a request with this body. */
  work: (body: string) => Answer;
}

/** Takes every request of the cloud and of the hubs: notes it, waits, lets the work be done and spoils the answer. */
export class Wire {
  readonly #log: RequestLog;
  readonly #faults: Faults;
  readonly #settings: { readonly latencyMs: number };

  constructor(log: RequestLog, faults: Faults, settings: { readonly latencyMs: number }) {
    this.#log = log;
    this.#faults = faults;
    this.#settings = settings;
  }

  async carry({ request, response, signal, call, hubId, work }: Exchange): Promise<void> {
    const entry = this.#log.open(request, call, hubId);
    const fault = this.#faults.take(call);
    const body = await readBody(request);
    if (body) entry.body = body;
    const makeAnswer = () => (body === undefined ? failure(413) : work(body));
    await pause(this.#settings.latencyMs, signal);
    if (!fault) return send(response, makeAnswer(), {}, entry, signal);

    const early = fault.after ? makeAnswer() : undefined;
    await pause(fault.delayMs ?? 0, signal);
    if (fault.hang) return;
    if (fault.reset) {
      request.socket.resetAndDestroy();
      return;
    }
    const isReplaced = fault.status !== undefined || fault.body !== undefined;
    const answer = isReplaced ? substitute(fault.status, fault.body) : (early ?? makeAnswer());
    await send(response, answer, fault, entry, signal);
  }
}

/** Sends an answer in the way a fault says. */
async function send(
  response: ServerResponse,
  answer: Answer,
  fault: Fault,
  entry: LoggedRequest,
  signal: AbortSignal,
): Promise<void> {
  entry.status = answer.status;
  const plain = Buffer.from(answer.body);
  const body = fault.gzip ? gzipSync(plain) : plain;
  response.statusCode = answer.status;
  const isBodiless = answer.status === 204 || answer.status === 304;
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  if (fault.gzip) response.setHeader('content-encoding', 'gzip');
  if (!fault.chunked && !isBodiless) response.setHeader('content-length', body.length);
  for (const [name, value] of Object.entries(fault.headers ?? {})) response.setHeader(name, value);
  // Otherwise Node counts the body and sets the length itself.
  if (fault.chunked) response.flushHeaders();
  if (fault.truncateAt === undefined && !fault.drip) {
    response.end(isBodiless ? undefined : body);
    return;
  }
  response.flushHeaders();
  const part = body.subarray(0, fault.truncateAt);
  const step = fault.drip?.bytes ?? part.length;
  for (let sent = 0; sent < part.length && !response.destroyed; sent += step) {
    await pause(fault.drip?.everyMs ?? 0, signal);
    response.write(part.subarray(sent, sent + step));
  }
  if (fault.truncateAt === undefined) response.end();
  // Closes only after what was written has gone out, unlike destroy().
  else response.socket?.destroySoon();
}

/** The body as text, or undefined if it is too big. */
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
