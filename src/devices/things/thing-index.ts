import { type Entry, mayHaveDefaultName, namesOf } from './device.js';
import { nameKey } from './names.js';

/** Index of the things of one kind by id, name, room and capabilities. */
export class ThingIndex {
  readonly #entries = new Map<string, Entry>();
  /** Ids of things by the {@link nameKey} of each of their names. */
  readonly #named = new Map<string, Set<string>>();
  readonly #inRoom = new Map<string, Set<string>>();
  /** Ids of devices by the text of their capabilities. Devices with equal capabilities share one list object. */
  readonly #capable = new Map<string, Set<string>>();

  get size(): number {
    return this.#entries.size;
  }

  get(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  /** All things in the order in which they were added. */
  values(): IterableIterator<Entry> {
    return this.#entries.values();
  }

  /** Returns the things that have this name. A thing may have several names. Ignores case and outer spaces. */
  named(name: string): Entry[] {
    return this.resolve(this.#named.get(nameKey(name)) ?? []);
  }

  inRoom(roomId: string): Entry[] {
    return this.resolve(this.#inRoom.get(roomId) ?? []);
  }

  /** Returns the things whose list of capabilities matches. Tests each distinct list once. */
  withCapabilities(matches: (capabilities: readonly string[]) => boolean): Entry[] {
    return [...this.#capable.values()].flatMap((ids) => (matches(this.#listOf(ids)) ? this.resolve(ids) : []));
  }

  /** The distinct lists of capabilities of the things. */
  get capabilityLists(): readonly (readonly string[])[] {
    return Array.from(this.#capable.values(), (ids) => this.#listOf(ids));
  }

  put(received: Entry): void {
    const before = this.#entries.get(received.id);
    const idsWithSameCapabilities = this.#capable.get(received.capabilities.join(' '));
    const entry =
      idsWithSameCapabilities === undefined
        ? received
        : { ...received, capabilities: this.#listOf(idsWithSameCapabilities) };
    this.#entries.set(entry.id, entry);
    if (before === undefined || isRenamed(before, entry)) {
      if (before !== undefined) this.#unname(before);
      for (const key of keysOf(entry)) addTo(this.#named, key, entry.id);
    }
    if (before?.roomId !== entry.roomId) {
      removeFrom(this.#inRoom, before?.roomId, entry.id);
      addTo(this.#inRoom, entry.roomId, entry.id);
    }
    if (before?.capabilities !== entry.capabilities) {
      removeFrom(this.#capable, before?.capabilities.join(' '), entry.id);
      addTo(this.#capable, entry.capabilities.join(' '), entry.id);
    }
  }

  delete(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    this.#unname(entry);
    removeFrom(this.#inRoom, entry.roomId, id);
    removeFrom(this.#capable, entry.capabilities.join(' '), id);
  }

  #unname(entry: Entry): void {
    for (const key of keysOf(entry)) removeFrom(this.#named, key, entry.id);
  }

  /** Returns the list of capabilities that the devices with these ids share. */
  #listOf([id = '']: Iterable<string>): readonly string[] {
    return this.#entries.get(id)?.capabilities ?? [];
  }

  /** Returns the things with these ids. Skips ids of things that do not exist. */
  resolve(ids: Iterable<string>): Entry[] {
    return Array.from(ids, (id) => this.#entries.get(id)).filter((entry) => entry !== undefined);
  }
}

function keysOf(entry: Entry): Set<string> {
  return new Set(namesOf(entry).map(nameKey));
}

function isRenamed(before: Entry, now: Entry): boolean {
  return before.name !== now.name || (mayHaveDefaultName(now.kind) && before.raw['name'] !== now.raw['name']);
}

/** Adds an id to the set of a key. */
export function addTo<K>(map: Map<K, Set<string>>, key: K | null, id: string): void {
  if (key === null) return;
  const ids = map.get(key) ?? new Set();
  map.set(key, ids.add(id));
}

/** Removes an id from the set of a key. If the set becomes empty, also removes the key from the map. */
export function removeFrom<K>(map: Map<K, Set<string>>, key: K | null | undefined, id: string): void {
  if (key === null || key === undefined) return;
  const ids = map.get(key);
  ids?.delete(id);
  if (ids?.size === 0) map.delete(key);
}
