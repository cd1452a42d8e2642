import type { NodeAPI } from 'node-red';
import { parseOtp } from '../src/nodes-api.js';
import { defineAction } from './runtime/define-action.js';
import { EXPIRY, flag, parameter } from './runtime/parameters.js';

/**
 * Registers the node that logs in with the code in `msg.otp`. Without a code, the node keeps the token if the cloud
 * still accepts it, and otherwise requests a code. Corresponds to python-cozify's `authenticate()`.
 */
export default function register(RED: NodeAPI): void {
  defineAction(RED, {
    operation: 'authenticate',
    parameters: {
      otp: parameter<string | undefined>(
        { description: 'the code from the e-mail as a text' },
        { source: 'message', parse: parseOtp },
      ),
      trustCloud: flag(true),
      trustHub: flag(true),
      remote: flag(false),
      autoremote: flag(true),
      autorefresh: flag(true),
      expiry: EXPIRY,
    },
    run: (account, { expiry, otp, ...trust }) =>
      account.authenticate({ ...trust, expiryMs: expiry, ...(otp === undefined ? {} : { otp }) }),
    output: (isLoggedIn) => (isLoggedIn ? 1 : 2),
  });
}
