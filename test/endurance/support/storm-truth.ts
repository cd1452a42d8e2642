// The true states of devices in the storm test, in the form of messages.
import type { Device, Things } from '../../simulator/index.js';

/** The fields of a device that the checks compare, with the names and units that messages use. */
export type Followed = Readonly<Record<string, unknown>>;

const tenth = (value: unknown): number | undefined =>
  typeof value === 'number' ? Math.round(value * 10) / 10 : undefined;

/** Functions that read each compared field from a simulated device, by the field's name in messages. */
const FIELDS: Readonly<Record<string, (device: Device) => unknown>> = {
  on: ({ state: { isOn, sirenOn } }) => isOn ?? sirenOn,
  open: ({ state: { open } }) => open,
  motion: ({ state: { motion } }) => motion,
  humidity: ({ state }) => tenth(state['humidity']),
  temperature: ({ type, state }) => (type === 'LIGHT' ? undefined : tenth(state['temperature'])),
  power: ({ state }) => tenth(state['activePower'] ?? state['power']),
  reachable: ({ type, state }) => (type === 'UI_DEVICE' ? undefined : state.reachable),
};

/** Returns the compared fields of a device at the simulated hub. */
export function truthOf(device: Device): Followed {
  return compact(Object.entries(FIELDS).map(([name, read]) => [name, read(device)]));
}

/** Whether any member of a group is on. */
export function isGroupOn({ members }: Things['groups'], devices: readonly Device[]): boolean {
  return devices.some(({ id, state }) => members.includes(id) && state['isOn'] === true);
}

/** Returns the compared fields of a state in a message. */
export function followedOf(state: unknown): Followed {
  const fields = Object(state) as Record<string, unknown>;
  return compact(Object.keys(FIELDS).map((name) => [name, fields[name]]));
}

export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function compact(fields: (readonly [string, unknown])[]): Followed {
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined && value !== null));
}
