import type { HttpRequest, HttpResponse } from '../../../src/http/http-client.js';

/** Headers that the HTTP client adds to each request. */
const ALWAYS_SENT = [
  'Accept-Encoding: gzip, deflate, br',
  'Accept: application/json, text/plain',
  'User-Agent: node-red-cozify/0.1.0 (+https://github.com/cozify-community/node-red-cozify)',
  'Connection: keep-alive',
];
/** Headers that a plain server adds to each answer. */
const ALWAYS_ANSWERED = [
  'Content-Type: application/json; charset=utf-8',
  'Date: Mon, 02 Mar 2026 06:00:00 GMT',
  'Connection: keep-alive',
  'Keep-Alive: timeout=5',
];

/** Returns the size of a request and its answer in HTTP/1.1, in bytes, without TCP and TLS. */
export function wireSize({ method, url, headers = {}, body = '' }: HttpRequest, answer: HttpResponse): number {
  const { host, pathname, search } = new URL(url);
  const own = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const sent = [`${method} ${pathname}${search} HTTP/1.1`, `Host: ${host}`, ...own, ...ALWAYS_SENT];
  const length = Buffer.byteLength(answer.body);
  const answered = [`HTTP/1.1 ${answer.status} OK`, `Content-Length: ${length}`, ...ALWAYS_ANSWERED];
  return textSize(sent) + Buffer.byteLength(body) + textSize(answered) + length;
}

function textSize(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 2, 2);
}
