import { isRecord } from '../checks';
import { Seeded } from '../seeded';
import type { Sketch, Traits } from './devices/sketch';
import { uuidOf } from '../tokens';
import { timesAt } from '../recording/replay';
import type { RecordedThings, Recording } from '../../../../src/devices/recording/recording';
import { PLANS, type HousePlan, type PlannedDevice } from './house-plan';
import {
  capabilitiesOf,
  type Alarm,
  type Device,
  type Group,
  type Listing,
  type Preset,
  type Rule,
  type Scene,
  type ThingMaps,
  type Things,
} from './things';

/** Options of a simulated home. */
export interface HomeOptions {
  /** `house`, the default, has 40 devices; `cottage` has 8. */
  plan?: keyof typeof PLANS;
  /** Number of devices. If the plan has fewer, it is repeated, like the flats in a block of flats. */
  devices?: number;
  /** A recorded home instead of a plan. The replay starts with the first poll. */
  recording?: Recording;
  /** Speed of the replay. 1, the default, is the speed of the recording. */
  speed?: number;
  /** Seed for the random values: the same seed gives the same values. Ids do not depend on it. */
  seed?: number;
}

/** All things of a new home, and the traits of its devices. */
export interface Furniture {
  things: ThingMaps;
  traits: Map<string, Traits>;
}

/** Finnish names for rooms that are named by a key, such as `$KITCHEN`. Used in numbered names, such as `Keittiö 2`. */
const DEFAULT_ROOM_NAMES: Readonly<Record<string, string>> = {
  $LIVINGROOM: 'Olohuone',
  $KITCHEN: 'Keittiö',
  $BEDROOM: 'Makuuhuone',
  $HALLWAY: 'Eteinen',
  $BATHROOM: 'Kylpyhuone',
};

/** Creates a home. Ids depend only on the hub and the names, so that they are the same each time a simulator starts. */
export function furnish(hubId: string, now: number, options: HomeOptions = {}): Furniture {
  const { recording } = options;
  return recording === undefined ? new Furnishing(hubId, now, options).furniture : recorded(recording, now);
}

/** Defaults of the fields that a recording may lack. */
const AT_LEAST: { readonly [L in Listing]: object } = {
  devices: { name: '', manufacturer: '', model: '', room: [], groups: [], zones: [], capabilities: [] },
  groups: { name: '', members: [], state: null },
  scenes: { name: '', isOn: false, presets: [], excludedIds: [], category: 'USER' },
  rules: { config: { name: '' }, is_on: false, scenes: {} },
  rooms: { name: '', order: 0 },
  alarms: { name: '', title: '', level: '', closed: false, sourceId: '' },
};

/** Checks for fields whose value may also have a type other than the one in {@link AT_LEAST}. */
const OTHER_KINDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  room: (value) => typeof value === 'string',
  capabilities: (value) => isRecord(value) && Array.isArray(value['values']),
};

/**
 * Returns a recorded thing with all fields that this simulator needs. Fields that are missing, null or of a wrong type
 * get defaults.
 */
export function thingOf<L extends Listing>(listing: L, id: string, given: Record<string, unknown>): Things[L] {
  const least = new Map<string, unknown>(Object.entries(AT_LEAST[listing]));
  const thing = Object.fromEntries(
    Object.entries(given).filter(
      ([field, value]) =>
        !least.has(field) || kindOf(value) === kindOf(least.get(field)) || OTHER_KINDS[field]?.(value) === true,
    ),
  );
  const state = listing === 'devices' && {
    state: { type: '', reachable: true, lastSeen: 0, ...(isRecord(thing['state']) && thing['state']) },
  };
  return { ...AT_LEAST[listing], ...thing, ...state, id } as Things[L];
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}

function recorded({ things }: Recording, now: number): Furniture {
  const moved: RecordedThings = timesAt(things, now);
  const mapOf = <L extends Listing>(listing: L): Map<string, Things[L]> => {
    const map = new Map<string, Things[L]>();
    const list: RecordedThings[Listing] = moved[listing];
    for (const [id, thing] of Object.entries(list ?? {})) if (thing) map.set(id, thingOf(listing, id, thing));
    return map;
  };
  return {
    things: {
      devices: mapOf('devices'),
      groups: mapOf('groups'),
      scenes: mapOf('scenes'),
      rules: mapOf('rules'),
      rooms: mapOf('rooms'),
      alarms: mapOf('alarms'),
    },
    traits: new Map(),
  };
}

class Furnishing {
  readonly furniture: Furniture = {
    things: {
      devices: new Map(),
      groups: new Map(),
      scenes: new Map(),
      rules: new Map(),
      rooms: new Map(),
      alarms: new Map(),
    },
    traits: new Map(),
  };
  readonly #hubId: string;
  readonly #now: number;
  readonly #draw: Seeded;
  /** The devices of the plan's first copy. Groups, scenes and alarms use only these. */
  readonly #first: readonly Device[];

  constructor(hubId: string, now: number, { plan = 'house', devices, seed = 1 }: HomeOptions) {
    this.#hubId = hubId;
    this.#now = now;
    this.#draw = new Seeded(seed);
    const house = PLANS[plan];
    const count = devices ?? house.devices.length;
    for (let made = 0, flat = 1; made < Math.max(count, 1); made += house.devices.length, flat++) {
      this.#addFlat(house, Math.min(count - made, house.devices.length), flat);
    }
    this.#first = [...this.furniture.things.devices.values()].slice(0, house.devices.length);
    this.#addGroups(house);
    this.#addScenes(house);
    this.#addRules(house);
    this.#addAlarms(house);
  }

