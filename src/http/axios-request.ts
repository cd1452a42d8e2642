import { createRequire } from 'node:module';
import type { AxiosInstance } from 'axios';
import type { HttpCall } from './http-call.js';
import type { HttpRequest, HttpResponse } from './http-exchange.js';
import type { Agents } from './kept-connections.js';
import { ACCEPTED_ENCODINGS, unpack } from './unpack.js';

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
    const answer = await this.#client.request<Buffer>({
      url: request.url,
      method: request.method,
      headers: { 'Accept-Encoding': ACCEPTED_ENCODINGS, ...request.headers },
      maxContentLength: request.maxBytes,
      signal: call.signal,
      transport: { request: call.request.bind(call) },
      ...(request.body === undefined ? {} : { data: request.body }),
      ...(isDirect ? { proxy: false as const } : {}),
      ...agents,
    });
    if (isPlain(answer.request) && request.url.startsWith('https:')) throw new NotThePeer();
    const headers = flatten(answer.headers);
    const body = await unpack(answer.data, headers['content-encoding'], request.maxBytes);
    return { status: answer.status, headers, body };
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
    responseType: 'arraybuffer',
    // axios accepts a compressed body that is cut short.
    decompress: false,
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
