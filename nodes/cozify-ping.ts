import type { NodeAPI } from 'node-red';
import { defineAction } from './runtime/define-action.js';

/** Asks the cloud whether it takes the token, and renews it on the way: python-cozify's `ping()`. */
export default function register(RED: NodeAPI): void {
  defineAction(RED, {
    operation: 'ping',
    outputs: 2,
    parameters: { autorefresh: { type: 'boolean', default: true }, expiry: { type: 'expiry' } },
    run: (account, { params: { autorefresh, expiry } }) => account.ping({ autorefresh, expiryMs: expiry }),
  });
}
