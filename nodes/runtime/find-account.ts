import type { Node, NodeAPI } from 'node-red';
import { type Account, CozifyError } from '../../src/index.js';
import type { Language } from '../../src/nodes-api.js';

/** The account's config node as other nodes see it: an account, or the problem that keeps it from having one. */
export interface AccountNode extends Node<{ email: string }> {
  account?: Account;
  problem?: CozifyError;
  /** Of statuses, and of names that the factory has given. */
  language?: Language | undefined;
}

/** The account's config node as it is now, if it is there; each deploy may bring, replace or take it. */
export function findAccount(RED: NodeAPI, id: unknown): AccountNode | undefined {
  if (typeof id !== 'string' || id === '') return undefined;
  const node = RED.nodes.getNode(id) as AccountNode | null | undefined;
  return node?.type === 'cozify-account' ? node : undefined;
}

/** The account for a step. Throws what keeps it from working, or `COZIFY_NO_ACCOUNT` where there is none. */
export function requireAccount(RED: NodeAPI, id: unknown): Account {
  const node = findAccount(RED, id);
  if (node?.problem !== undefined) throw node.problem;
  if (node?.account !== undefined) return node.account;
  throw new CozifyError('COZIFY_NO_ACCOUNT', 'No Cozify account: choose one that exists and is enabled.');
}
