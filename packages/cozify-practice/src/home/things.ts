/** The objects of the hub's API, as the hub itself sends them. Times are milliseconds of the hub's clock. */

export interface DeviceState {
  type: string;
  reachable: boolean;
  lastSeen: number;
  /** By type; `null` and -1 are what a hub says instead of leaving a field out. */
  [field: string]: unknown;
}

export interface Device {
  id: string;
  name: string;
  type: string;
  manufacturer: string;
  model: string;
  /** At most one id; some hubs send it bare. */
  room: string[] | string;
  groups: string[];
  zones: string[];
  /** Some hubs send a plain list. */
  capabilities: CapabilitySet | string[];
  /** What a remote control has. */
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
  /** What all members can. */
  minCapabilities: CapabilitySet;
  /** What some member can. */
  maxCapabilities: CapabilitySet;
  /** That of the first reachable member: what it says of the group is no more than that. */
  state: DeviceState | null;
}

/** A state that a scene gives to some devices. */
export interface Preset {
  id: string;
  state: Record<string, unknown>;
  targetIds: string[];
}

export interface Scene {
  id: string;
  name: string;
  isOn: boolean;
  /** What switching it on does. */
  presets: Preset[];
  /** The scenes that it switches off when it is switched on. */
  excludedIds: string[];
  category: 'FACTORY' | 'USER';
  icon?: 'HOME' | 'AWAY';
}

export interface Rule {
  id: string;
  config: { name: string };
  is_on: boolean;
  /** A rule that is tied to scenes is on while one of those with `true` is. */
  scenes: Record<string, boolean>;
}

export interface Room {
  id: string;
  /** A key such as `$LIVINGROOM` where nobody has named the room. */
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

/** What a hub lists, by the name of the list. */
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

/** What a device can, in whichever form it says so. */
export function capabilitiesOf({ capabilities }: Pick<Device, 'capabilities'>): readonly string[] {
  return Array.isArray(capabilities) ? capabilities : capabilities.values;
}

/** The id of a device's room, or undefined. */
export function roomOf({ room }: Pick<Device, 'room'>): string | undefined {
  const id = Array.isArray(room) ? room[0] : room;
  return id === '' ? undefined : id;
}

/** The name of any thing; that of a rule is in its `config`. */
export function nameOf(thing: Things[Listing]): string {
  return 'config' in thing ? thing.config.name : thing.name;
}
