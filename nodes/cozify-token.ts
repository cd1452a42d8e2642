import type { NodeAPI } from 'node-red';
import { defineAction } from './runtime/define-action.js';
import { flag, TEXT_TO_SET } from './runtime/parameters.js';

/**
 * Registers the node that returns or sets the token, like python-cozify's `token()`. No other node outputs the token.
 */
export default function register(RED: NodeAPI): void {
  defineAction(RED, {
    operation: 'token',
    parameters: { token: TEXT_TO_SET, commit: flag(true) },
    run: (account, { token, commit }) => account.token(token, { commit }),
  });
}
