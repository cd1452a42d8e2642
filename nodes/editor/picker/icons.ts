import type { Thing } from './things-api.js';

const OF_KINDS: Readonly<Record<string, string>> = {
  group: 'object-group',
  scene: 'picture-o',
  rule: 'cogs',
  alarm: 'bell',
  room: 'map-marker',
  hub: 'server',
};

/** Icons by capability; the most specific capability comes first. */
const OF_CAPABILITIES: readonly (readonly [capability: string, icon: string])[] = [
  ['REMOTE_CONTROL', 'toggle-on'],
  ['USER_PRESENCE', 'mobile'],
  ['CONTROL_LIGHT', 'lightbulb-o'],
  ['CONTROL_POWER', 'plug'],
  ['SMOKE', 'fire-extinguisher'],
  ['MOISTURE', 'tint'],
  ['CONTACT', 'columns'],
  ['MOTION', 'eye'],
  ['BLINDS', 'bars'],
  ['LIFT', 'bars'],
  ['AIRCON', 'thermometer-half'],
  ['HVAC', 'thermometer-half'],
  ['CONTROL_TEMPERATURE', 'fire'],
  ['TEMPERATURE', 'thermometer-half'],
  ['ON_OFF', 'plug'],
];

/** Returns the name of a thing's icon in Font Awesome. */
export function iconOf({ kind, type, capabilities }: Pick<Thing, 'kind' | 'type' | 'capabilities'>): string {
  if (kind !== 'device') return OF_KINDS[kind] ?? 'cube';
  if (type === 'POWER_SOCKET') return 'plug';
  return OF_CAPABILITIES.find(([capability]) => capabilities.includes(capability))?.[1] ?? 'cube';
}
