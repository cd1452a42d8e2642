import { CozifyError } from '../errors.js';
import type { HttpResponse } from './http-client.js';

/** A response that may lack its headers. */
type Answer = Omit<HttpResponse, 'headers'> & Partial<HttpResponse>;

/** A longer `Retry-After` is shortened to this (docs/dev/rules.md, "Deadlines and waiting"). */
export const RETRY_AFTER_CAP_S = 6 * 3600;

/**
 * Throws an error for a response with a status other than 200. `clock` is used for a `Retry-After` date in a response
 * without a `Date` header; without a clock, such a date is ignored.
 */
export function expectOk(response: Answer, clock?: { now(): number }): void {
  if (response.status === 200) return;
  const statusCode = response.status;
  const retryAfter = statusCode === 429 || statusCode === 503 ? parseRetryAfter(response, clock) : undefined;
  const details = { statusCode, retryAfter };
  if (statusCode === 429) throw new CozifyError('COZIFY_RATE_LIMITED', 'Cozify asks to slow down.', details);
  if (statusCode === 403) throw new CozifyError('COZIFY_FORBIDDEN', 'Cozify does not allow this.', details);
  if (statusCode === 410) {
    throw new CozifyError('COZIFY_OBSOLETE', 'Cozify no longer serves this version of its API.', details);
  }
  const page = isHtml(response.body) ? ' and a web page' : '';
  throw new CozifyError('COZIFY_API', `Cozify answered with status ${statusCode}${page}.`, details);
}

/**
 * Whether a body is a web page. Cozify's cloud and hubs never send one, so it comes from a proxy or a gateway
 * (docs/dev/rules.md, "Only the cloud ends a login").
 */
export function isHtml(body: string): boolean {
  return body.trimStart().startsWith('<');
}

/**
 * Parses a `Retry-After` header, given in seconds or as an HTTP date. Returns whole seconds from now; `undefined` if
 * the header is missing, not a time, or not in the future. At most {@link RETRY_AFTER_CAP_S}. A date is relative to the
 * response's own `Date`, because this machine's clock may be wrong.
 */
function parseRetryAfter({ headers = {} }: Answer, clock?: { now(): number }): number | undefined {
  const text = headers['retry-after']?.trim() ?? '';
  const seconds = /^\d+$/.test(text) ? Number(text) : secondsUntil(text, headers['date'], clock);
  return seconds > 0 ? Math.min(seconds, RETRY_AFTER_CAP_S) : undefined;
}

function secondsUntil(text: string, sentAt: string | undefined, clock?: { now(): number }): number {
  const now = parseDate(sentAt ?? '');
  return Math.ceil((parseDate(text) - (Number.isNaN(now) ? (clock?.now() ?? Number.NaN) : now)) / 1000);
}

function parseDate(text: string): number {
  return /^[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
}
