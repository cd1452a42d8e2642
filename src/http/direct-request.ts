import type { Agent } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { HttpCall } from './http-call.js';
import type { HttpResponse } from './http-exchange.js';
import { ACCEPTED_ENCODINGS, tooLong, unpack } from './unpack.js';

/** The parts of a URL that `node:http` takes as options of a request. */
export interface UrlOptions {
  protocol: string;
  hostname: string;
  port: string;
  path: string;
}

/** Converts a URL to options of `node:http`. */
export function urlOptionsOf({ protocol, hostname, port, pathname, search }: URL): UrlOptions {
  return { protocol, hostname: hostname.replace(/^\[|\]$/g, ''), port, path: pathname + search };
}

/** A GET request that is sent without a proxy. */
export interface DirectRequest {
  target: UrlOptions;
  headers: Record<string, string>;
  agent: Agent;
  /** Size limit for the decompressed body, in bytes. */
  maxBytes: number;
}

/**
 * The error of a failed request. Like an AxiosError, it has the fields `code` and `request.reusedSocket`, which the
 * HttpSender reads.
 */
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
 * Sends a GET with `node:http` and returns the answer, whatever its status. Its errors have a `code`, like errors from
 * axios, but contain nothing from the request.
 */
export function sendDirectly(
  { target, headers, agent, maxBytes }: DirectRequest,
  call: HttpCall,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    // The spread comes last because Node.js takes about fifty times as long for a spread that other properties follow.
    const options = { method: 'GET', agent, headers: { 'Accept-Encoding': ACCEPTED_ENCODINGS, ...headers }, ...target };
    const request = call.request(options, (response) => {
      readAnswer(response, maxBytes).then(resolve, (error: NodeJS.ErrnoException) => {
        reject(error);
        request.destroy();
      });
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

async function readAnswer(response: IncomingMessage, maxBytes: number): Promise<HttpResponse> {
  const bytes = await readBody(response, maxBytes);
  const body = await unpack(bytes, response.headers['content-encoding'], maxBytes);
  return { status: response.statusCode ?? 0, headers: flatten(response), body };
}

function readBody(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    response.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxBytes) reject(tooLong());
      else chunks.push(chunk);
    });
    // `false`: the answer had begun, so the connection was alive and the request must not be sent again.
    response.on('error', () => reject(new DirectError('ECONNABORTED', false)));
    response.on('end', () => {
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
    });
  });
}

function flatten({ headers }: IncomingMessage): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const name in headers) flat[name] = String(headers[name]);
  return flat;
}
