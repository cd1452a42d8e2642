import type { NodeAPI } from 'node-red';
import { defineAction } from './runtime/define-action.js';

/** Gives the address in force, or sets one: python-cozify's `email()`. */
export default function register(RED: NodeAPI): void {
  defineAction(RED, {
    operation: 'email',
    outputs: 1,
    parameters: {},
    typedInput: 'email',
    run: (account, { newValue }) => account.email(newValue),
  });
}