  #idOf(kind: string, name: string): string {
    return uuidOf(`${this.#hubId}/${kind}/${name}`);
  }

  /**
   * Adds a flat, which is a copy of the plan with `count` of its devices. From the second flat on, the names of rooms
   * and devices are numbered.
   */
  #addFlat({ rooms, devices }: HousePlan, count: number, flat: number): void {
    const { things } = this.furniture;
    const numbered = (name: string) => (flat === 1 ? name : `${DEFAULT_ROOM_NAMES[name] ?? name} ${flat}`);
    for (const room of rooms) {
      const name = numbered(room);
      things.rooms.set(this.#idOf('room', name), { id: this.#idOf('room', name), name, order: things.rooms.size });
    }
    for (const device of devices.slice(0, count)) {
      const room = device.room === undefined ? undefined : numbered(device.room);
      this.#addDevice({ ...device, name: numbered(device.name) }, room);
    }
  }

  #addDevice({ name, kind }: PlannedDevice, room: string | undefined): void {
    const { things, traits } = this.furniture;
    const device = installed(kind(this.#draw, this.#now), {
      id: this.#idOf('device', `${room}/${name}`),
      name,
      room: room === undefined ? undefined : this.#idOf('room', room),
      now: this.#now,
    });
    things.devices.set(device.device.id, device.device);
    traits.set(device.device.id, device.traits);
  }

  #addGroups({ groups }: HousePlan): void {
    for (const [name, memberNames] of Object.entries(groups)) {
      const members = this.#first.filter((device) =>
        memberNames.length > 0 ? memberNames.includes(device.name) : device.type === 'LIGHT',
      );
      const group = groupOf(this.#idOf('group', name), name, members);
      this.furniture.things.groups.set(group.id, group);
      for (const member of members) member.groups.push(group.id);
    }
  }

  #addScenes({ scenes }: HousePlan): void {
    const lamps = this.#first.filter(({ type }) => type === 'LIGHT');
    const [home, away] = [[this.#idOf('scene', '$HOME')], [this.#idOf('scene', '$AWAY')]];
    const factory = { category: 'FACTORY' } as const;
    this.#addScene({ name: '$HOME', isOn: true, excludedIds: away, icon: 'HOME', ...factory }, []);
    this.#addScene({ name: '$AWAY', isOn: false, excludedIds: home, icon: 'AWAY', ...factory }, [
      { state: { isOn: false }, targets: lamps },
    ]);
    for (const [name, settings] of Object.entries(scenes)) {
      const presets = Object.entries(settings).map(([deviceName, state]) => ({
        state,
        targets: this.#first.filter((device) => device.name === deviceName),
      }));
      this.#addScene({ name, isOn: false, category: 'USER' }, presets);
    }
  }

  #addScene(
    scene: Omit<Scene, 'id' | 'presets' | 'excludedIds'> & Partial<Scene>,
    presets: { state: Record<string, unknown>; targets: readonly Device[] }[],
  ): void {
    const id = this.#idOf('scene', scene.name);
    const made = presets.map(({ state, targets }, index): Preset => ({
      id: this.#idOf('preset', `${scene.name}/${index}`),
      state: { type: targets[0]?.state.type, ...state },
      targetIds: targets.map((device) => device.id),
    }));
    this.furniture.things.scenes.set(id, { id, presets: made, excludedIds: [], ...scene });
  }

  #addRules({ rules }: HousePlan): void {
    for (const [name, sceneNames] of Object.entries(rules)) {
      const scenes = sceneNames.map((scene) => this.#idOf('scene', scene));
      const rule: Rule = {
        id: this.#idOf('rule', name),
        config: { name },
        is_on: scenes.length === 0,
        scenes: Object.fromEntries(scenes.map((scene) => [scene, true])),
      };
      this.furniture.things.rules.set(rule.id, rule);
    }
  }

  #addAlarms({ alarms }: HousePlan): void {
    for (const [name, { source, level, isClosed }] of Object.entries(alarms)) {
      const device = this.#first.find((candidate) => candidate.name === source);
      const alarm = alarmOf({ id: this.#idOf('alarm', name), name, level, sourceId: device?.id ?? '', now: this.#now });
      this.furniture.things.alarms.set(alarm.id, { ...alarm, closed: isClosed });
    }
  }
}

/** Returns a device in a room, with its traits. */
function installed(
  { state, capabilities, traits = {}, ...sketch }: Sketch,
  { id, name, room, now }: { id: string; name: string; room: string | undefined; now: number },
): { device: Device; traits: Traits } {
  const device: Device = {
    id,
    name,
    ...sketch,
    room: room === undefined ? [] : [room],
    groups: [],
    zones: [],
    capabilities: { type: 'SET', values: capabilities },
    timestamp: now,
    state: { reachable: true, lastSeen: now, ...state },
  };
  return { device, traits };
}

/** Returns a group with these members. Its `state` is computed each time the hub sends the group. */
export function groupOf(id: string, name: string, members: readonly Device[]): Group {
  const sets = members.map(capabilitiesOf);
  const all = [...new Set(sets.flat())].sort();
  const common = all.filter((capability) => sets.every((set) => set.includes(capability)));
  return {
    id,
    name,
    members: members.map((member) => member.id),
    minCapabilities: { type: 'SET', values: common },
    maxCapabilities: { type: 'SET', values: all },
    state: null,
  };
}

/** Returns an open alarm. */
export function alarmOf(about: { id: string; name: string; level: string; sourceId: string; now: number }): Alarm {
  const { id, name, level, sourceId, now } = about;
  const message = Buffer.from(`<p><b>${name}</b></p>`).toString('base64');
  return { id, name, title: name, level, closed: false, createdAtMs: now, sourceId, message, type: 'USER_ALARM' };
}
