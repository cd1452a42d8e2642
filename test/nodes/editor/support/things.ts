import type { Thing } from '../../../../nodes/editor/picker/things-api.js';

/** Returns a device as the endpoint `/things` lists it. */
export function thing(name: string, state: Thing['state'], more: Partial<Thing> = {}): Thing {
  const made = { manufacturer: null, model: null };
  const place = { room: 'Sauna', roomId: 'room-1', does: [], hub: 'hub-1', capabilities: [], groups: [] };
  const device = { kind: 'device' as const, type: 'SENSOR', id: name, ...place, ...made };
  return { ...device, name, state, ...more };
}
