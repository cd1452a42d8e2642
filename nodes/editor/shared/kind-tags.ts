import { capabilitiesOf, DEVICE_KINDS, type DeviceKind } from '../../../src/devices/things/device-kinds.js';

/** A device kind as a toggle button. */
export interface KindTag {
  kind: DeviceKind;
  isPressed: boolean;
}

/** A condition on devices: capabilities, and whether all or any of them are needed. */
export interface Asked {
  capabilities: readonly string[];
  match: string;
}

/** Returns the kinds in a home, and the chosen kinds; only the chosen ones while the home is unknown. */
export function kindTags(asked: readonly string[], home: readonly string[]): KindTag[] {
  const known = new Set(home);
  return DEVICE_KINDS.map((kind) => ({ kind, isPressed: isAsked(kind, asked) })).filter(
    ({ kind, isPressed }) => isPressed || capabilitiesOf(kind, known).length > 0,
  );
}

/** Returns the condition after a kind was pressed or released. Two pressed kinds mean the devices of both. */
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
