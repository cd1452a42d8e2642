import type { IncomingMessage } from 'node:http';

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i;

/**
 * Whether a request is one of the home's page, of a person or of a program: another web site in the same browser must
 * neither switch anything nor read the mailbox, be it under a name of its own that leads to this machine.
 */
export function isOwn({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  const { origin, host = '' } = headers;
  if (!LOOPBACK.test(host)) return false;
  const site = headers['sec-fetch-site'];
  if (site === undefined) return origin === undefined || origin === `http://${host}`;
  return site === 'same-origin' || site === 'none' || isVisit(method, headers);
}

/** A person follows a link to the page. */
function isVisit(method: string | undefined, headers: IncomingMessage['headers']): boolean {
  return method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
}
