import type { NodeAPI } from 'node-red';
import { homesApi, systemClock } from '../src/nodes-api.js';
import { defineFeed } from './runtime/define-feed.js';

/** Registers the node that sends a message for each press of a wall switch or remote control. */
export default function register(RED: NodeAPI): void {
  defineFeed(RED, {
    type: 'cozify-button',
    parse: (properties) => homesApi().parsePressConfig(properties),
    createFeed: ({ homes }, config, { node, status, onProblems }) => {
      const { PressFeed, pressText } = homesApi();
      return new PressFeed({
        homes,
        config,
        clock: systemClock,
        onBegin: (hub) => status.addHub(hub),
        onProblems,
        send: (messages, press, thing) => {
          status.showEvent(thing, (language) => pressText(press, language));
          node.send(messages.map((message) => message && { ...message }));
        },
      });
    },
  });
}
