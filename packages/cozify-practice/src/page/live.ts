import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from '../world';
import { changesBetween, factsOf, type Facts } from './facts';

/** So often the home is looked at while somebody has the page open. */
const LOOK_MS = 200;
/** A line so often tells a browser that the connection lives. */
const SIGN_OF_LIFE_MS = 15_000;

/** Sends everything there is to show, and then what changes, until the page is closed: server-sent events. */
export async function sendLive(simulator: World, response: ServerResponse, closing: AbortSignal): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  let known: Facts = new Map();
  let saidAt = 0;
  while (!response.destroyed && !closing.aborted) {
    const now = factsOf(simulator);
    const changes = changesBetween(known, now);
    const isNews = Object.keys(changes).length > 0;
    if (isNews || performance.now() - saidAt > SIGN_OF_LIFE_MS) {
      response.write(isNews ? `data: ${JSON.stringify(changes)}\n\n` : ':\n\n');
      saidAt = performance.now();
    }
    known = now;
    await sleep(LOOK_MS, undefined, { signal: closing });
  }
}
