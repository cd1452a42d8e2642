import type { Agent } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { HttpCall } from './http-call.js';
import type { HttpResponse } from './http-exchange.js';
import { tooLong, unpack } from './unpack.js';

/** What is sent: a GET, straight to whom the URL names. */
export interface DirectRequest {
  url: URL;
  headers: Record<string, string>;
  agent: Agent;
  /** Limits the body, after decompression. */
  maxBytes: number;
}

/** Why there is no answer. `request` tells whether the connection had carried another call before, as axios tells it. */
class DirectError extends Error {
  readonly code: string;
  readonly request: { reusedSocket: boolean };

  constructor(code: string, reusedSocket: boolean) {
    super('The request failed.');
    this.code = code;
    this.request = { reusedSocket };
  }
}

/**
 * Sends a GET over `node:http` alone, and gives whatever answer comes. Throws errors with a `code`, as axios does, and
 * with nothing in them of what was sent.
 */
export function sendDirectly({ url, headers, agent, maxBytes }: DirectRequest, call: HttpCall): Promise<HttpResponse> {
  const { protocol, hostname, port, pathname, search } = url;
  return new Promise((resolve, reject) => {
    const target = { protocol, hostname: hostname.replace(/^\[|\]$/g, ''), port, path: pathname + search };
    const request = call.transport.request({ ...target, method: 'GET', headers, agent }, (response) => {
      readBody(response, maxBytes).then(
        (body) => resolve({ status: response.statusCode ?? 0, headers: flatten(response), body }),
        (error: NodeJS.ErrnoException) => {
          reject(error);
          request.destroy();
        },
      );
    });
    request.on('error', ({ code = 'unknown' }: NodeJS.ErrnoException) => {
      reject(new DirectError(code, request.reusedSocket));
    });
    call.onEnd(() => {
      reject(new DirectError('ERR_CANCELED', false));
      request.destroy();
    });
    request.end();
  });
}

function readBody(response: IncomingMessage, maxBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    response.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxBytes) reject(tooLong());
      else chunks.push(chunk);
    });
    // An answer had begun: the connection was alive, and the call is not made again.
    response.on('error', () => reject(new DirectError('ECONNABORTED', false)));
    response.on('end', () => {
      const bytes = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
      unpack(bytes, response.headers['content-encoding'], maxBytes).then((body) => resolve(toText(body)), reject);
    });
  });
}

/** Without the mark that some put before a text in UTF-8. */
function toText(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function flatten({ headers }: IncomingMessage): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const name in headers) flat[name] = String(headers[name]);
  return flat;
}
