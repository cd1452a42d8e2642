import type { NodeAPI } from 'node-red';
import { defineAction } from './runtime/define-action.js';
import { EXPIRY, flag } from './runtime/parameters.js';

/** Asks the cloud whether it takes the token, and renews it on the way: python-cozify's `ping()`. */
export default function register(RED: NodeAPI): void {
  defineAction(RED, {
    operation: 'ping',
    parameters: { autorefresh: flag(true), expiry: EXPIRY },
    run: (account, { autorefresh, expiry }) => account.ping({ autorefresh, expiryMs: expiry }),
    output: (isValid) => (isValid ? 1 : 2),
  });
}
