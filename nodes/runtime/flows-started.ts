import type { NodeAPI } from 'node-red';
import { Listeners, toCozifyError } from '../../src/nodes-api.js';

type Events = NodeAPI['events'];

/** All who listen to one Node-RED, which warns of a leak at more than ten listeners of its own. */
// eslint-disable-next-line no-restricted-syntax -- A cache: without it, who comes later is told by another listener.
const listenersOf = new WeakMap<Events, Listeners>();

/**
 * Calls `listener` each time Node-RED has started flows, all or some: only then can a node find every other. Gives the
 * way to stop that.
 */
export function onFlowsStarted({ events, log }: NodeAPI, listener: () => void): () => void {
  let listeners = listenersOf.get(events);
  if (listeners === undefined) {
    const all = new Listeners((error) => log.error(`[cozify] ${toCozifyError(error).message}`));
    events.on('flows:started', () => all.tell(() => []));
    listenersOf.set(events, (listeners = all));
  }
  return listeners.add(listener);
}
