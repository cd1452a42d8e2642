// Interception of the editor's requests.
import type { Page, Route } from 'playwright-core';
import { becomes } from '../../support/becomes';

/**
 * Lets a test answer the requests of a loaded page, like `page.route`. Resolves when the page's next request is certain
 * to be intercepted: Chromium confirms `page.route` before the page knows of it, and about one in 200 immediate requests
 * escapes on a busy machine.
 */
export async function intercept(
  page: Page,
  url: string | RegExp,
  answer: (route: Route) => unknown,
  options?: { times?: number },
): Promise<void> {
  await page.route(url, answer, options);
  await page.route(PROBE, (route) => route.fulfill({ status: 204 }));
  await becomes(() => page.evaluate(SEND_PROBE), 204);
  await page.unroute(PROBE);
}

const PROBE = /\?is-intercepted$/;

/** Code that requests the editor's own address, and returns the status: 200 from Node-RED, 204 if it is intercepted. */
const SEND_PROBE = `fetch('?is-intercepted', { method: 'HEAD' }).then(({ status }) => status)`;
