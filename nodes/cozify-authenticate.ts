import type { NodeAPI } from 'node-red';
import { parseOtp } from '../src/index.js';
import { defineAction } from './runtime/define-action.js';

/** Logs in with `msg.otp`, trusts a token the cloud accepts, or has a code e-mailed: python-cozify's `authenticate()`. */
export default function register(RED: NodeAPI): void {
  defineAction(RED, {
    operation: 'authenticate',
    outputs: 2,
    parameters: {
      trustCloud: { type: 'boolean', default: true },
      trustHub: { type: 'boolean', default: true },
      remote: { type: 'boolean', default: false },
      autoremote: { type: 'boolean', default: true },
      autorefresh: { type: 'boolean', default: true },
      expiry: { type: 'expiry' },
    },
    run: (account, { params: { expiry, ...trust }, otp }) =>
      account.authenticate({ ...trust, expiryMs: expiry, ...(otp === undefined ? {} : { otp: parseOtp(otp) }) }),
  });
}
