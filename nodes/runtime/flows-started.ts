import type { NodeAPI } from 'node-red';
import { Listeners, toCozifyError } from '../../src/nodes-api.js';

type Events = NodeAPI['events'];

/** Subscribers by Node-RED instance. They share one listener, because Node-RED warns of a leak at more than ten. */
// eslint-disable-next-line no-restricted-syntax -- Weak, and keyed by Node-RED's event bus: the nodes of all types have no other owner in common.
const listenersOf = new WeakMap<Events, Listeners>();

/**
 * Calls `listener` after each start of all or some flows, when nodes can find each other. Returns a function that
 * unsubscribes it.
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
