import type { Node, NodeAPI } from 'node-red';
import type { Account } from '../../src/index.js';
import { CozifyError, type Language, languageOf } from '../../src/nodes-api.js';

/** The config node of an account. Has either the account or the reason why the account can't be used. */
export interface AccountNode extends Node<{ email: string }> {
  account?: Account;
  problem?: CozifyError;
  /** The language of statuses and of default device names. */
  language?: Language | undefined;
}

/**
 * Returns the current config node of an account; `undefined` if there is none. Call it at each use, because a Deploy
 * may add, replace or remove the node.
 */
export function findAccount(RED: NodeAPI, id: unknown): AccountNode | undefined {
  if (typeof id !== 'string' || id === '') return undefined;
  const node = RED.nodes.getNode(id) as AccountNode | null | undefined;
  return node?.type === 'cozify-account' ? node : undefined;
}

/**
 * Returns the account for a step. Throws the problem of the config node, or `COZIFY_NO_ACCOUNT` if there is no account.
 */
export function requireAccount(RED: NodeAPI, id: unknown): Account {
  const node = findAccount(RED, id);
  if (node?.problem !== undefined) throw node.problem;
  if (node?.account !== undefined) return node.account;
  throw new CozifyError('COZIFY_NO_ACCOUNT', 'No Cozify account: choose one that exists and is enabled.');
}

/**
 * Returns Node-RED's language, or the system's if Node-RED has none. Used for statuses if the account does not specify
 * a language.
 */
export function languageOfHost({ settings }: NodeAPI): Language {
  return languageOf((settings as { lang?: unknown }).lang, process.env['LANG']);
}
