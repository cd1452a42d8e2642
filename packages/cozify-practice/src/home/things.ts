/**
 * The objects of the hub's API, in the form in which the hub sends them. Times are in milliseconds of the hub's clock.
 */

export interface DeviceState {
  type: string;
  reachable: boolean;
  lastSeen: number;
  /** The fields that devices of this type have. An absent value is often `null` or -1. */
  [field: string]: unknown;
}

export interface Device {
  id: string;
  name: string;
  type: string;
  manufacturer: string;
  model: string;
  /** At most one room id. Some hubs send the id without a list. */
  room: string[] | string;
  groups: string[];
  zones: string[];
  /** Capabilities as a set, or as a plain list, which some hubs send. */
  capabilities: CapabilitySet | string[];
  /** Buttons of a remote control. */
  buttons?: { id: number; label: string }[];
  timestamp: number;
  state: DeviceState;
}

export interface CapabilitySet {
  type: 'SET';
  values: string[];
}

export interface Group {
  id: string;
  name: string;
  members: string[];
  /** Capabilities that all members have. */
  minCapabilities: CapabilitySet;
  /** Capabilities that at least one member has. */
  maxCapabilities: CapabilitySet;
  /** The state of the first reachable member, not a state of the whole group. */
  state: DeviceState | null;
}

/** A state that a scene sets on some devices. */
export interface Preset {
  id: string;
  state: Record<string, unknown>;
  targetIds: string[];
}

export interface Scene {
  id: string;
  name: string;
  isOn: boolean;
  /** States that the scene sets. */
  presets: Preset[];
  /** Scenes that this scene switches off when it is switched on. */
  excludedIds: string[];
  category: 'FACTORY' | 'USER';
  icon?: 'HOME' | 'AWAY';
}

export interface Rule {
  id: string;
  config: { name: string };
  is_on: boolean;
  /** The scenes to which the rule is tied. The rule is on while one of the scenes marked `true` is on. */
  scenes: Record<string, boolean>;
}

export interface Room {
  id: string;
  /** A name, or a key such as `$LIVINGROOM` for a default name. */
  name: string;
  order: number;
}

export interface Alarm {
  id: string;
  name: string;
  title: string;
  level: string;
  closed: boolean;
  createdAtMs: number;
  sourceId: string;
  /** HTML in base64. */
  message: string;
  type: 'USER_ALARM';
}

/** The types of things, by the name of their list. */
export interface Things {
  devices: Device;
  groups: Group;
  scenes: Scene;
  rules: Rule;
  rooms: Room;
  alarms: Alarm;
}

export type Listing = keyof Things;

export const LISTINGS: readonly Listing[] = ['devices', 'groups', 'scenes', 'rules', 'rooms', 'alarms'];

/** All things of a home, by list and id. */
export type ThingMaps = { [L in Listing]: Map<string, Things[L]> };

export function isListing(name: string): name is Listing {
  return (LISTINGS as readonly string[]).includes(name);
}

/** Returns the capabilities of a device, whatever their form. */
export function capabilitiesOf({ capabilities }: Pick<Device, 'capabilities'>): readonly string[] {
  return Array.isArray(capabilities) ? capabilities : capabilities.values;
}

/** Returns the id of a device's room; undefined if there is none. */
export function roomOf({ room }: Pick<Device, 'room'>): string | undefined {
  const id = Array.isArray(room) ? room[0] : room;
  return id === '' ? undefined : id;
}

/** Returns the name of a thing. The name of a rule is in its `config`. */
export function nameOf(thing: Things[Listing]): string {
  return 'config' in thing ? thing.config.name : thing.name;
}
