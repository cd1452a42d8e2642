import type { Node, NodeAPI, NodeStatus } from 'node-red';
import type { Snapshot } from '../../src/index.js';
import type { Language } from '../../src/nodes-api.js';
import type { AccountNode } from './find-account.js';
import { onFlowsStarted } from './flows-started.js';
import { languageOfHost } from './language.js';
import { dayText, type StatusKey, statusText } from './status-words.js';

/** Follows an account until it is stopped. */
export interface AccountFollower {
  /** Looks the account up again, in case it came, went or was replaced. */
  follow(): void;
  stop(): void;
}

/** Shows on a node how the account stands that `find` gives. An account tells of its changes: others are not looked for. */
export function followAccount(RED: NodeAPI, node: Node, find: () => AccountNode | undefined): AccountFollower {
  let shown = '';
  return followOverDeploys(RED, find, (followed, isAnew) => {
    const account = followed?.account;
    const isKnown = account?.isReady === true;
    const language = followed?.language ?? languageOfHost(RED);
    const status = problemOf(followed, language) ?? (isKnown ? statusOfSnapshot(account.snapshot(), language) : {});
    const key = JSON.stringify(status);
    if (key !== shown || isAnew) node.status(status);
    shown = key;
  });
}

/**
 * Follows the account that `find` gives. `look` is called with it when it may be another, or stand otherwise, and with
 * `isAnew` where that has to be shown in any case: Status nodes listen only once their flow has started.
 */
export function followOverDeploys(
  RED: NodeAPI,
  find: () => AccountNode | undefined,
  look: (node: AccountNode | undefined, isAnew: boolean) => void,
): AccountFollower {
  let followed: AccountNode | undefined;
  let unfollow: (() => void) | undefined;
  let isStarted = false;
  let isStopped = false;

  function isOther(): boolean {
    // The node has closed, and what is under way in it goes on: its account may live as long as the process.
    if (isStopped) return false;
    const found = find();
    if (found === followed) return false;
    unfollow?.();
    followed = found;
    unfollow = found?.account?.onChange(() => look(found, false));
    return true;
  }

  isOther();
  look(followed, true);
  const unsubscribe = onFlowsStarted(RED, () => {
    if (isOther() || !isStarted) look(followed, !isStarted);
    isStarted = true;
  });
  return {
    follow: () => {
      if (isOther()) look(followed, false);
    },
    stop: () => {
      isStopped = true;
      unsubscribe();
      unfollow?.();
    },
  };
}

/** What keeps an account from being used at all. */
export function problemOf(node: AccountNode | undefined, language: Language): NodeStatus | undefined {
  if (node === undefined) return statusOf(language, 'red', 'ring', 'no-account');
  const { account, problem } = node;
  const isUsable = problem === undefined && account !== undefined && account.loadError === undefined;
  return isUsable ? undefined : statusOf(language, 'red', 'ring', 'error');
}

/** A status in words of the account's catalogue. */
export function statusOf(
  language: Language,
  fill: 'red' | 'yellow' | 'green' | 'grey' | 'blue',
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
