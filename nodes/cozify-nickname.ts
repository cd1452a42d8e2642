import type { NodeAPI } from 'node-red';
import { defineAction } from './runtime/define-action.js';
import { flag, parameter } from './runtime/parameters.js';

/** A text of the dialog, or from another source. */
const TEXT = parameter<string>(
  { type: 'string', description: 'a text' },
  { source: 'typed input', typed: ['', 'str'] },
);

/** Registers the node that returns a nickname of the account if its login is valid, otherwise another text. */
export default function register(RED: NodeAPI): void {
  defineAction(RED, {
    operation: 'nickname',
    parameters: { nickname: TEXT, fallback: TEXT, withName: flag(false) },
    run: async (account, { nickname, fallback, withName }) => {
      const { value: isValid, isRefreshed } = await account.ping();
      const name = withName ? ` (${account.snapshot().account})` : '';
      return { value: `${isValid ? nickname : fallback}${name}`, isRefreshed };
    },
  });
}
