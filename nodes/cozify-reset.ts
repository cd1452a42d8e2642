import type { NodeAPI } from 'node-red';
import { defineAction } from './runtime/define-action.js';
import { flag } from './runtime/parameters.js';

/**
 * Registers the node that deletes the login, and with `logout` also revokes the token at the cloud, like
 * python-cozify's `resetState()`.
 */
export default function register(RED: NodeAPI): void {
  defineAction(RED, {
    operation: 'reset',
    parameters: { logout: flag(false) },
    run: (account, { logout }) => account.reset({ logout }),
  });
}
