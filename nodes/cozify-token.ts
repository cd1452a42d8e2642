import type { NodeAPI } from 'node-red';
import { defineAction } from './runtime/define-action.js';
import { flag, TEXT_TO_SET } from './runtime/parameters.js';

/** Gives the token, or sets one: python-cozify's `token()`. The only place where a token leaves the account. */
export default function register(RED: NodeAPI): void {
  defineAction(RED, {
    operation: 'token',
    parameters: { token: TEXT_TO_SET, commit: flag(true) },
    run: (account, { token, commit }) => account.token(token, { commit }),
  });
}
