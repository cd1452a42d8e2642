/**
 * Stateless functions that call the Cozify Cloud. Sources: the service's OpenAPI document, its JavaScript SDK and
 * python-cozify. Where these leave a question open, the code handles each possible answer. Accounts make calls through
 * cloud-client.ts, so each function here also needs a method there.
 */
import { isHeaderSafe, readTokenAnswer } from './token.js';
import { CozifyError } from '../errors.js';
import type { Http, HttpRequest, HttpResponse } from '../http/http-client.js';
import { expectOk, isHtml } from '../http/response.js';
import { parseJson, shape } from '../schema.js';

/** The cloud that a call goes to. */
export interface Cloud {
  /** The URL without a trailing slash, such as `https://api.cozify.fi/ui/0.2`. */
  baseUrl: string;
  send: Http;
  /** Returns the wall-clock time in ms, for a `Retry-After` date in an answer that has no `Date` header. */
  now(): number;
  /** Aborts calls in progress when the account closes. */
  signal?: AbortSignal;
}

/** The hub keys of a login, by hub id. A key is `null` if the cloud lists the hub without a key. */
export type HubKeys = ReadonlyMap<string, string | null>;

/** Deadline of a call to the cloud (docs/dev/rules.md, "Deadlines and waiting"). */
export const CLOUD_DEADLINE_MS = 15_000;

/** Size limit of an answer, in bytes: many times the size of a long list of hubs. */
export const CLOUD_MAX_BYTES = 512 * 1024;

const hubKeysShape = shape<Record<string, string | null>>({
  type: 'object',
  maxProperties: 1000,
  propertyNames: { minLength: 1, maxLength: 128 },
  additionalProperties: { type: ['string', 'null'], maxLength: 8192 },
});

const lanIpShape = shape<unknown[] | null>({ type: ['array', 'null'], maxItems: 256 });

/**
 * Requests a login code by e-mail. The e-mail address must be in the query: the service answers a form body with status
 * 500.
 */
export async function requestLogin(cloud: Cloud, email: string): Promise<void> {
  const answer = await ask(cloud, 'POST', `user/requestlogin?email=${encodeURIComponent(email)}`);
  expectOk(answer, cloud);
  if (isHtml(answer.body)) throw badAnswer('nothing', 'a web page');
}

/**
 * Exchanges a login code for a cloud token. Throws `COZIFY_OTP_REJECTED` for 400, 401, 403 and 404, because it is not
 * known which of them means a wrong code. An HTML page with such a status comes from a proxy and does not mean a wrong
 * code.
 */
export async function emailLogin(cloud: Cloud, email: string, otp: string): Promise<string> {
  const answer = await ask(cloud, 'POST', 'user/emaillogin', {
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email, password: otp }),
  });
  if ([400, 401, 403, 404].includes(answer.status) && !isHtml(answer.body)) {
    throw new CozifyError('COZIFY_OTP_REJECTED', 'The code is wrong or has expired: check it, or request a new one.', {
      statusCode: answer.status,
    });
  }
  expectOk(answer, cloud);
  return readTokenAnswer(answer.body);
}

/** Returns the hub keys of a login, or `undefined` if the cloud rejects the token. Also used to check the token. */
export async function hubKeys(cloud: Cloud, token: string): Promise<HubKeys | undefined> {
  const answer = await ask(cloud, 'GET', 'user/hubkeys', { headers: { Authorization: token }, isReplayable: true });
  if (isRejection(answer)) return undefined;
  expectOk(answer, cloud);
  const keys = parseJson(answer.body);
  if (!hubKeysShape.fits(keys)) throw badAnswer('a map of hub keys', describe(answer.body));
  const usable = ([id, key]: [string, string | null]): [string, string | null] => [
    id,
    key !== null && isHeaderSafe(key) ? key : null,
  ];
  return new Map(Object.entries(keys).map(usable));
}

/** Exchanges a token for a newer one. Returns `undefined` if the cloud rejects the token. */
export async function refreshSession(cloud: Cloud, token: string): Promise<string | undefined> {
  const answer = await ask(cloud, 'GET', 'user/refreshsession', { headers: { Authorization: token } });
  if (isRejection(answer)) return undefined;
  expectOk(answer, cloud);
  return readTokenAnswer(answer.body);
}

/**
 * Revokes a token. A 401 means that the token was revoked before. Throws for a web page, because it does not confirm
 * that the token is revoked.
 */
export async function logOut(cloud: Cloud, token: string): Promise<void> {
  const answer = await ask(cloud, 'PUT', 'user/logout', { headers: { Authorization: token } });
  if (isRejection(answer)) return;
  expectOk(answer, cloud);
  if (isHtml(answer.body)) throw badAnswer('nothing', 'a web page');
}

/**
 * Returns the addresses of hubs on the caller's LAN as the cloud lists them, unchecked. The cloud may answer "none"
 * with `[]`, `null`, an empty body or an error status.
 */
export async function lanIp(cloud: Cloud): Promise<unknown[]> {
  const answer = await ask(cloud, 'GET', 'hub/lan_ip', { isReplayable: true });
  const isNone = answer.status >= 400 && answer.status < 500 && ![408, 410, 429].includes(answer.status);
  if (isNone && !isHtml(answer.body)) return [];
  expectOk(answer, cloud);
  if (answer.body.trim() === '') return [];
  const addresses = parseJson(answer.body);
  if (!lanIpShape.fits(addresses)) throw badAnswer('a list of addresses', describe(answer.body));
  return addresses ?? [];
}

/** A request to a hub through the cloud. `path` is a path of the hub's API. */
export interface RemoteRequest extends Partial<
  Pick<
    HttpRequest,
    'method' | 'body' | 'deadlineMs' | 'maxBytes' | 'isReplayable' | 'canFollow' | 'onResponse' | 'signal'
  >
> {
  path: `/${string}`;
}

/** Sends a request to a hub through the cloud. Returns the response, whatever its status. */
export function remote(
  cloud: Cloud,
  token: string,
  hubKey: string,
  { method = 'GET', path, body, ...limits }: RemoteRequest,
): Promise<HttpResponse> {
  const headers = { Authorization: token, 'X-Hub-Key': hubKey };
  const content = body === undefined ? {} : { body, headers: { ...headers, 'Content-Type': 'application/json' } };
  return ask(cloud, method, `hub/remote${path}`, { headers, isReplayable: method === 'GET', ...content, ...limits });
}

function isRejection(answer: HttpResponse): boolean {
  return answer.status === 401 && !isHtml(answer.body);
}

function badAnswer(expected: string, received: string): CozifyError {
  return new CozifyError('COZIFY_BAD_ANSWER', `The cloud should have answered with ${expected}, but sent ${received}.`);
}

function describe(body: string): string {
  return isHtml(body) ? 'a web page' : `${body.length} characters of something else`;
}

type AskOptions = Partial<
  Pick<
    HttpRequest,
    'headers' | 'body' | 'isReplayable' | 'canFollow' | 'deadlineMs' | 'maxBytes' | 'onResponse' | 'signal'
  >
>;

function ask(
  cloud: Cloud,
  method: HttpRequest['method'],
  path: string,
  options: AskOptions = {},
): Promise<HttpResponse> {
  return cloud.send({
    method,
    url: `${cloud.baseUrl}/${path}`,
    peer: 'The cloud',
    deadlineMs: CLOUD_DEADLINE_MS,
    maxBytes: CLOUD_MAX_BYTES,
    isLan: false,
    isReplayable: false,
    signal: cloud.signal,
    ...options,
  });
}
