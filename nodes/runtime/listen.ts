import type { NodeAPI } from 'node-red';

/** Listens to what Node-RED tells of itself. Gives the way to stop that. */
export function listen(
  events: NodeAPI['events'],
  listeners: Readonly<Record<string, (event: unknown) => void>>,
): () => void {
  for (const [event, listener] of Object.entries(listeners)) events.on(event, listener);
  return () => {
    for (const [event, listener] of Object.entries(listeners)) events.removeListener(event, listener);
  };
}
