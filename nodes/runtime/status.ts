import type { Node, NodeAPI, NodeStatus } from 'node-red';
import type { Snapshot } from '../../src/index.js';
import type { Language } from '../../src/nodes-api.js';
import { type AccountNode, languageOfHost } from './find-account.js';
import { onFlowsStarted } from './runtime-events.js';
import { dayText, type StatusKey, statusText } from './status-words.js';

/** A subscription to the account of a node. */
export interface AccountFollower {
  /** Looks for the account again and follows it, because an account may have been added, replaced or removed. */
  follow(): void;
  stop(): void;
}

/** Shows the state of an account as the node's status, and updates it when the account changes. */
export function followAccount(RED: NodeAPI, node: Node, find: () => AccountNode | undefined): AccountFollower {
  let shown = '';
  return followOverDeploys(RED, find, (followed, isReset) => {
    const account = followed?.account;
    const isKnown = account?.isReady === true;
    const language = followed?.language ?? languageOfHost(RED);
    const status = problemOf(followed, language) ?? (isKnown ? statusOfSnapshot(account.snapshot(), language) : {});
    const key = JSON.stringify(status);
    if (key !== shown || isReset) node.status(status);
    shown = key;
  });
}

/**
 * Follows the account that `find` returns. Calls `onChange` when the account has changed, or when another account has
 * replaced it. `isReset`: whether an unchanged status must be sent again, because Status nodes subscribe only after
 * their flow has started.
 */
export function followOverDeploys(
  RED: NodeAPI,
  find: () => AccountNode | undefined,
  onChange: (node: AccountNode | undefined, isReset: boolean) => void,
): AccountFollower {
  let followed: AccountNode | undefined;
  let unfollow: (() => void) | undefined;
  let isStarted = false;
  let isStopped = false;

  /** Follows the current account. Returns whether it differs from the account that was followed before. */
  function followCurrent(): boolean {
    // A closed node must not follow an account, even if one of its steps is still running.
    if (isStopped) return false;
    const found = find();
    if (found === followed) return false;
    unfollow?.();
    followed = found;
    unfollow = found?.account?.onChange(() => onChange(found, false));
    return true;
  }

  followCurrent();
  onChange(followed, true);
  const unsubscribe = onFlowsStarted(RED, () => {
    if (followCurrent() || !isStarted) onChange(followed, !isStarted);
    isStarted = true;
  });
  return {
    follow: () => {
      if (followCurrent()) onChange(followed, false);
    },
    stop: () => {
      isStopped = true;
      unsubscribe();
      unfollow?.();
    },
  };
}

/** Returns the status of an account that can't be used; `undefined` if the account can be used. */
export function problemOf(node: AccountNode | undefined, language: Language): NodeStatus | undefined {
  if (node === undefined) return statusOf(language, 'red', 'ring', 'no-account');
  const { account, problem } = node;
  const isUsable = problem === undefined && account !== undefined && account.loadError === undefined;
  return isUsable ? undefined : statusOf(language, 'red', 'ring', 'error');
}

/** Makes a status with a text from the locale file `cozify-account.json`. */
export function statusOf(
  language: Language,
  fill: 'red' | 'yellow' | 'green' | 'grey',
  shape: 'dot' | 'ring',
  key: StatusKey,
  parameters?: Readonly<Record<string, string>>,
): NodeStatus {
  return { fill, shape, text: statusText(language, key, parameters) };
}

function statusOfSnapshot({ state, reachable, expiresAt }: Snapshot, language: Language): NodeStatus {
  if (!reachable) return statusOf(language, 'grey', 'ring', 'unreachable');
  if (state === 'otp-sent') return statusOf(language, 'yellow', 'dot', 'otp-sent');
  if (state === 'otp-required') return statusOf(language, 'red', 'dot', 'otp-required');
  return expiresAt === null
    ? statusOf(language, 'green', 'dot', 'authenticated')
    : statusOf(language, 'green', 'dot', 'valid-until', { day: dayText(expiresAt, language, Date.now()) });
}
