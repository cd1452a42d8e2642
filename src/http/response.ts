import { CozifyError } from '../errors.js';
import type { HttpResponse } from './http-client.js';

/** A response of which the headers may not be known. */
type Answer = Omit<HttpResponse, 'headers'> & Partial<HttpResponse>;

/** A `Retry-After` beyond this is not believed (docs/dev/rules.md, "Deadlines and waiting"). */
export const RETRY_AFTER_CAP_S = 6 * 3600;

/**
 * Throws what a response other than 200 means. `clock` serves a `Retry-After` date in a response without a `Date` of
 * its own; without a clock such a one counts as missing.
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

/** Whether a body is a web page, which no call of this service ever is (docs/dev/rules.md, "Only the cloud ends a login"). */
export function isHtml(body: string): boolean {
  return body.trimStart().startsWith('<');
}

/**
 * Seconds or an HTTP date, as whole seconds from now; what is negative or no time at all counts as missing. A date is
 * read against the response's own `Date`: the clock of this machine may be wrong.
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
