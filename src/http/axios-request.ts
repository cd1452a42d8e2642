import { createRequire } from 'node:module';
import type { AxiosInstance } from 'axios';
import type { HttpCall } from './http-call.js';
import type { HttpRequest, HttpResponse } from './http-exchange.js';
import type { Agents } from './kept-connections.js';

const load = createRequire(__filename);

/** The agents for a request, and whether the request bypasses every proxy. */
export interface AxiosRoute {
  agents: Agents;
  isDirect: boolean;
}

/**
 * Sends requests with axios, which supports proxies. Loads axios with the first request. Errors from axios contain
 * secrets, so the HttpSender must convert them (docs/dev/rules.md, "Secrets stay inside").
 */
export class AxiosSender {
  #client: AxiosInstance | undefined;

  /** Returns the answer, whatever its status. Throws an AxiosError, which contains the secrets of the request. */
  async send(request: HttpRequest, call: HttpCall, { agents, isDirect }: AxiosRoute): Promise<HttpResponse> {
    this.#client ??= createClient();
    const answer = await this.#client.request<string>({
      url: request.url,
      method: request.method,
      headers: request.headers ?? {},
      maxContentLength: request.maxBytes,
      signal: call.signal,
      transport: { request: call.request.bind(call) },
      ...(request.body === undefined ? {} : { data: request.body }),
      ...(isDirect ? { proxy: false as const } : {}),
      ...agents,
    });
    if (isPlain(answer.request) && request.url.startsWith('https:')) throw new NotThePeer();
    return { status: answer.status, headers: flatten(answer.headers), body: answer.data };
  }
}

/**
 * Whether axios may tunnel a call through a proxy: the call uses https, and an environment variable that axios reads
 * names a proxy.
 */
export function mayTunnel(url: string): boolean {
  const { env } = process;
  return (
    url.startsWith('https:') &&
    [env['https_proxy'], env['HTTPS_PROXY'], env['all_proxy'], env['ALL_PROXY']].some((value) => (value ?? '') !== '')
  );
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

function flatten(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** Thrown when a proxy has refused the tunnel and answered in place of the peer. */
class NotThePeer extends Error {
  readonly code = 'EPROXY';
}

/** Whether a request used a connection without TLS. */
function isPlain(request: unknown): boolean {
  const { socket } = request as { socket?: { encrypted?: boolean } | null };
  return socket?.encrypted !== true;
}
