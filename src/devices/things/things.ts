import { type Change, changeBetween } from './changes.js';
import { type Entry, groupState, isReachable, nameIn, readEntry, type Thing } from './device.js';
import { type Kind, KINDS } from './kinds.js';
import type { Language } from './names.js';
import { addTo, removeFrom, ThingIndex } from './thing-index.js';

/** Whose things these are, and in which language factory names are. */
export interface ThingsOptions {
  /** The id of the hub. */
  hub: string;
  /** The language of factory names. */
  language: Language;
}

/** What a hub lists: ids, each with what may be a thing. */
export type Listing = readonly (readonly [id: string, value: unknown])[];

/** What is so of things by their ids. */
type OfThing = (id: string) => boolean;

/** So many different lists of capabilities are kept, used or not. */
const FEW_LISTS = 200;

/** Everything a hub has, as it told last: found by id, name, room and capability, with what is different since when. */
export class Things {
  readonly hub: string;
  #language: Language;
  readonly #indexes = byKind(() => new ThingIndex());
  /** The ids of the groups that a device is in, by its id. */
  readonly #groupsOf = new Map<string, Set<string>>();
  /** One list of capabilities for all devices that have the same. */
  readonly #lists = new Map<string, readonly string[]>();
  #mostLists = FEW_LISTS;
  /** Lists that were empty the last time, though there were things. */
  readonly #doubted = new Set<Kind>();
  #revision = 0;
  /** Each thing as it was when {@link takeChanges} was last called, if it was touched since. */
  #touched = byKind(() => new Map<string, Entry | undefined>());

  constructor({ hub, language }: ThingsOptions) {
    this.hub = hub;
    this.#language = language;
  }

  get language(): Language {
    return this.#language;
  }

  /** From now on factory names are in another language. To flows that changes nothing at home. */
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

  /** Those of some kinds that have this id. */
  withId(kinds: readonly Kind[], id: string): Entry[] {
    return kinds.map((kind) => this.get(kind, id)).filter((entry) => entry !== undefined);
  }

