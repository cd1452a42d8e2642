import type { NodeAPI } from 'node-red';
import { defineAction } from './runtime/define-action.js';
import { EXPIRY, flag } from './runtime/parameters.js';

/** Registers the node that renews the token if it is due, or always with `force`, like python-cozify's `refresh()`. */
export default function register(RED: NodeAPI): void {
  defineAction(RED, {
    operation: 'refresh',
    parameters: { force: flag(false), expiry: EXPIRY },
    run: (account, { force, expiry }) => account.refresh({ force, expiryMs: expiry }),
    output: (isLoggedIn) => (isLoggedIn ? 1 : 2),
  });
}
