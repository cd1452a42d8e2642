/**
 * The calls of the Cozify Cloud, 1:1 and stateless. What is known of them, and what is not, is told in the
 * service's OpenAPI document, its JavaScript SDK and python-cozify; where they leave a question open, the code
 * is prepared for each answer.
 */
import { isHeaderSafe, readTokenAnswer } from './token.js';
import { CozifyError } from '../errors.js';
import type { Http, HttpResponse, HttpRequest } from '../http/http-client.js';
import { parseJson, shape } from '../schema.js';

/** A cloud to talk to. */
export interface Cloud {
  /** Without a trailing slash, such as `https://api.cozify.fi/ui/0.2`. */
  baseUrl: string;
  send: Http;
  /** Wall time in milliseconds, to read a `Retry-After` date. */
  now(): number;
  /** Ends calls when the account closes. */
  signal?: AbortSignal;
}

/** Keys of the hubs a login may use, by hub id; `null` where the cloud lists a hub but gives no key. */
export type HubKeys = ReadonlyMap<string, string | null>;

export const CLOUD_DEADLINE_MS = 15_000;

/** A long list of hubs fits many times over; anything larger is no answer of this service. */
export const CLOUD_MAX_BYTES = 512 * 1024;

/** A `Retry-After` beyond this is not believed (docs/rules.md, 9). */
export const RETRY_AFTER_CAP_S = 6 * 3600;

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
  expectOk(cloud, answer);
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
    throw new CozifyError('COZIFY_OTP_REJECTED', 'The code is wrong or has expired: check it, or ask for a new one.', {
      statusCode: answer.status,
    });
  }
  expectOk(cloud, answer);
  return readTokenAnswer(answer.body);
}

/** The keys of the hubs this login may use, or `undefined` when the cloud rejects the token. This is the ping. */
export async function hubKeys(cloud: Cloud, token: string): Promise<HubKeys | undefined> {
  const answer = await ask(cloud, 'GET', 'user/hubkeys', { headers: { Authorization: token }, isReplayable: true });
  if (isRejection(answer)) return undefined;
  expectOk(cloud, answer);
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
  expectOk(cloud, answer);
  return readTokenAnswer(answer.body);
}

/** Revokes the token. A 401 means that this was so already. A web page is nobody's word that it is. */
export async function logOut(cloud: Cloud, token: string): Promise<void> {
  const answer = await ask(cloud, 'PUT', 'user/logout', { headers: { Authorization: token } });
  if (isRejection(answer)) return;
  expectOk(cloud, answer);
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
  expectOk(cloud, answer);
  if (answer.body.trim() === '') return [];
  const addresses = parseJson(answer.body);
  if (!lanIpShape.fits(addresses)) throw badAnswer('a list of addresses', describe(answer.body));
  return addresses ?? [];
}

/** Asks a hub through the cloud; `path` is one of the hub's own. Gives the answer as it comes. */
export async function remote(cloud: Cloud, token: string, hubKey: string, path: `/${string}`): Promise<HttpResponse> {
  const headers = { Authorization: token, 'X-Hub-Key': hubKey };
  return ask(cloud, 'GET', `hub/remote${path}`, { headers, isReplayable: true });
}

/** Throws what an answer other than 200 means. */
export function expectOk(cloud: Pick<Cloud, 'now'>, answer: HttpResponse): void {
  if (answer.status === 200) return;
  const statusCode = answer.status;
  const retryAfter = statusCode === 429 || statusCode === 503 ? readRetryAfter(answer, cloud.now()) : undefined;
  const details = { statusCode, retryAfter };
  const isPage = isHtml(answer.body);
  if (statusCode === 429) throw new CozifyError('COZIFY_RATE_LIMITED', 'Cozify asks to slow down.', details);
  if (statusCode === 403) throw new CozifyError('COZIFY_FORBIDDEN', 'Cozify does not allow this.', details);
  if (statusCode === 410) {
    throw new CozifyError('COZIFY_OBSOLETE', 'Cozify no longer serves this version of its API.', details);
  }
  throw new CozifyError(
    'COZIFY_API',
    `Cozify answered with status ${statusCode}${isPage ? ' and a web page' : ''}.`,
    details,
  );
}

/** Whether a body is a web page, which no call of this service ever is (docs/rules.md, 1). */
export function isHtml(body: string): boolean {
  return body.trimStart().startsWith('<');
}

function isRejection(answer: HttpResponse): boolean {
  return answer.status === 401 && !isHtml(answer.body);
}

/** Seconds or an HTTP date, as whole seconds from now; what is negative or no time at all counts as missing. */
function readRetryAfter(answer: HttpResponse, now: number): number | undefined {
  const text = answer.headers['retry-after']?.trim() ?? '';
  const date = /^[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
  const seconds = /^\d+$/.test(text) ? Number(text) : Math.ceil((date - now) / 1000);
  return seconds > 0 ? Math.min(seconds, RETRY_AFTER_CAP_S) : undefined;
}

function badAnswer(expected: string, came: string): CozifyError {
  return new CozifyError('COZIFY_BAD_ANSWER', `The cloud should have answered with ${expected}, but sent ${came}.`);
}

function describe(body: string): string {
  return isHtml(body) ? 'a web page' : `${body.length} characters of something else`;
}

interface AskOptions {
  headers?: Record<string, string>;
  body?: string;
  isReplayable?: boolean;
}

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
