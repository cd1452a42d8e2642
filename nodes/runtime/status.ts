import type { Node, NodeAPI, NodeStatus } from 'node-red';
import type { Snapshot } from '../../src/index.js';
import type { AccountNode } from './find-account.js';
import { onFlowsStarted } from './flows-started.js';

/** Texts are in the account's catalogue, so that the editor shows them in the viewer's language. */
const CATALOGUE = '@cozify-community/node-red-cozify/cozify-account:status.';

/** Shows on a node how its account stands, for as long as the node lives. */
export interface StatusFollower {
  /** Looks the account up again, in case it came, went or was replaced. */
  follow(): void;
  stop(): void;
}

/** Shows on a node how the account stands that `find` gives, and follows it over Deploys. */
export function followAccount(RED: NodeAPI, node: Node, find: () => AccountNode | undefined): StatusFollower {
  let followed: AccountNode | undefined;
  let unfollow: (() => void) | undefined;
  let shown = '';
  let isStarted = false;

  function show(): void {
    const account = followed?.account;
    const isKnown = account?.isReady === true;
    const status = problemOf(followed) ?? (isKnown ? statusOfSnapshot(account.snapshot()) : {});
    const key = JSON.stringify(status);
    if (key === shown) return;
    shown = key;
    node.status(status);
  }

  function follow(): void {
    const found = find();
    // An account tells of its changes: as long as it is the same one, what is shown is how it stands.
    if (found === followed && shown !== '') return;
    if (found !== followed) {
      unfollow?.();
      followed = found;
      unfollow = found?.account?.onChange(show);
    }
    show();
  }

  follow();
  const unsubscribe = onFlowsStarted(RED, () => {
    // Status nodes listen only once their flow has started: they get the first status then.
    if (!isStarted) shown = '';
    isStarted = true;
    follow();
  });
  return {
    follow,
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
