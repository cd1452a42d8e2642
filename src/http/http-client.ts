import { createRequire } from 'node:module';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { AxiosError, AxiosInstance } from 'axios';
import { isLoopbackHost } from './ip-address.js';
import { CozifyError } from '../errors.js';

/** One request. Its headers carry secrets, so neither it nor anything derived from it may get into an error. */
export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  /** Who is asked, for error texts: "The cloud", "The hub". */
  peer: string;
  /** Limits the whole call, body included. */
  deadlineMs: number;
  /** Limits the body, after decompression. */
  maxBytes: number;
  /** May be sent once more when a kept connection turns out to be dead. Never for calls that change something. */
  isReplayable: boolean;
  /** A hub on the LAN is never asked through a proxy. */
  isLan: boolean;
  headers?: Record<string, string>;
  body?: string;
  signal?: AbortSignal | undefined;
}

export interface HttpResponse {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
}

/**
 * Sends one request and gives whatever answer comes, whatever its status; redirects are not followed.
 * Throws `COZIFY_UNREACHABLE` (no whole answer within the deadline), `COZIFY_BAD_ANSWER` (too large, not decodable)
 * or `COZIFY_CLOSED` (`signal`).
 */
export type Http = (request: HttpRequest) => Promise<HttpResponse>;

const load = createRequire(__filename);

/** How long a connection is kept open for the next call. */
const IDLE_MS = 5_000;

/** How late a deadline may ring before the process is taken to have been asleep. */
const LATE_MS = 500;

/** The guarded client over real sockets. `close` ends the kept connections. */
export function createHttp(): { send: Http; close: () => void } {
  const kept = { keepAlive: true, timeout: IDLE_MS, maxFreeSockets: 2 };
  const httpAgent = new HttpAgent(kept);
  const httpsAgent = new HttpsAgent({ ...kept, rejectUnauthorized: true });
  let client: AxiosInstance | undefined;

  async function once(request: HttpRequest, spentMs = 0): Promise<HttpResponse> {
    client ??= createClient();
    const end = new AbortController();
    const abort = (): void => end.abort();
    const startedAt = performance.now();
    const leftMs = Math.max(0, request.deadlineMs - spentMs);
    let deadline = setTimeout(() => {
      // A process that was asleep may have the answer in its socket, unread: it gets a moment to take it.
      const isLate = performance.now() - startedAt > leftMs + LATE_MS;
      if (isLate) deadline = setTimeout(abort, LATE_MS);
      else abort();
    }, leftMs);
    request.signal?.addEventListener('abort', abort);
    if (request.signal?.aborted === true) abort();
    const isDirect = request.isLan || isLoopbackHost(new URL(request.url).hostname);
    // A call that must not be sent twice gets a connection of its own: a kept one may be dead without our knowing.
    const isKept = request.isReplayable && (isDirect || !mayTunnel(request.url));
    const agents = isKept ? { httpAgent, httpsAgent } : freshAgents(end.signal);
    try {
      const answer = await client.request<string>({
        url: request.url,
        method: request.method,
        headers: { Accept: 'application/json, text/plain', ...request.headers },
        maxContentLength: request.maxBytes,
        signal: end.signal,
        ...(request.body === undefined ? {} : { data: request.body }),
        ...(isDirect ? { proxy: false as const } : {}),
        ...agents,
      });
      if (isPlain(answer.request) && request.url.startsWith('https:')) throw new NotThePeer();
      return { status: answer.status, headers: flatten(answer.headers), body: answer.data };
    } finally {
      clearTimeout(deadline);
      request.signal?.removeEventListener('abort', abort);
    }
  }

  async function send(request: HttpRequest): Promise<HttpResponse> {
    const startedAt = performance.now();
    try {
      return await once(request);
    } catch (error) {
      if (!request.isReplayable || !isDeadConnection(error)) throw explain(error, request);
    }
    try {
      return await once(request, performance.now() - startedAt);
    } catch (error) {
      throw explain(error, request);
    }
  }

  return {
    send,
    close: () => {
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  };
}

function createClient(): AxiosInstance {
  const { create } = load('axios') as { create: (defaults: object) => AxiosInstance };
  return create({
    adapter: 'http',
    responseType: 'text',
    transformResponse: [(body: unknown) => body],
    transformRequest: [(body: unknown) => body],
    maxRedirects: 0,
    validateStatus: () => true,
  });
}

/**
 * Agents for one call. Its signal ends the connection to a proxy: axios makes that with the options of the agent, and
 * has no hold of it until the proxy answers.
 */
function freshAgents(signal: AbortSignal): { httpAgent: HttpAgent; httpsAgent: HttpsAgent } {
  const ending = { signal };
  return { httpAgent: new HttpAgent(), httpsAgent: new HttpsAgent({ rejectUnauthorized: true, ...ending }) };
}

/** Whether axios may tunnel a call through a proxy. It would keep no such connection for the next call anyway. */
function mayTunnel(url: string): boolean {
  const variables = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];
  return url.startsWith('https:') && variables.some((name) => (process.env[name] ?? '') !== '');
}

function flatten(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** An answer that came from a proxy, which would not let us through, in place of the one who was asked. */
class NotThePeer extends Error {
  readonly code = 'EPROXY';
}

/** Whether an answer came over a connection without TLS. */
function isPlain(request: unknown): boolean {
  const { socket } = request as { socket?: { encrypted?: boolean } | null };
  return socket?.encrypted !== true;
}

function isDeadConnection(error: unknown): boolean {
  const { code, request } = error as { code?: string; request?: { reusedSocket?: boolean } };
  return request?.reusedSocket === true && (code === 'ECONNRESET' || code === 'EPIPE');
}

/** The edge where an AxiosError, which carries the token, becomes an error without secrets. */
function explain(error: unknown, request: HttpRequest): CozifyError {
  if (request.signal?.aborted === true) {
    return new CozifyError('COZIFY_CLOSED', 'The account was closed while the call ran.');
  }
  const { code = 'unknown', message = '' } = error as Partial<AxiosError>;
  if (code === 'ERR_CANCELED') {
    const seconds = request.deadlineMs / 1000;
    return new CozifyError('COZIFY_UNREACHABLE', `${request.peer} did not answer within ${seconds} seconds.`);
  }
  if (message.includes('maxContentLength')) {
    return new CozifyError('COZIFY_BAD_ANSWER', `${request.peer} sent more than ${request.maxBytes} bytes.`);
  }
  if (code.startsWith('Z_') || code.startsWith('ERR__ERROR_FORMAT')) {
    return new CozifyError('COZIFY_BAD_ANSWER', `${request.peer} sent an answer that can't be unpacked.`);
  }
  return new CozifyError('COZIFY_UNREACHABLE', `${request.peer} can't be reached (${code}).`);
}
