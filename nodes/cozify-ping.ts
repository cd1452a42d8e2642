import type { NodeAPI } from 'node-red';
import { defineAction } from './runtime/define-action.js';
import { EXPIRY, flag } from './runtime/parameters.js';

/** Asks the cloud whether the token is valid, and renews it if it is due: python-cozify's `ping()`. */
export default function register(RED: NodeAPI): void {
  defineAction(RED, {
    operation: 'ping',
    parameters: { autorefresh: flag(true), expiry: EXPIRY },
    run: (account, { autorefresh, expiry }) => account.ping({ autorefresh, expiryMs: expiry }),
    output: (isValid) => (isValid ? 1 : 2),
  });
}
