import type { NodeAPI } from 'node-red';
import { Subscribers, toCozifyError } from '../../src/nodes-api.js';

type Events = NodeAPI['events'];

/** Subscribers by Node-RED instance. They share one listener, because Node-RED warns of a leak at more than ten. */
// eslint-disable-next-line no-restricted-syntax -- Weak, and keyed by Node-RED's event bus: the nodes of all types have no other owner in common.
const subscribersOf = new WeakMap<Events, Subscribers>();

/**
 * Calls `listener` after each start of all or some flows, when nodes can find each other. Returns a function that
 * unsubscribes it.
 */
export function onFlowsStarted({ events, log }: NodeAPI, listener: () => void): () => void {
  let subscribers = subscribersOf.get(events);
  if (subscribers === undefined) {
    const all = new Subscribers((error) => log.error(`[cozify] ${toCozifyError(error).message}`));
    events.on('flows:started', () => all.notify(() => []));
    subscribersOf.set(events, (subscribers = all));
  }
  return subscribers.add(listener);
}
