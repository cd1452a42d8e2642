import type { NodeAPI } from 'node-red';
import { defineAction } from './runtime/define-action.js';

/** Forgets the login, with `logout` at the cloud too: python-cozify's `resetState()`. */
export default function register(RED: NodeAPI): void {
  defineAction(RED, {
    operation: 'reset',
    outputs: 1,
    parameters: { logout: { type: 'boolean', default: false } },
    run: (account, { params }) => account.reset(params),
  });
}
