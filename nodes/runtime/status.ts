import type { Node, NodeStatus } from 'node-red';
import type { Snapshot } from '../../src/index.js';
import type { AccountNode } from '../cozify-account.js';

/** Texts are in the account's catalogue, so that the editor shows them in the viewer's language. */
const CATALOGUE = '@cozify-community/node-red-cozify/cozify-account:status.';

/** Nodes of a flow start one after another: what is sent at the start waits until those it goes to are there. */
export const START_DELAY_MS = 100;

/** Shows on a node how its account stands, for as long as the node lives. */
export interface StatusFollower {
  /** Looks the account up again, in case it came, went or was replaced. */
  follow(): void;
  stop(): void;
}

export function followAccount(node: Node, find: () => AccountNode | undefined): StatusFollower {
  let followed: AccountNode | undefined;
  let unfollow: () => void = () => undefined;
  let shown = '';

  function show(): void {
    const status = statusOf(followed);
    const key = JSON.stringify(status);
    if (key === shown) return;
    shown = key;
    node.status(status);
  }

  function follow(): void {
    const found = find();
    if (found !== followed || found === undefined) {
      unfollow();
      followed = found;
      unfollow = found?.account?.onChange(show) ?? (() => undefined);
    }
    show();
  }

  follow();
  // Status nodes of a flow listen only once all its nodes are there: they get the first status then.
  const again = setTimeout(() => {
    shown = '';
    show();
  }, START_DELAY_MS);
  return {
    follow,
    stop: () => {
      clearTimeout(again);
      unfollow();
    },
  };
}

function statusOf(node: AccountNode | undefined): NodeStatus {
  if (node === undefined) return say('red', 'ring', 'no-account');
  const { account, problem } = node;
  if (problem !== undefined || account === undefined || account.loadError !== undefined)
    return say('red', 'ring', 'error');
  return account.isReady ? statusOfSnapshot(account.snapshot()) : {};
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

function say(fill: 'red' | 'yellow' | 'green' | 'grey', shape: 'dot' | 'ring', key: string): NodeStatus {
  return { fill, shape, text: CATALOGUE + key };
}
