/** An event that Node-RED sends to its editors. */
export interface RuntimeEvent {
  id?: string;
  payload?: { state?: string; deploy?: boolean };
}

/**
 * Returns whether Node-RED reports its flows as running or stopped. Stopped includes safe mode and missing node types.
 */
export function stateOf({ id, payload }: RuntimeEvent): 'running' | 'stopped' | undefined {
  if (id !== 'runtime-state' || payload?.state === undefined) return undefined;
  return payload.state === 'start' ? 'running' : 'stopped';
}
