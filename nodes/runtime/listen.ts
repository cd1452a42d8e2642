import type { NodeAPI } from 'node-red';

/** Adds listeners for events of Node-RED. Returns a function that removes them. */
export function listen(
  events: NodeAPI['events'],
  listeners: Readonly<Record<string, (event: unknown) => void>>,
): () => void {
  for (const [event, listener] of Object.entries(listeners)) events.on(event, listener);
  return () => {
    for (const [event, listener] of Object.entries(listeners)) events.removeListener(event, listener);
  };
}
