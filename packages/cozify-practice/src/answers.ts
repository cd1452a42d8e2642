import { STATUS_CODES } from 'node:http';

/** An HTTP response before it is sent. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Returns a response with a JSON body. */
export function json(value: unknown, status = 200): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

/** Returns a 200 response in plain text, the form in which the cloud sends tokens. */
export function text(body: string): Answer {
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

/** Returns a 304 response. */
export function notModified(): Answer {
  return { status: 304, headers: {}, body: '' };
}

/** Returns an error response in Cozify's form: `{"code", "message"}`. */
export function failure(status: number, message = STATUS_CODES[status] ?? 'Error', code = status): Answer {
  return json({ code, message }, status);
}

/**
 * Returns the cloud's response to a request that it does not expect, such as one for a code without an e-mail address.
 */
export function generalError(): Answer {
  return failure(500, 'General error', 1);
}

/** Returns the response that a simulated fault sends, with a content type that fits its body. */
export function substitute(status = 200, body?: string): Answer {
  if (body === undefined && status >= 400) return failure(status);
  return { status, headers: { 'content-type': contentTypeOf(body ?? '') }, body: body ?? '' };
}

function contentTypeOf(body: string): string {
  if (/^\s*</.test(body)) return 'text/html; charset=utf-8';
  return /^\s*[[{]/.test(body) ? 'application/json' : 'text/plain; charset=utf-8';
}
