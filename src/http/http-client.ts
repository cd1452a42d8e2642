import { createRequire } from 'node:module';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { AxiosError, AxiosInstance } from 'axios';
import { HttpCall } from './http-call.js';
import { isLoopbackHost } from './loopback.js';
import { CozifyError } from '../errors.js';

/** One request. Its headers carry secrets, so neither it nor anything derived from it may get into an error. */
export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  /** Who is asked, for error texts: "The cloud", "The hub". */
  peer: string;
  /** Limits the whole call, body included. */
  deadlineMs: number;
  /** Limits the time until there is a connection, where that is to be shorter. */
  connectMs?: number | undefined;
  /** Limits the body, after decompression. */
  maxBytes: number;
  /** May be sent once more when a kept connection turns out to be dead. Never for calls that change something. */
  isReplayable: boolean;
  /** Changes something, but may go over a connection used moments ago: where many follow each other. */
  canFollow?: boolean | undefined;
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
 * Throws `COZIFY_UNREACHABLE` (no whole answer within the deadline; `isUnsent` where nothing was sent),
 * `COZIFY_BAD_ANSWER` (too large, not decodable) or `COZIFY_CLOSED` (`signal`).
 */
export type Http = (request: HttpRequest) => Promise<HttpResponse>;

const load = createRequire(__filename);

/** How long a connection is kept open for the next call. */
const IDLE_MS = 5_000;

/** How long for one that must not be sent twice: no server closes a connection so soon. */
const BRIEF_IDLE_MS = 2_000;

interface Agents {
  httpAgent: HttpAgent;
  httpsAgent: HttpsAgent;
}

/** The guarded client over real sockets. `close` ends the kept connections. */
export function createHttp(): { send: Http; close: () => void } {
  const kept = keepingAgents(IDLE_MS);
  const brieflyKept = keepingAgents(BRIEF_IDLE_MS);
  let client: AxiosInstance | undefined;

  /** A call that must not be sent twice gets a connection of its own: a kept one may be dead without our knowing. */
  function agentsFor({ url, isReplayable, canFollow = false }: HttpRequest, isDirect: boolean): Agents | undefined {
    if (!isDirect && mayTunnel(url)) return undefined;
    if (isReplayable) return kept;
    return canFollow ? brieflyKept : undefined;
  }

  async function once(request: HttpRequest, call: HttpCall): Promise<HttpResponse> {
    client ??= createClient();
    const isDirect = request.isLan || isLoopbackHost(new URL(request.url).hostname);
    const answer = await client.request<string>({
      url: request.url,
      method: request.method,
      headers: { Accept: 'application/json, text/plain', ...request.headers },
      maxContentLength: request.maxBytes,
      signal: call.signal,
      transport: call.transport,
      ...(request.body === undefined ? {} : { data: request.body }),
      ...(isDirect ? { proxy: false as const } : {}),
      ...(agentsFor(request, isDirect) ?? freshAgents(call.signal)),
    });
    if (isPlain(answer.request) && request.url.startsWith('https:')) throw new NotThePeer();
    return { status: answer.status, headers: flatten(answer.headers), body: answer.data };
  }

  /** `spentMs`: so much of the deadline went into a first attempt, and there is no third. */
  async function attempt(request: HttpRequest, spentMs?: number): Promise<HttpResponse> {
    const startedAt = performance.now();
    const call = new HttpCall(request.url, { ...request, deadlineMs: request.deadlineMs - (spentMs ?? 0) });
    try {
      return await once(request, call);
    } catch (error) {
      const isWorthAnother = spentMs === undefined && request.isReplayable && isDeadConnection(error);
      if (!isWorthAnother) throw explain(error, request, !call.isSent);
    } finally {
      call.stop();
    }
    return attempt(request, performance.now() - startedAt);
  }

  return {
    send: (request) => attempt(request),
    close: () => {
      for (const { httpAgent, httpsAgent } of [kept, brieflyKept]) {
        httpAgent.destroy();
        httpsAgent.destroy();
      }
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

/** Agents that keep connections for the next call. */
function keepingAgents(idleMs: number): Agents {
  const kept = { keepAlive: true, timeout: idleMs, maxFreeSockets: 2 };
  return { httpAgent: new HttpAgent(kept), httpsAgent: new HttpsAgent({ ...kept, rejectUnauthorized: true }) };
}

/**
 * Agents for one call. Its signal ends the connection to a proxy: axios makes that with the options of the agent, and
 * has no hold of it until the proxy answers.
 */
function freshAgents(signal: AbortSignal): Agents {
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
function explain(error: unknown, request: HttpRequest, isUnsent: boolean): CozifyError {
  const { peer, deadlineMs, connectMs = Infinity, maxBytes, signal } = request;
  if (signal?.aborted === true) return new CozifyError('COZIFY_CLOSED', 'The account was closed while the call ran.');
  const { code = 'unknown', message = '' } = error as Partial<AxiosError>;
  if (message.includes('maxContentLength')) {
    return new CozifyError('COZIFY_BAD_ANSWER', `${peer} sent more than ${maxBytes} bytes.`);
  }
  if (code.startsWith('Z_') || code.startsWith('ERR__ERROR_FORMAT')) {
    return new CozifyError('COZIFY_BAD_ANSWER', `${peer} sent an answer that can't be unpacked.`);
  }
  const unreachable = (text: string): CozifyError => new CozifyError('COZIFY_UNREACHABLE', text, { isUnsent });
  if (code !== 'ERR_CANCELED') return unreachable(`${peer} can't be reached (${code}).`);
  if (!isUnsent) return unreachable(`${peer} did not answer within ${deadlineMs / 1000} seconds.`);
  return unreachable(
    `${peer} can't be reached (no connection within ${Math.min(deadlineMs, connectMs) / 1000} seconds).`,
  );
}
