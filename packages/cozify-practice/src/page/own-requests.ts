import type { IncomingMessage } from 'node:http';

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i;

/**
 * Whether a request comes from the page itself, from a link to it or from a program. Another web site in the same
 * browser must neither change anything nor read the mailbox, even if its host name resolves to this machine (DNS
 * rebinding).
 */
export function isOwn({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  const { origin, host = '' } = headers;
  if (!LOOPBACK.test(host)) return false;
  const site = headers['sec-fetch-site'];
  if (site === undefined) return origin === undefined || origin === `http://${host}`;
  return site === 'same-origin' || site === 'none' || isVisit(method, headers);
}

/** Whether a browser opens the page, for example because the user follows a link. */
function isVisit(method: string | undefined, headers: IncomingMessage['headers']): boolean {
  return method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
}
