// Sends HTTP requests for tests.
import { request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { TIMEOUT_MS } from '../../support/wait';

/** An HTTP response. The body is parsed if it is JSON. */
export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  body: unknown;
}

/**
 * Sends one HTTP request on a new connection and with exactly these headers, because `fetch` adds and hides headers. A
 * body that is not a string is sent as JSON.
 */
export function request(
  method: string,
  url: string,
  body?: unknown,
  headers: OutgoingHttpHeaders = {},
): Promise<Reply> {
  const sent = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const all: OutgoingHttpHeaders = {
    ...(sent === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(sent) }),
    ...headers,
  };
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, { method, headers: all, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (text += chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, body: parsed(text) });
      });
    });
    outgoing.setTimeout(TIMEOUT_MS, () => outgoing.destroy(new Error(`${method} ${url} was not answered.`)));
    outgoing.on('error', reject);
    outgoing.end(sent);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
