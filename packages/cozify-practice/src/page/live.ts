import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from '../world';
import { changesBetween, factsOf, type Facts } from './facts';

/** Interval at which the facts are compared with those last sent, while a page is open. */
const LOOK_MS = 200;
/** Interval between keep-alive lines for the browser. */
const SIGN_OF_LIFE_MS = 15_000;

/** Sends all facts and then each change as server-sent events, until the page is closed. */
export async function sendLive(simulator: World, response: ServerResponse, closing: AbortSignal): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  let known: Facts = new Map();
  let sentAt = 0;
  while (!response.destroyed && !closing.aborted) {
    const now = factsOf(simulator);
    const changes = changesBetween(known, now);
    const isNews = Object.keys(changes).length > 0;
    if (isNews || performance.now() - sentAt > SIGN_OF_LIFE_MS) {
      response.write(isNews ? `data: ${JSON.stringify(changes)}\n\n` : ':\n\n');
      sentAt = performance.now();
    }
    known = now;
    await sleep(LOOK_MS, undefined, { signal: closing });
  }
}
