import type { NodeAPI } from 'node-red';
import { defineAction } from './runtime/define-action.js';
import { TEXT_TO_SET } from './runtime/parameters.js';

/** Registers the node that returns or sets the account's e-mail address, like python-cozify's `email()`. */
export default function register(RED: NodeAPI): void {
  defineAction(RED, {
    operation: 'email',
    parameters: { email: TEXT_TO_SET },
    run: (account, { email }) => account.email(email),
  });
}
