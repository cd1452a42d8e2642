import type { IncomingMessage } from 'node:http';
import { failure, generalError, json, text, type Answer } from './answers';
import { isRecord } from './checks';
import type { SimulatedHub } from './hub';
import type { Mails } from './mails';
import type { CloudTokens } from './tokens';
import type { CloudCall, LoggedRequest, Settings } from './types';
import type { Visited } from './wire';

const API_VERSION = '0.2';
const REMOTE = 'hub/remote';

/** Base path of the cloud's API. */
export const API_PATH = `/ui/${API_VERSION}`;

const ROUTES: Record<string, { call: CloudCall; method: string }> = {
  'user/requestlogin': { call: 'requestlogin', method: 'POST' },
  'user/emaillogin': { call: 'emaillogin', method: 'POST' },
  'user/hubkeys': { call: 'hubkeys', method: 'GET' },
  'user/refreshsession': { call: 'refreshsession', method: 'GET' },
  'user/logout': { call: 'logout', method: 'PUT' },
  'hub/lan_ip': { call: 'lan_ip', method: 'GET' },
};

/** The API call that a request names with its URL. Nothing has been checked yet. */
export interface Route {
  call: LoggedRequest['call'];
  /** API version in the path. */
  version: string;
  /** The only allowed method; undefined if any is allowed. */
  method?: string;
  url: URL;
}

/** Determines from the URL of a request which call of the API it makes. */
export function routeOf(requestUrl: string): Route {
  const url = new URL(`http://cloud${requestUrl}`);
  const [, version = API_VERSION, path = ''] = /^\/ui\/([^/]+)\/(.*)$/.exec(url.pathname) ?? [];
  if (path.startsWith(`${REMOTE}/`)) return { call: 'remote', version, url };
  const route = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
  return route ? { ...route, version, url } : { call: 'unknown', version, url };
}

/** Answers the calls of the cloud's API. */
export class Cloud {
  readonly #settings: Settings;
  readonly #tokens: CloudTokens;
  readonly #mails: Mails;
  readonly #hubs: readonly SimulatedHub[];

  constructor(settings: Settings, tokens: CloudTokens, mails: Mails, hubs: readonly SimulatedHub[]) {
    this.#settings = settings;
    this.#tokens = tokens;
    this.#mails = mails;
    this.#hubs = hubs;
  }

  /**
   * Returns the hub that a request through the cloud is meant for, and the request as that hub receives it; undefined
   * if there is no such hub.
   */
  visitedBy({ call, version, url }: Route, request: IncomingMessage): (Visited & { hub: SimulatedHub }) | undefined {
    const key = request.headers['x-hub-key'];
    if (call !== 'remote' || version !== API_VERSION || typeof key !== 'string') return undefined;
    const hub = this.#hubs.find((candidate) => candidate.hasIssued(key));
    const path = (url.pathname + url.search).slice(`${API_PATH}/${REMOTE}`.length);
    return hub && { hub, transport: 'cloud', path, key };
  }

  /** Answers a call. `signal` is aborted when the client has disconnected. */
  answer(route: Route, request: IncomingMessage, body: string, signal: AbortSignal): Answer | Promise<Answer> {
    const { call, version, method, url } = route;
    if (version !== API_VERSION) return failure(410, 'Obsolete API version');
    if (call === 'unknown' || call === 'hub') return failure(404);
    if (method !== undefined && method !== request.method) return failure(405);
    switch (call) {
      case 'requestlogin':
        return this.#requestLogin(url);
      case 'emaillogin':
        return this.#emailLogin(loginOf(request.headers['content-type'] ?? '', body, url));
      case 'lan_ip':
        return this.#lanIp();
      case 'hubkeys':
      case 'refreshsession':
      case 'logout':
        return this.#withToken(call, request);
      case 'remote':
        return this.#remote(route, request, body, signal);
    }
  }

  #requestLogin(url: URL): Answer {
    const email = url.searchParams.get('email')?.trim();
    if (!email?.includes('@')) return generalError();
    this.#mails.send(email);
    return json(null);
  }

  #emailLogin({ email, password }: Record<string, unknown>): Answer {
    if (typeof email !== 'string' || typeof password !== 'string') return failure(400);
    if (!this.#mails.redeem(email.trim(), password)) {
      return failure(this.#settings.rejectedCodeStatus, 'Wrong or expired password');
    }
    return text(this.#tokens.issue(email.trim()));
  }

  #lanIp(): Answer {
    const { lanIpForm, lanIpOrder } = this.#settings;
    if (lanIpForm === 'error') return failure(404, 'No hubs found');
    if (lanIpForm === 'null') return json(null);
    if (lanIpForm === 'empty') return json([]);
    // A hub that is off stays in the list with its last address.
    const addresses = this.#hubs
      .filter((hub) => hub.onLan)
      .map((hub) => (lanIpForm === 'bare' ? hub.address : `http://${hub.address}:${hub.port}`));
    return json(lanIpOrder === 'reversed' ? addresses.reverse() : addresses);
  }

  #withToken(call: 'hubkeys' | 'refreshsession' | 'logout', request: IncomingMessage): Answer {
    const token = request.headers.authorization ?? '';
    const email = this.#tokens.show(token);
    if (email === undefined) return failure(401, 'Authentication failed');
    switch (call) {
      case 'hubkeys':
        return json(Object.fromEntries(this.#hubs.map((hub) => [hub.id, hub.isKeyNull ? null : hub.key(email)])));
      case 'refreshsession': {
        const renewed = this.#tokens.issue(email);
        this.#tokens.revoke(token, this.#settings.graceRequests);
        return text(renewed);
      }
      case 'logout':
        this.#tokens.revoke(token);
        return json(null);
    }
  }

  #remote(route: Route, request: IncomingMessage, body: string, signal: AbortSignal): Answer | Promise<Answer> {
    if (this.#tokens.show(request.headers.authorization ?? '') === undefined)
      return failure(401, 'Authentication failed');
    const visited = this.visitedBy(route, request);
    if (!visited) return failure(401, 'Unknown hub key');
    const { hub, path, key } = visited;
    if (!hub.connected) return failure(this.#settings.hubOfflineStatus, 'Hub is offline');
    return hub.answer({ method: request.method ?? '', path, key, body, signal });
  }
}

/**
 * Returns the fields of a login from the body, or from the query if the body is empty, because the first versions of
 * python-cozify sent them there.
 */
function loginOf(contentType: string, body: string, { searchParams }: URL): Record<string, unknown> {
  if (body === '') return Object.fromEntries(searchParams);
  if (contentType.startsWith('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(body));
  try {
    const login: unknown = JSON.parse(body);
    return isRecord(login) ? login : {};
  } catch {
    return {};
  }
}
