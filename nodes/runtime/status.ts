import type { Node, NodeAPI, NodeStatus } from 'node-red';
import type { Snapshot } from '../../src/index.js';
import type { AccountNode } from './find-account.js';
import { onFlowsStarted } from './flows-started.js';

/** Texts are in the account's catalogue, so that the editor shows them in the viewer's language. */
const CATALOGUE = '@cozify-community/node-red-cozify/cozify-account:status.';

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
    const status = problemOf(followed) ?? (isKnown ? statusOfSnapshot(account.snapshot()) : {});
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

  function isOther(): boolean {
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
      unsubscribe();
      unfollow?.();
    },
  };
}

/** What keeps an account from being used at all. */
export function problemOf(node: AccountNode | undefined): NodeStatus | undefined {
  if (node === undefined) return say('red', 'ring', 'no-account');
  const { account, problem } = node;
  const isUsable = problem === undefined && account !== undefined && account.loadError === undefined;
  return isUsable ? undefined : say('red', 'ring', 'error');
}

/** A status by its key in the account's catalogue. */
export function say(fill: 'red' | 'yellow' | 'green' | 'grey', shape: 'dot' | 'ring', key: string): NodeStatus {
  return { fill, shape, text: CATALOGUE + key };
}

function statusOfSnapshot({ state, reachable, expiresAt }: Snapshot): NodeStatus {
  if (!reachable) return say('grey', 'ring', 'unreachable');
  if (state === 'otp-sent') return say('yellow', 'dot', 'otp-sent');
  if (state === 'otp-required') return say('red', 'dot', 'otp-required');
  // A bare date is shown as it is; every language reads this form.
  return expiresAt === null
    ? say('green', 'dot', 'authenticated')
    : { fill: 'green', shape: 'dot', text: expiresAt.slice(0, 10) };
}
