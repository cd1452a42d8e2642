import type { NodeAPI } from 'node-red';
import { Subscribers, toCozifyError } from '../../src/nodes-api.js';

type Events = NodeAPI['events'];

/** Subscribes to events of Node-RED. Returns a function that unsubscribes. */
export function subscribe(events: Events, listeners: Readonly<Record<string, (event: unknown) => void>>): () => void {
  for (const [event, listener] of Object.entries(listeners)) events.on(event, listener);
  return () => {
    for (const [event, listener] of Object.entries(listeners)) events.removeListener(event, listener);
  };
}

/**
 * Subscribers, by Node-RED instance. All subscribers of an instance share one listener, because Node-RED warns about a
 * leak if an event has more than ten listeners.
 */
// oxlint-disable-next-line house/no-module-state -- Weak, and keyed by Node-RED's event bus: the nodes of all types have no other owner in common.
const subscribersOf = new WeakMap<Events, Subscribers>();

/**
 * Calls `subscriber` after each start of all or some flows, when nodes can find each other. Returns a function that
 * unsubscribes it.
 */
export function onFlowsStarted({ events, log }: NodeAPI, subscriber: () => void): () => void {
  let subscribers = subscribersOf.get(events);
  if (subscribers === undefined) {
    const all = new Subscribers((error) => log.error(`[cozify] ${toCozifyError(error).message}`));
    events.on('flows:started', () => all.notify(() => []));
    subscribersOf.set(events, (subscribers = all));
  }
  return subscribers.add(subscriber);
}

/** An event that Node-RED sends to its editors. */
export interface RuntimeEvent {
  id?: string;
  payload?: { state?: string; deploy?: boolean };
}

/**
 * Returns whether Node-RED reports its flows as running or stopped. "Stopped" includes safe mode and missing node
 * types.
 */
export function stateOf({ id, payload }: RuntimeEvent): 'running' | 'stopped' | undefined {
  if (id !== 'runtime-state' || payload?.state === undefined) return undefined;
  return payload.state === 'start' ? 'running' : 'stopped';
}
