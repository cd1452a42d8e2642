/**
 * The calls of the Cozify Cloud, 1:1 and stateless. What is known of them, and what is not, is told in the
 * service's OpenAPI document, its JavaScript SDK and python-cozify; where they leave a question open, the code
 * is prepared for each answer. A new call also gets its method in cloud-client.ts, by which accounts make it.
 */
import { isHeaderSafe, readTokenAnswer } from './token.js';
import { CozifyError } from '../errors.js';
import type { Http, HttpRequest, HttpResponse } from '../http/http-client.js';
import { expectOk, isHtml } from '../http/response.js';
import { parseJson, shape } from '../schema.js';

/** A cloud to talk to. */
export interface Cloud {
  /** Without a trailing slash, such as `https://api.cozify.fi/ui/0.2`. */
  baseUrl: string;
  send: Http;
  /** Wall time in milliseconds, for a `Retry-After` date in an answer that has no date itself. */
  now(): number;
  /** Ends calls when the account closes. */
  signal?: AbortSignal;
}

/** Keys of the hubs a login may use, by hub id; `null` where the cloud lists a hub but gives no key. */
export type HubKeys = ReadonlyMap<string, string | null>;

/** Limits a call to the cloud (docs/dev/rules.md, "Deadlines and waiting"). */
export const CLOUD_DEADLINE_MS = 15_000;

/** A long list of hubs fits many times over; anything larger is no answer of this service. */
export const CLOUD_MAX_BYTES = 512 * 1024;

const hubKeysShape = shape<Record<string, string | null>>({
  type: 'object',
  maxProperties: 1000,
  propertyNames: { minLength: 1, maxLength: 128 },
  additionalProperties: { type: ['string', 'null'], maxLength: 8192 },
});

const lanIpShape = shape<unknown[] | null>({ type: ['array', 'null'], maxItems: 256 });

/** Has a one-time code e-mailed. The query is the only form the service takes; a form body gets a 500. */
export async function requestLogin(cloud: Cloud, email: string): Promise<void> {
  const answer = await ask(cloud, 'POST', `user/requestlogin?email=${encodeURIComponent(email)}`);
  expectOk(answer, cloud);
  if (isHtml(answer.body)) throw badAnswer('nothing', 'a web page');
}

/**
 * Exchanges a one-time code for a cloud token. Throws `COZIFY_OTP_REJECTED` for 400, 401, 403 and 404: which of them
 * means a wrong code is not known. A web page is nobody's verdict on a code.
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

/** The keys of the hubs this login may use, or `undefined` when the cloud rejects the token. This is the ping. */
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

/** A new cloud token for the one at hand, or `undefined` when the cloud rejects it. */
export async function refreshSession(cloud: Cloud, token: string): Promise<string | undefined> {
  const answer = await ask(cloud, 'GET', 'user/refreshsession', { headers: { Authorization: token } });
  if (isRejection(answer)) return undefined;
  expectOk(answer, cloud);
  return readTokenAnswer(answer.body);
}

/** Revokes the token. A 401 means that this was so already. A web page is nobody's word that it is. */
export async function logOut(cloud: Cloud, token: string): Promise<void> {
  const answer = await ask(cloud, 'PUT', 'user/logout', { headers: { Authorization: token } });
  if (isRejection(answer)) return;
  expectOk(answer, cloud);
  if (isHtml(answer.body)) throw badAnswer('nothing', 'a web page');
}

/**
 * What the cloud takes for the addresses of hubs on the caller's LAN, unchecked. "None" may come as `[]`, `null`,
 * an empty body or an error status.
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

/** A request for a hub; `path` is one of the hub's own. */
export interface RemoteRequest extends Partial<
  Pick<HttpRequest, 'method' | 'body' | 'deadlineMs' | 'maxBytes' | 'isReplayable' | 'canFollow' | 'signal'>
> {
  path: `/${string}`;
}

/** Asks a hub through the cloud. Gives the response as it comes. */
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

function badAnswer(expected: string, came: string): CozifyError {
  return new CozifyError('COZIFY_BAD_ANSWER', `The cloud should have answered with ${expected}, but sent ${came}.`);
}

function describe(body: string): string {
  return isHtml(body) ? 'a web page' : `${body.length} characters of something else`;
}

type AskOptions = Partial<
  Pick<HttpRequest, 'headers' | 'body' | 'isReplayable' | 'canFollow' | 'deadlineMs' | 'maxBytes' | 'signal'>
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
