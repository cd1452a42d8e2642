import { capabilitiesOf, DEVICE_KINDS, type DeviceKind } from '../../../src/devices/things/device-kinds.js';

/** A kind of devices as a button that is pressed or not. */
export interface KindTag {
  kind: DeviceKind;
  isPressed: boolean;
}

/** What is asked of devices: capabilities, and whether all of them or any. */
export interface Asked {
  capabilities: readonly string[];
  match: string;
}

/** The kinds that a home has, and those that are asked for; where nobody knows the home, these alone. */
export function kindTags(asked: readonly string[], home: readonly string[]): KindTag[] {
  const known = new Set(home);
  return DEVICE_KINDS.map((kind) => ({ kind, isPressed: isAsked(kind, asked) })).filter(
    ({ kind, isPressed }) => isPressed || capabilitiesOf(kind, known).length > 0,
  );
}

/** What is asked once a kind is pressed, or let go of. Who presses two means the devices of both. */
export function toggleKind(kind: DeviceKind, { capabilities, match }: Asked, home: readonly string[]): Asked {
  const upper = capabilities.map((name) => name.toUpperCase());
  if (isAsked(kind, upper)) {
    return { capabilities: capabilities.filter((_, index) => !has(kind, upper[index] ?? '')), match };
  }
  const added = [...capabilities, ...capabilitiesOf(kind, new Set(home))];
  return { capabilities: added, match: added.length > 1 ? 'any' : match };
}

function isAsked(kind: DeviceKind, asked: readonly string[]): boolean {
  return asked.some((name) => has(kind, name.toUpperCase()));
}

function has({ capabilities }: DeviceKind, name: string): boolean {
  return capabilities.includes(name);
}
