import type { NodeAPI } from 'node-red';
import { parsePressConfig, PressFeed, pressText, systemClock } from '../src/nodes-api.js';
import { defineListener } from './runtime/define-listener.js';

/** Sends presses of wall switches and remote controls. */
export default function register(RED: NodeAPI): void {
  defineListener(RED, {
    type: 'cozify-button',
    parse: parsePressConfig,
    listen: ({ homes }, config, { node, status, onProblems }) =>
      new PressFeed({
        homes,
        config,
        clock: systemClock,
        onBegin: (hub) => status.addHub(hub),
        onProblems,
        send: (messages, press, thing) => {
          status.showEvent(thing, (language) => pressText(press, language));
          node.send(messages.map((message) => message && { ...message }));
        },
      }),
  });
}
