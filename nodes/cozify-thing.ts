import type { NodeAPI } from 'node-red';
import { defineAction } from './runtime/define-action.js';
import { flag, seconds, TEXT_TO_SET } from './runtime/parameters.js';

/** Checks the login, as a trial of a new node. */
export default function register(RED: NodeAPI): void {
  defineAction(RED, {
    operation: 'thing',
    parameters: { note: TEXT_TO_SET, timeout: seconds({ minimum: 1, maximum: 60 }, 5), autorefresh: flag(true) },
    run: (account, { autorefresh }) => account.ping({ autorefresh }),
  });
}
