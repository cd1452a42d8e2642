import type { NodeAPI } from 'node-red';
import { defineAction } from './runtime/define-action.js';

/** Gives the token, or sets one: python-cozify's `token()`. The only place where a token leaves the account. */
export default function register(RED: NodeAPI): void {
  defineAction(RED, {
    operation: 'token',
    outputs: 1,
    parameters: { commit: { type: 'boolean', default: true } },
    typedInput: 'token',
    run: (account, { params, newValue }) => account.token(newValue, params),
  });
}
