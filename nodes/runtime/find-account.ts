import type { Node, NodeAPI } from 'node-red';
import type { Account } from '../../src/index.js';
import { CozifyError, type Language, languageOf } from '../../src/nodes-api.js';

/** The config node of an account: has the account, or the problem that keeps it from having one. */
export interface AccountNode extends Node<{ email: string }> {
  account?: Account;
  problem?: CozifyError;
  /** The language of statuses and factory names. */
  language?: Language | undefined;
}

/**
 * Returns the current config node of an account; `undefined` if there is none. Each Deploy may add, replace or remove
 * it.
 */
export function findAccount(RED: NodeAPI, id: unknown): AccountNode | undefined {
  if (typeof id !== 'string' || id === '') return undefined;
  const node = RED.nodes.getNode(id) as AccountNode | null | undefined;
  return node?.type === 'cozify-account' ? node : undefined;
}

/** Returns the account for a step. Throws the account's problem, or `COZIFY_NO_ACCOUNT` if there is no account. */
export function requireAccount(RED: NodeAPI, id: unknown): Account {
  const node = findAccount(RED, id);
  if (node?.problem !== undefined) throw node.problem;
  if (node?.account !== undefined) return node.account;
  throw new CozifyError('COZIFY_NO_ACCOUNT', 'No Cozify account: choose one that exists and is enabled.');
}

/** Returns Node-RED's language, otherwise the system's. Used for statuses if the account does not choose a language. */
export function languageOfHost({ settings }: NodeAPI): Language {
  return languageOf((settings as { lang?: unknown }).lang, process.env['LANG']);
}
