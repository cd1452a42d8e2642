import type { Entry } from './device.js';
import { nameKey } from './names.js';

/** The things of one kind: by id, name, room and capability. What is put and taken costs what it changes. */
export class ThingIndex {
  readonly #entries = new Map<string, Entry>();
  /** Ids by {@link nameKey}. */
  readonly #named = new Map<string, string[]>();
  readonly #inRoom = new Map<string, Set<string>>();
  /** Ids by their list of capabilities, which equal things share. */
  readonly #capable = new Map<readonly string[], Set<string>>();

  get size(): number {
    return this.#entries.size;
  }

  get(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  /** All, in the order in which the hub first named them. */
  values(): IterableIterator<Entry> {
    return this.#entries.values();
  }

  /** Those with this name; case and outer spaces don't matter. */
  named(name: string): Entry[] {
    return this.#resolve(this.#named.get(nameKey(name)) ?? []);
  }

  inRoom(roomId: string): Entry[] {
    return this.#resolve(this.#inRoom.get(roomId) ?? []);
  }

  /** Those that have all of these capabilities. */
  withCapabilities(wanted: readonly string[]): Entry[] {
    const lists = [...this.#capable].filter(([list]) => wanted.every((capability) => list.includes(capability)));
    return lists.flatMap(([, ids]) => this.#resolve(ids));
  }

  put(entry: Entry): void {
    const before = this.#entries.get(entry.id);
    this.#entries.set(entry.id, entry);
    if (before?.name !== entry.name) {
      if (before !== undefined) this.#unname(before);
      const key = nameKey(entry.name);
      const ids = this.#named.get(key);
      if (ids === undefined) this.#named.set(key, [entry.id]);
      else ids.push(entry.id);
    }
    if (before?.roomId !== entry.roomId) {
      remove(this.#inRoom, before?.roomId, entry.id);
      add(this.#inRoom, entry.roomId, entry.id);
    }
    if (before?.capabilities !== entry.capabilities) {
      remove(this.#capable, before?.capabilities, entry.id);
      add(this.#capable, entry.capabilities, entry.id);
    }
  }

  delete(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    this.#unname(entry);
    remove(this.#inRoom, entry.roomId, id);
    remove(this.#capable, entry.capabilities, id);
  }

  #unname({ name, id }: Entry): void {
    const key = nameKey(name);
    const left = this.#named.get(key)?.filter((other) => other !== id) ?? [];
    if (left.length === 0) this.#named.delete(key);
    else this.#named.set(key, left);
  }

  #resolve(ids: Iterable<string>): Entry[] {
    return Array.from(ids, (id) => this.#entries.get(id)).filter((entry) => entry !== undefined);
  }
}

function add<K>(map: Map<K, Set<string>>, key: K | null, id: string): void {
  if (key === null) return;
  const ids = map.get(key) ?? new Set();
  map.set(key, ids.add(id));
}

function remove<K>(map: Map<K, Set<string>>, key: K | null | undefined, id: string): void {
  if (key === null || key === undefined) return;
  const ids = map.get(key);
  ids?.delete(id);
  if (ids?.size === 0) map.delete(key);
}
