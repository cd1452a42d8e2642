import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { World } from './world';
import { sendLive } from './page/live';

/** Made by scripts/build-practice.mjs, with its code and its style in it. */
const PAGE = join(__dirname, '..', 'page', 'page.html');
const LIVE = '/live';

/** Whether a path is one of the home's page. */
export function isOfPage(pathname: string): boolean {
  return pathname === '/' || pathname === LIVE;
}

/** Answers the page, and what keeps it up to date. What is done on it goes to the control interface. */
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
