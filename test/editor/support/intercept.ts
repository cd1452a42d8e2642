// Interception of the editor's requests.
import type { Page, Route } from 'playwright-core';
import { becomes } from '../../support/becomes';

/**
 * Lets a test answer the requests that match `url`, like `page.route`, and resolves when each later request is certain
 * to be intercepted. `page.route` alone can resolve before Chromium intercepts the requests of a loaded page. On a busy
 * machine, about one in 200 requests sent immediately after it was not intercepted.
 */
export async function intercept(
  page: Page,
  url: string | RegExp,
  answer: (route: Route) => unknown,
  options?: { times?: number },
): Promise<void> {
  await page.route(url, answer, options);
  // Chromium intercepts all requests of a page or none, so one intercepted probe is enough.
  await page.route(PROBE_URL, (route) => route.fulfill({ status: 204 }));
  await becomes(() => page.evaluate(SEND_PROBE), 204);
  await page.unroute(PROBE_URL);
}

const PROBE_URL = /\?is-intercepted$/;

/** Code that requests the editor's address with the probe's query. Node-RED would answer 200, the route answers 204. */
const SEND_PROBE = `fetch('?is-intercepted', { method: 'HEAD' }).then(({ status }) => status)`;
