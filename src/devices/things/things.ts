import { type Change, changeBetween } from './changes.js';
import { type Entry, groupState, isReachable, nameIn, readEntry, type Thing } from './device.js';
import { type Kind, KINDS } from './kinds.js';
import type { Language } from './names.js';
import { addTo, removeFrom, ThingIndex } from './thing-index.js';

/** Options of {@link Things}. */
export interface ThingsOptions {
  /** The id of the hub. */
  hub: string;
  /** The language of default names of rooms and scenes, such as "Living room". */
  language: Language;
}

/** The things in a list of a hub, as pairs of an id and an unvalidated thing. */
export type ThingPairs = readonly (readonly [id: string, value: unknown])[];

/**
 * Cache of the things of a hub, indexed by id, name, room and capabilities. Records changes until {@link takeChanges}.
 */
export class Things {
  readonly hub: string;
  #language: Language;
  readonly #indexes = byKind(() => new ThingIndex());
  /** Ids of the groups of each device, by the id of the device. */
  readonly #groupsOf = new Map<string, Set<string>>();
  #revision = 0;
  /**
   * The things that were updated since the last {@link takeChanges}, each with its entry from before the first update.
   */
  #touched = byKind(() => new Map<string, Entry | undefined>());

  constructor({ hub, language }: ThingsOptions) {
    this.hub = hub;
    this.#language = language;
  }

  get language(): Language {
    return this.#language;
  }

