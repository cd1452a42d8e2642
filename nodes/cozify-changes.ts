import type { NodeAPI } from 'node-red';
import type { ChangeConfig } from '../src/homes-api.js';
import { homesApi, systemClock } from '../src/nodes-api.js';
import { defineFeed } from './runtime/define-feed.js';

/** Registers the node that sends a message for each change of a device, scene or other thing in the home. */
export default function register(RED: NodeAPI): void {
  defineFeed(RED, {
    type: 'cozify-changes',
    parse: (properties) => homesApi().parseChangeConfig(properties),
    createFeed: (account, config, { node, status, onProblems }) => {
      const { ChangeFeed } = homesApi();
      const feed = new ChangeFeed({
        id: node.id,
        homes: account.homes,
        config,
        clock: systemClock,
        onProblems,
        onThings: (things) => {
          const [only, ...others] = things;
          const field = fieldOf(config);
          if (only === undefined || others.length > 0) status.show(things, field);
          else status.showChanged(only, { field, isNow: false });
        },
        onChanged: (thing, count) => status.showChanged(thing, { field: fieldOf(config), count }),
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

/** Returns the field that the node sends; empty for the whole state. */
function fieldOf({ payload }: ChangeConfig): string {
  return payload === 'state' ? '' : payload;
}
