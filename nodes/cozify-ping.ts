import type { NodeAPI } from 'node-red';
import { defineAction } from './runtime/define-action.js';
import { EXPIRY, flag } from './runtime/parameters.js';

/**
 * Registers the node that asks the cloud whether the token is valid, and renews it if it is due, like python-cozify's
 * `ping()`.
 */
export default function register(RED: NodeAPI): void {
  defineAction(RED, {
    operation: 'ping',
    parameters: { autorefresh: flag(true), expiry: EXPIRY },
    run: (account, { autorefresh, expiry }) => account.ping({ autorefresh, expiryMs: expiry }),
    output: (isValid) => (isValid ? 1 : 2),
  });
}
