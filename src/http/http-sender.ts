import { createRequire } from 'node:module';
import { AxiosSender, mayTunnel } from './axios-request.js';
import { sendDirectly, type UrlOptions, urlOptionsOf } from './direct-request.js';
import { HttpCall } from './http-call.js';
import type { HttpRequest, HttpResponse } from './http-exchange.js';
import { type Agents, freshAgents, KeptConnections } from './kept-connections.js';
import { isLoopbackHost } from '../input.js';
import { CozifyError } from '../errors.js';

/** The `Accept` header of every request. */
const ACCEPTED_TYPES = 'application/json, text/plain';
/** The `User-Agent` header of every request. */
const USER_AGENT = userAgent();

/**
 * A request on a dead connection fails within this time. A request that fails later is not repeated, because the peer
 * may have received it.
 */
const DEAD_WITHIN_MS = 3_000;

/** A parsed URL. */
interface Address {
  url: string;
  target: UrlOptions;
  isLoopback: boolean;
}

/** Sends HTTP requests. The errors it throws never contain the secrets in the headers or body of a request. */
export class HttpSender {
  readonly #axios = new AxiosSender();
  #kept: KeptConnections | undefined;
  /** The last URL, parsed. Cached because pings and polls request the same URL again and again. */
  #last: Address | undefined;

  /** Sends a request, see `Http` in http-exchange.ts. */
  send(request: HttpRequest): Promise<HttpResponse> {
    return this.#attempt(request);
  }

  /** Closes the keep-alive connections. The next request opens new ones. */
  close(): void {
    this.#kept?.close();
  }

  /**
   * Sends a request. If the reused connection was dead, sends the request once more. `spentMs`: how long the first
   * attempt took; `undefined` in the first attempt.
   */
  async #attempt(request: HttpRequest, spentMs?: number): Promise<HttpResponse> {
    const startedAt = performance.now();
    const { connectMs, signal, onResponse } = request;
    const deadlineMs = request.deadlineMs - (spentMs ?? 0);
    const call = new HttpCall(request.url, { deadlineMs, connectMs, signal, onResponse });
    try {
      return await this.#once(request, call, spentMs !== undefined);
    } catch (error) {
      const wasDead = isDeadConnection(error) && performance.now() - startedAt < DEAD_WITHIN_MS;
      const isWorthAnother = spentMs === undefined && request.isReplayable && wasDead;
      if (!isWorthAnother) throw explain(error, request, !call.isSent);
    } finally {
      call.stop();
    }
    return this.#attempt(request, performance.now() - startedAt);
  }

  /**
   * Sends most GET requests with `node:http`, which costs less: those that may be repeated and need no proxy. Sends
   * everything else with axios, which supports proxies.
   */
  #once(request: HttpRequest, call: HttpCall, isAgain: boolean): Promise<HttpResponse> {
    const { target, isLoopback } = this.#read(request.url);
    const isDirect = request.isLan || isLoopback;
    const isTunnelled = !isDirect && mayTunnel(request.url);
    const agents = isTunnelled || isAgain ? undefined : this.#agentsFor(request);
    const headers = { Accept: ACCEPTED_TYPES, 'User-Agent': USER_AGENT, ...request.headers };
    const isStraight = isDirect || (target.protocol === 'https:' && !isTunnelled);
    if (request.isReplayable && request.method === 'GET' && isStraight) {
      const { httpAgent, httpsAgent } = agents ?? freshAgents();
      const agent = target.protocol === 'https:' ? httpsAgent : httpAgent;
      return sendDirectly({ target, headers, agent, maxBytes: request.maxBytes }, call);
    }
    // The agent gets the signal too: axios opens the connection to a proxy with the agent's options, and can't abort it
    // before the proxy answers.
    const route = { agents: agents ?? freshAgents({ signal: call.signal }), isDirect };
    return this.#axios.send({ ...request, headers }, call, route);
  }

  #read(url: string): Address {
    if (this.#last?.url !== url) this.#last = readUrl(url);
    return this.#last;
  }

  /**
   * Returns the keep-alive agents, or `undefined` for a call that needs a new connection: it must not be sent twice,
   * and a reused connection may be dead.
   */
  #agentsFor({ isReplayable, canFollow = false }: HttpRequest): Agents | undefined {
    if (!isReplayable && !canFollow) return undefined;
    this.#kept ??= new KeptConnections();
    this.#kept.noteUse();
    return isReplayable ? this.#kept.lasting : this.#kept.brief;
  }
}

/** Returns the `User-Agent`: name, version and repository of the package. */
function userAgent(): string {
  const about = createRequire(__filename)('../../../package.json') as { version: string; repository: { url: string } };
  const repository = about.repository.url.replace(/^git\+|\.git$/g, '');
  return `node-red-cozify/${about.version} (+${repository})`;
}

function readUrl(text: string): Address {
  const url = new URL(text);
  return { url: text, target: urlOptionsOf(url), isLoopback: isLoopbackHost(url.hostname) };
}

function isDeadConnection(error: unknown): boolean {
  const { code, request } = error as { code?: string; request?: { reusedSocket?: boolean } };
  return request?.reusedSocket === true && (code === 'ECONNRESET' || code === 'EPIPE');
}

/** Converts an error that may contain the token, such as an AxiosError, to an error without secrets. */
function explain(error: unknown, request: HttpRequest, isUnsent: boolean): CozifyError {
  const { peer, deadlineMs, connectMs = Infinity, maxBytes, signal } = request;
  if (signal?.aborted === true) return new CozifyError('COZIFY_CLOSED', 'The account was closed while the call ran.');
  const { code = 'unknown', message = '' } = error as { code?: string; message?: string };
  if (message.includes('maxContentLength') || code === 'ERR_BUFFER_TOO_LARGE') {
    return new CozifyError('COZIFY_BAD_ANSWER', `${peer} sent more than ${maxBytes} bytes.`);
  }
  if (code.startsWith('Z_') || code.startsWith('ERR__ERROR_FORMAT')) {
    return new CozifyError('COZIFY_BAD_ANSWER', `${peer} sent an answer that can't be unpacked.`);
  }
  const unreachable = (text: string): CozifyError => new CozifyError('COZIFY_UNREACHABLE', text, { isUnsent });
  if (code !== 'ERR_CANCELED') return unreachable(`${peer} can't be reached (${code}).`);
  if (!isUnsent) return unreachable(`${peer} did not answer within ${toSeconds(deadlineMs)} s.`);
  return unreachable(
    `${peer} can't be reached (no connection within ${toSeconds(Math.min(deadlineMs, connectMs))} s).`,
  );
}

/** Converts milliseconds to seconds with at most two decimals, for error messages. */
function toSeconds(ms: number): number {
  return Math.ceil(ms / 10) / 100;
}
