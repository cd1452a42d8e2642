import { nameKey } from '../../../src/devices/things/names.js';

/** A room from the picker's endpoint. */
export interface Room {
  readonly id: string;
  readonly name: string;
}

/** A room as a toggle button. */
export interface RoomTag {
  /** The saved value. */
  id: string;
  name: string;
  isPressed: boolean;
  /** Whether the room is saved but not in the home. */
  isUnknown: boolean;
}

/**
 * The rooms of a filter. The user sees names, but a pressed room is saved by id, which survives a new name. Other saved
 * values stay unchanged.
 */
export class RoomTags {
  #chosen: readonly string[];
  #rooms: readonly Room[] = [];
  /** The server's room ids by saved value; `undefined` for a missing room. */
  #found: ReadonlyMap<string, string | undefined> = new Map();

  constructor(saved: readonly string[]) {
    this.#chosen = saved;
  }

  get chosen(): string[] {
    return [...this.#chosen];
  }

  get names(): string[] {
    return this.#chosen.map((one) => this.#rooms.find(({ id }) => id === this.#idOf(one))?.name ?? one);
  }

  /** Stores the rooms of the home, and the rooms to which the saved values refer. */
  take(rooms: readonly Room[], found: ReadonlyMap<string, string | undefined> = new Map()): void {
    this.#rooms = rooms;
    this.#found = found;
  }

  /** Presses or releases a room, whether it was saved by id or by name. */
  toggle(id: string): void {
    const left = this.#chosen.filter((one) => one !== id && this.#idOf(one) !== id);
    this.#chosen = left.length < this.#chosen.length ? left : [...this.#chosen, id];
  }

  /** All rooms in the order of the home, then saved ones that the home lacks. */
  get tags(): RoomTag[] {
    const names = this.#rooms.map(({ name }) => nameKey(name));
    const isOnly = (name: string): boolean => names.indexOf(nameKey(name)) === names.lastIndexOf(nameKey(name));
    const ids = this.#chosen.map((one) => this.#idOf(one));
    const tags = this.#rooms.map(({ id, name }) => ({
      id,
      name: isOnly(name) ? name : `${name} (${id})`,
      isPressed: ids.includes(id),
      isUnknown: false,
    }));
    const strange = this.#chosen.filter((one) => !this.#rooms.some(({ id }) => id === this.#idOf(one)));
    const isUnknown = (one: string): boolean => this.#found.has(one) && this.#found.get(one) === undefined;
    return [...tags, ...strange.map((one) => ({ id: one, name: one, isPressed: true, isUnknown: isUnknown(one) }))];
  }

  #idOf(saved: string): string {
    const byName = this.#rooms.filter(({ name }) => nameKey(name) === nameKey(saved));
    return this.#found.get(saved) ?? (byName.length === 1 ? (byName[0]?.id ?? saved) : saved);
  }
}
