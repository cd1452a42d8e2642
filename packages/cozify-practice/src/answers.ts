import { STATUS_CODES } from 'node:http';

/** An answer before it is sent. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** An answer with a JSON body. */
export function json(value: unknown, status = 200): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

/** A 200 in plain text, as the cloud sends its tokens. */
export function text(body: string): Answer {
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

/** The answer that there is nothing new. */
export function notModified(): Answer {
  return { status: 304, headers: {}, body: '' };
}

/** An error in the form of the service: `{"code", "message"}`. */
export function failure(status: number, message = STATUS_CODES[status] ?? 'Error', code = status): Answer {
  return json({ code, message }, status);
}

/** The service's answer to what it did not expect. */
export function generalError(): Answer {
  return failure(500, 'General error', 1);
}

/** The answer a fault puts in the place of the real one, with the type its body looks like. */
export function substitute(status = 200, body?: string): Answer {
  if (body === undefined && status >= 400) return failure(status);
  return { status, headers: { 'content-type': contentTypeOf(body ?? '') }, body: body ?? '' };
}

function contentTypeOf(body: string): string {
  if (/^\s*</.test(body)) return 'text/html; charset=utf-8';
  return /^\s*[[{]/.test(body) ? 'application/json' : 'text/plain; charset=utf-8';
}
