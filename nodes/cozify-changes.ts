import type { NodeAPI } from 'node-red';
import { ChangeFeed, type ChangeWishes, parseChangeWishes, systemClock } from '../src/nodes-api.js';
import { defineListener } from './runtime/define-listener.js';

/** Tells a flow what changes in a home. */
export default function register(RED: NodeAPI): void {
  defineListener(RED, {
    type: 'cozify-changes',
    parse: parseChangeWishes,
    listen: (account, wishes, { node, status, onProblem }) =>
      new ChangeFeed({
        id: node.id,
        homes: account.homes,
        wishes,
        clock: systemClock,
        onProblem,
        onBegin: (things) => status.show(things, fieldOf(wishes)),
        send: (message, thing) => {
          status.show([thing], fieldOf(wishes));
          node.send({ ...message });
        },
      }),
  });
}

/** The one field that counts, where it is one. */
function fieldOf({ payload }: ChangeWishes): string {
  return payload === 'state' ? '' : payload;
}
