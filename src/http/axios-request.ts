import { createRequire } from 'node:module';
import type { AxiosInstance } from 'axios';
import type { HttpCall } from './http-call.js';
import type { HttpRequest, HttpResponse } from './http-exchange.js';
import type { Agents } from './kept-connections.js';

const load = createRequire(__filename);

/** How a request goes: over which connections, and whether past every proxy. */
export interface AxiosWay {
  agents: Agents;
  isDirect: boolean;
}

/**
 * Sends one request by axios, which knows proxies; it is loaded when the first one is sent. What it throws goes no
 * further than the sender (docs/dev/rules.md, "Secrets stay inside").
 */
export class AxiosSender {
  #client: AxiosInstance | undefined;

  /** Gives whatever answer comes. Throws an AxiosError, which carries the secrets of the request. */
  async send(request: HttpRequest, call: HttpCall, { agents, isDirect }: AxiosWay): Promise<HttpResponse> {
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

/** Whether axios may tunnel a call through a proxy, by the variables that it reads, as they are now. */
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

/** An answer that came from a proxy, which would not let us through, in place of the one who was asked. */
class NotThePeer extends Error {
  readonly code = 'EPROXY';
}

/** Whether an answer came over a connection without TLS. */
function isPlain(request: unknown): boolean {
  const { socket } = request as { socket?: { encrypted?: boolean } | null };
  return socket?.encrypted !== true;
}
