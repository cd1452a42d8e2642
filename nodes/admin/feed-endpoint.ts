import type { Request } from 'express';
import { badInput, parseText, toCozifyError } from '../../src/nodes-api.js';
import type { AccountRegistry } from '../accounts/account-registry.js';
import { type GuardedRoutes, Refusal } from './guard.js';
import { accountOf } from './hub-endpoints.js';

/** The longest time that a long-polling request is held open, in seconds. */
const LONGEST_WAIT_S = 20;

/** Registers the long-polling endpoint from which the editor's sidebar gets the events of an account's hubs. */
export function registerFeedEndpoint({ read }: Pick<GuardedRoutes, 'read'>, accounts: () => AccountRegistry): void {
  read('/feed', async (id, _body, query, signal) => {
    const after = parseText(query['after'], 'after');
    const feedQuery = { after, hub: parseText(query['hub'], 'hub'), waitMs: parseWait(query) };
    const account = await accountOf(accounts(), id, query['cloudUrl']);
    try {
      return await account.feed(feedQuery, signal);
    } catch (error) {
      const { code, message, retryAfter } = toCozifyError(error);
      if (code === 'COZIFY_BUSY') throw new Refusal(429, code, message, retryAfter);
      // A Deploy has just closed the account. The next request reaches the account that replaces it.
      if (code !== 'COZIFY_CLOSED') throw error;
      return { events: [], last: after, reset: false, hubs: [] };
    }
  });
}

/** Returns the query's `wait` in milliseconds. */
function parseWait(query: Request['query']): number {
  const seconds = Number(parseText(query['wait'], 'wait'));
  if (seconds >= 0 && seconds <= LONGEST_WAIT_S) return seconds * 1000;
  throw badInput(`wait should be a number of seconds from 0 to ${LONGEST_WAIT_S}.`);
}
