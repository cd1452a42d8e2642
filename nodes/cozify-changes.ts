import type { NodeAPI } from 'node-red';
import { ChangeFeed, type ChangeWishes, parseChangeWishes, systemClock } from '../src/nodes-api.js';
import { defineListener } from './runtime/define-listener.js';

/** Tells a flow what changes in a home. */
export default function register(RED: NodeAPI): void {
  defineListener(RED, {
    type: 'cozify-changes',
    parse: parseChangeWishes,
    listen: (account, wishes, { node, status, onProblems }) => {
      const feed = new ChangeFeed({
        id: node.id,
        homes: account.homes,
        wishes,
        clock: systemClock,
        onProblems,
        onThings: (things) => {
          const [only, ...others] = things;
          const field = fieldOf(wishes);
          if (only === undefined || others.length > 0) status.show(things, field);
          else status.showChanged(only, { field, isNow: false });
        },
        onNews: (thing, count) => status.showChanged(thing, { field: fieldOf(wishes), count }),
        send: (message) => node.send({ ...message }),
      });
      const example = (): object[] | undefined => {
        const message = feed.example();
        return message && [message];
      };
      return { stop: () => feed.stop(), example };
    },
  });
}

/** The one field that counts, where it is one. */
function fieldOf({ payload }: ChangeWishes): string {
  return payload === 'state' ? '' : payload;
}
