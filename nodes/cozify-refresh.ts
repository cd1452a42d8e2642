import type { NodeAPI } from 'node-red';
import { defineAction } from './runtime/define-action.js';

/** Renews the token if it is due, or always with `force`: python-cozify's `refresh()`. */
export default function register(RED: NodeAPI): void {
  defineAction(RED, {
    operation: 'refresh',
    outputs: 2,
    parameters: { force: { type: 'boolean', default: false }, expiry: { type: 'expiry' } },
    run: (account, { params: { force, expiry } }) => account.refresh({ force, expiryMs: expiry }),
  });
}
