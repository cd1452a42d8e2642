import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { World } from './world';
import { sendLive } from './page/live';

/** The page with its script and style, built by scripts/build-practice.mjs. */
const PAGE = join(__dirname, '..', 'page', 'page.html');
const LIVE = '/live';

/** Whether a path belongs to the page. */
export function isOfPage(pathname: string): boolean {
  return pathname === '/' || pathname === LIVE;
}

/** Answers requests for the page and its live connection. Actions on the page use the control interface. */
export async function answerPage(
  simulator: World,
  request: IncomingMessage,
  response: ServerResponse,
  closing: AbortSignal,
): Promise<void> {
  if (request.method !== 'GET') {
    response.writeHead(405).end();
    return;
  }
  if (request.url?.startsWith(LIVE)) return sendLive(simulator, response, closing);
  const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
  response.writeHead(200, headers).end(readFileSync(PAGE));
}