  list(kind: Kind): Entry[] {
    return [...this.#index(kind).values()];
  }

  /** The number of things of a kind. */
  count(kind: Kind): number {
    return this.#index(kind).size;
  }

  /** Those of a kind with this name; case and outer spaces don't matter. */
  named(kind: Kind, name: string): Entry[] {
    return this.#index(kind).named(name);
  }

  /** The devices of a room, by its id. */
  inRoom(roomId: string): Entry[] {
    return this.#index('device').inRoom(roomId);
  }

  /** The devices whose list of capabilities is as wanted. */
  withCapabilities(isWanted: (capabilities: readonly string[]) => boolean): Entry[] {
    return this.#index('device').withCapabilities(isWanted);
  }

  /** All capabilities that devices have. */
  get capabilities(): Set<string> {
    return new Set(this.#index('device').capabilityLists.flat());
  }

  /** The devices of a group, as far as they are known. */
  membersOf(group: Entry): Entry[] {
    return this.#resolve('device', group.members);
  }

  groupsOf(device: Entry): Entry[] {
    return device.kind === 'device' ? this.#resolve('group', this.#groupsOf.get(device.id) ?? []) : [];
  }

  /** The name of the room a thing is in; `null` where it is in none that is known. */
  roomOf({ roomId }: Entry, language = this.language): string | null {
    const room = roomId === null ? undefined : this.get('room', roomId);
    return room === undefined ? null : nameIn(room, language);
  }

  /** The thing as messages show it, made anew each time. */
  show(entry: Entry, language = this.language): Thing {
    const { id, kind, type, capabilities, manufacturer, model } = entry;
    const groups = this.groupsOf(entry).map((group) => group.name);
    const [name, room] = [nameIn(entry, language), this.roomOf(entry, language)];
    const { hub } = this;
    return { id, name, kind, type, room, hub, capabilities: [...capabilities], groups, manufacturer, model };
  }

  /** Another number each time something came, went, moved, or got another name: what is the same can be found as before. */
  get revision(): number {
    return this.#revision;
  }

  /**
   * Takes what the hub says of one thing, `null` where it was deleted; an unknown shape is skipped. The values of a
   * device that can't be reached stay as they were: nobody knows better. With `isLate` what is known may be newer, as in
   * {@link replace}. Gives the entry as the hub told it.
   */
  put(kind: Kind, id: string, value: unknown, isLate = false): Entry | undefined {
    if (value === null) {
      this.#delete(kind, id);
      return undefined;
    }
    const told = this.#read(kind, id, value);
    if (told !== undefined && !(isLate && this.#isOlder(told))) this.#put(told);
    return told;
  }

  /** Takes what the hub says of whether one thing is on, and no more of it; nothing of one that it never listed. */
  noteSwitched(kind: Kind, id: string, value: unknown): void {
    const known = this.get(kind, id);
    const on = this.#read(kind, id, value)?.state['on'];
    if (known !== undefined && on !== undefined) this.#put({ ...known, state: { ...known.state, on } });
  }

  /**
   * Takes a list of all things of a kind: what it does not name is gone. One that is empty, where there were things, is
   * believed when the next is empty too; gives `false` for the first. With `isLate` the list may be older than what is
   * known of some: their timestamps decide. What `hasTurned` since it was asked for stays there, or away.
   */
  replace(
    kind: Kind,
    listing: Listing,
    { isLate = () => false, hasTurned = () => false }: { isLate?: OfThing; hasTurned?: OfThing } = {},
  ): boolean {
    const index = this.#index(kind);
    if (listing.length === 0 && index.size > 0 && !this.#doubted.has(kind)) {
      this.#doubted.add(kind);
      return false;
    }
    this.#doubted.delete(kind);
    const read = listing.map(([id, value]) => ({ id, entry: this.#read(kind, id, value) }));
    const listed = new Set(read.map(({ id }) => id));
    for (const { id } of [...index.values()]) if (!listed.has(id) && !hasTurned(id)) this.#delete(kind, id);
    for (const { id, entry } of read) {
      const isPast =
        (entry !== undefined && isLate(id) && this.#isOlder(entry)) || (index.get(id) === undefined && hasTurned(id));
      if (entry !== undefined && !isPast) this.#put(entry);
    }
    return true;
  }

  /** What is different since the last call: at most one change a thing, and none where all is as it was. */
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
    return readEntry(kind, id, value, this.language, (list) => this.#share(list));
  }

  #put(told: Entry): void {
    const { kind, id } = told;
    const before = this.get(kind, id);
    this.#touch(kind, id, before);
    if (before === undefined || isElsewhere(before, told)) this.#revision += 1;
    this.#index(kind).put(settled(before, told));
    if (kind === 'group') this.#noteMembers(before, told);
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

  /** Works out the states of the groups that were touched, and of those with a member that was switched or dimmed. */
  #updateGroups(): void {
    const ids = new Set(this.#touched.get('group')?.keys());
    for (const [id, before] of this.#touched.get('device') ?? []) {
      const now = this.get('device', id);
      const isSame =
        before?.state['on'] === now?.state['on'] && before?.state['brightness'] === now?.state['brightness'];
      if (!isSame) for (const group of this.#groupsOf.get(id) ?? []) ids.add(group);
    }
    for (const group of this.#resolve('group', ids)) {
      this.#touch('group', group.id, group);
      const state = groupState(this.membersOf(group).map((member) => member.state));
      this.#index('group').put({ ...group, state });
    }
  }

  #share(list: readonly string[]): readonly string[] {
    const key = list.join(' ');
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    if (this.#lists.size >= this.#mostLists) this.#forgetLists();
    this.#lists.set(key, list);
    return list;
  }

  /** Those that no device has any more: a hub may say ever new ones. */
  #forgetLists(): void {
    this.#lists.clear();
    for (const list of this.#index('device').capabilityLists) this.#lists.set(list.join(' '), list);
    this.#mostLists = Math.max(FEW_LISTS, this.#lists.size * 2);
  }

  #isOlder({ kind, id, timestamp }: Entry): boolean {
    const known = this.get(kind, id)?.timestamp ?? null;
    return timestamp !== null && known !== null && timestamp < known;
  }

  #index(kind: Kind): ThingIndex {
    return this.#indexes.get(kind) as ThingIndex;
  }

  #resolve(kind: Kind, ids: Iterable<string>): Entry[] {
    return Array.from(ids, (id) => this.get(kind, id)).filter((entry) => entry !== undefined);
  }
}

function byKind<T>(make: () => T): Map<Kind, T> {
  return new Map(KINDS.map((kind) => [kind, make()]));
}

/** Whether a thing is found in another way than before. */
function isElsewhere(before: Entry, now: Entry): boolean {
  const isAsBefore = before.name === now.name && before.roomId === now.roomId && before.type === now.type;
  return !isAsBefore || (now.kind === 'room' && before.state['order'] !== now.state['order']);
}

/** What is known after the hub told of a thing: the values of a device that can't be reached stay. */
function settled(before: Entry | undefined, told: Entry): Entry {
  if (before === undefined) return told;
  if (told.kind === 'group') return { ...told, state: before.state };
  if (isReachable(told)) return told;
  const { reachable, lastSeen } = told.state;
  return { ...told, state: { ...before.state, reachable, ...(lastSeen === undefined ? {} : { lastSeen }) } };
}
