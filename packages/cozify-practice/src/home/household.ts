import type { HubBehaviour } from '../behaviour';
import type { Seeded } from '../seeded';
import type { Traits } from './devices/sketch';
import { withTimes } from './effects';
import { groupOf, type Furniture } from './furnish';
import type { HubClock } from './hub-clock';
import type { PollLog } from './poll-log';
import { shownAs } from './shown';
import { LISTINGS, type Device, type Listing, type ThingMaps, type Things } from './things';

export interface HouseholdOptions {
  furniture: Furniture;
  behaviour: HubBehaviour;
  clock: HubClock;
  log: PollLog;
  draw: Seeded;
}

/**
 * The state of a home as known to its hub. Each change gets a time stamp and is recorded for polls, unless it is one of
 * the changes that the hub loses.
 */
export class Household {
  readonly #options: HouseholdOptions;
  readonly #things: ThingMaps;
  /** Called after each change. */
  onChange: () => void = () => undefined;
  /** Number of upcoming changes that no poll reports, regardless of the option `lostShare`. */
  changesToLose = 0;

  constructor(options: HouseholdOptions) {
    this.#options = options;
    this.#things = options.furniture.things;
  }

  get<L extends Listing>(listing: L, id: string): Things[L] | undefined {
    return this.#things[listing].get(id);
  }

  all<L extends Listing>(listing: L): Things[L][] {
    return [...this.#things[listing].values()];
  }

  /**
   * Returns a thing in the form that this hub sends. For example, the air pressure of a device is in the hub's unit
   * (`pressureIn`), and the state of a group is that of its first reachable member.
   */
  shown(listing: Listing, id: string): Things[Listing] | undefined {
    const thing = this.#things[listing].get(id);
    if (thing === undefined) return undefined;
    if ('members' in thing) return { ...thing, state: this.#stateOf(thing.members) };
    return 'model' in thing ? shownAs(thing, this.#options.behaviour) : thing;
  }

  /** Returns the things of a list by id, in the form that the hub sends. */
  list(listing: Listing): Record<string, Things[Listing]> {
    const ids = [...this.#things[listing].keys()];
    return Object.fromEntries(ids.map((id) => [id, this.shown(listing, id) as Things[Listing]]));
  }

  traits(deviceId: string): Traits {
    return this.#options.furniture.traits.get(deviceId) ?? {};
  }

  setTraits(deviceId: string, traits: Traits): void {
    this.#options.furniture.traits.set(deviceId, { ...this.traits(deviceId), ...traits });
  }

  put<L extends Listing>(listing: L, thing: Things[L], at = this.#options.clock.stamp()): void {
    this.#things[listing].set(thing.id, thing);
    this.#note([{ listing, id: thing.id }], at);
  }

  /** Deletes a thing. A device also leaves its groups. */
  remove(listing: Listing, id: string): void {
    if (!this.#things[listing].delete(id)) return;
    this.#note([{ listing, id }], this.#options.clock.stamp());
    for (const group of this.all('groups').filter(({ members }) => members.includes(id))) {
      const members = group.members.flatMap((member) => this.get('devices', member) ?? []);
      this.put('groups', groupOf(group.id, group.name, members));
    }
  }

  /** Changes a device's state and its time fields. `at`: the real time of the change. Defaults to now. */
  changeState(device: Device, change: Record<string, unknown>, at?: number): void {
    const stamp = this.#options.clock.stamp(at);
    const state = { ...device.state, lastSeen: stamp, ...withTimes(device.state, change, stamp) };
    this.#things.devices.set(device.id, { ...device, timestamp: stamp, state });
    const groups = this.#options.behaviour.isGroupUpdated ? device.groups : [];
    const changedGroups = groups.map((id) => ({ listing: 'groups' as const, id }));
    this.#note([{ listing: 'devices', id: device.id }, ...changedGroups], stamp);
  }

  /** Records all things as changed, as after a restart. */
  noteAll(): void {
    const stamp = this.#options.clock.stamp();
    for (const listing of LISTINGS) {
      for (const id of this.#things[listing].keys()) this.#options.log.note(listing, id, stamp);
    }
  }

  /** Records that several things have changed at once. If the change is to be lost, polls report none of the things. */
  #note(changed: readonly { listing: Listing; id: string }[], at: number): void {
    const { log, draw, behaviour } = this.#options;
    const isLost = this.changesToLose > 0 || (behaviour.lostShare > 0 && draw.chance(behaviour.lostShare));
    if (this.changesToLose > 0) this.changesToLose -= 1;
    for (const { listing, id } of changed) {
      if (isLost) log.lose(listing, id);
      else log.note(listing, id, at);
    }
    this.onChange();
  }

  #stateOf(members: readonly string[]): Device['state'] | null {
    const devices = members.flatMap((id) => this.#things.devices.get(id) ?? []);
    const first = devices.find(({ state }) => state.reachable) ?? devices[0];
    return first === undefined ? null : shownAs(first, this.#options.behaviour).state;
  }
}