  /** Sets the language of default names, such as "Living room". The new names are not recorded as changes. */
  speak(language: Language): void {
    if (language === this.#language) return;
    this.#language = language;
    for (const entry of [...this.list('room'), ...this.list('scene')]) {
      this.#index(entry.kind).put({ ...entry, name: nameIn(entry, language) });
      this.#revision += 1;
    }
  }

  get(kind: Kind, id: string): Entry | undefined {
    return this.#index(kind).get(id);
  }

  /** Returns the things of the given kinds with this id. */
  withId(kinds: readonly Kind[], id: string): Entry[] {
    return kinds.map((kind) => this.get(kind, id)).filter((entry) => entry !== undefined);
  }

  list(kind: Kind): Entry[] {
    return [...this.#index(kind).values()];
  }

  /** Returns the number of things of a kind. */
  count(kind: Kind): number {
    return this.#index(kind).size;
  }

  /** Returns the things of a kind with this name. Ignores case and outer spaces. */
  named(kind: Kind, name: string): Entry[] {
    return this.#index(kind).named(name);
  }

  /** Returns the devices in a room. */
  inRoom(roomId: string): Entry[] {
    return this.#index('device').inRoom(roomId);
  }

  /** Returns the devices whose list of capabilities matches. */
  withCapabilities(matches: (capabilities: readonly string[]) => boolean): Entry[] {
    return this.#index('device').withCapabilities(matches);
  }

  /** All capabilities of the devices. */
  get capabilities(): Set<string> {
    return new Set(this.#index('device').capabilityLists.flat());
  }

  /** Returns the known devices of a group. */
  membersOf(group: Entry): Entry[] {
    return this.#index('device').resolve(group.members);
  }

  groupsOf(device: Entry): Entry[] {
    return device.kind === 'device' ? this.#index('group').resolve(this.#groupsOf.get(device.id) ?? []) : [];
  }

  /** Returns the name of the room of a thing; `null` if the thing has no known room. */
  roomOf({ roomId }: Entry, language = this.language): string | null {
    const room = roomId === null ? undefined : this.get('room', roomId);
    return room === undefined ? null : nameIn(room, language);
  }

  /** Returns a new object that represents the thing in messages. */
  show(entry: Entry, language = this.language): Thing {
    const { id, kind, type, capabilities, manufacturer, model } = entry;
    const groups = this.groupsOf(entry).map((group) => group.name);
    const [name, room] = [nameIn(entry, language), this.roomOf(entry, language)];
    const { hub } = this;
    return { id, name, kind, type, room, hub, capabilities: [...capabilities], groups, manufacturer, model };
  }

  /**
   * A number that changes when a thing is added or removed, or its name, room, type or order changes. While it stays
   * the same, targets need not be resolved again.
   */
  get revision(): number {
    return this.#revision;
  }

  /**
   * Updates one thing from the hub; `null` removes the thing. Skips a value that is not a thing. An unreachable device
   * keeps its last values.
   */
  put(kind: Kind, id: string, value: unknown): void {
    if (value === null) return this.#delete(kind, id);
    const received = this.#read(kind, id, value);
    if (received !== undefined) this.#put(received);
  }

  /** Updates only the `on` of a thing. Ignores a thing that is not in the cache. */
  noteSwitched(kind: Kind, id: string, value: unknown): void {
    const known = this.get(kind, id);
    const on = this.#read(kind, id, value)?.state['on'];
    if (known !== undefined && on !== undefined) this.#put({ ...known, state: { ...known.state, on } });
  }

  /** Replaces all things of a kind: things missing from `pairs` are removed. */
  replace(kind: Kind, pairs: ThingPairs): void {
    const read = pairs.map(([id, value]) => ({ id, entry: this.#read(kind, id, value) }));
    const listed = new Set(read.map(({ id }) => id));
    for (const { id } of [...this.#index(kind).values()]) if (!listed.has(id)) this.#delete(kind, id);
    for (const { entry } of read) if (entry !== undefined) this.#put(entry);
  }

  /** Returns the changes since the last call, at most one for each thing. A thing that changed back has no change. */
  takeChanges(): Change[] {
    this.#updateGroups();
    const touched = this.#touched;
    this.#touched = byKind(() => new Map<string, Entry | undefined>());
    return KINDS.flatMap((kind) => {
      const changes = Array.from(touched.get(kind) ?? [], ([id, before]) => changeBetween(before, this.get(kind, id)));
      return changes.filter((change) => change !== undefined);
    });
  }

  #read(kind: Kind, id: string, value: unknown): Entry | undefined {
    return readEntry(kind, id, value, this.language);
  }

  #put(received: Entry): void {
    const { kind, id } = received;
    const before = this.get(kind, id);
    this.#touch(kind, id, before);
    if (before === undefined || isMovedOrRenamed(before, received)) this.#revision += 1;
    this.#index(kind).put(merged(before, received));
    if (kind === 'group') this.#noteMembers(before, received);
  }

  #delete(kind: Kind, id: string): void {
    const before = this.get(kind, id);
    if (before === undefined) return;
    this.#touch(kind, id, before);
    this.#revision += 1;
    this.#index(kind).delete(id);
    if (kind === 'group') this.#noteMembers(before, undefined);
  }

  #touch(kind: Kind, id: string, before: Entry | undefined): void {
    const touched = this.#touched.get(kind);
    if (touched?.has(id) === false) touched.set(id, before);
  }

  #noteMembers(before: Entry | undefined, now: Entry | undefined): void {
    for (const member of before?.members ?? []) removeFrom(this.#groupsOf, member, before?.id ?? '');
    for (const member of now?.members ?? []) addTo(this.#groupsOf, member, now?.id ?? '');
  }

  /** Recomputes the states of groups that were updated, or that have a switched or dimmed member. */
  #updateGroups(): void {
    const ids = new Set(this.#touched.get('group')?.keys());
    for (const [id, before] of this.#touched.get('device') ?? []) {
      const now = this.get('device', id);
      const isSame =
        before?.state['on'] === now?.state['on'] && before?.state['brightness'] === now?.state['brightness'];
      if (!isSame) for (const group of this.#groupsOf.get(id) ?? []) ids.add(group);
    }
    for (const group of this.#index('group').resolve(ids)) {
      this.#touch('group', group.id, group);
      const state = groupState(this.membersOf(group).map((member) => member.state));
      this.#index('group').put({ ...group, state });
    }
  }

  #index(kind: Kind): ThingIndex {
    return this.#indexes.get(kind) as ThingIndex;
  }
}

function byKind<T>(make: () => T): Map<Kind, T> {
  return new Map(KINDS.map((kind) => [kind, make()]));
}

/** Whether a thing was renamed or moved, has another type, or is a room with another place in the order of rooms. */
function isMovedOrRenamed(before: Entry, now: Entry): boolean {
  const isAsBefore = before.name === now.name && before.roomId === now.roomId && before.type === now.type;
  return !isAsBefore || (now.kind === 'room' && before.state['order'] !== now.state['order']);
}

/** Merges a received entry with the cached one: an unreachable device keeps its last values. */
function merged(before: Entry | undefined, received: Entry): Entry {
  if (before === undefined) return received;
  if (received.kind === 'group') return { ...received, state: before.state };
  if (isReachable(received)) return received;
  const { reachable, lastSeen } = received.state;
  return { ...received, state: { ...before.state, reachable, ...(lastSeen === undefined ? {} : { lastSeen }) } };
}
