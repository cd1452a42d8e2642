import { nameKey } from '../../../src/devices/things/names.js';

/** A room as the picker's endpoint lists it. */
export interface Room {
  readonly id: string;
  readonly name: string;
}

/** A room as a button that is pressed or not. */
export interface RoomTag {
  /** What is saved of it. */
  id: string;
  name: string;
  isPressed: boolean;
  /** It is saved, and the home does not have it. */
  isUnknown: boolean;
}

/**
 * The rooms that are wanted. A person sees names; what a person presses is saved by its id, which stays when a room is
 * renamed; what was saved otherwise stays as it was.
 */
export class RoomTags {
  #wanted: readonly string[];
  #rooms: readonly Room[] = [];
  /** The ids of rooms by what was saved, as the server finds them; `undefined` for one that is not there. */
  #found: ReadonlyMap<string, string | undefined> = new Map();

  constructor(saved: readonly string[]) {
    this.#wanted = saved;
  }

  get wanted(): string[] {
    return [...this.#wanted];
  }

  /** What the wanted ones are called. */
  get names(): string[] {
    return this.#wanted.map((one) => this.#rooms.find(({ id }) => id === this.#idOf(one))?.name ?? one);
  }

  /** Takes the rooms that there are, and what is found by what was saved. */
  take(rooms: readonly Room[], found: ReadonlyMap<string, string | undefined> = new Map()): void {
    this.#rooms = rooms;
    this.#found = found;
  }

  /** Presses a room, or lets go of it, whatever it was saved as. */
  toggle(id: string): void {
    const left = this.#wanted.filter((one) => one !== id && this.#idOf(one) !== id);
    this.#wanted = left.length < this.#wanted.length ? left : [...this.#wanted, id];
  }

  /** All rooms in the order of the home, and what is saved beside them. */
  get tags(): RoomTag[] {
    const names = this.#rooms.map(({ name }) => nameKey(name));
    const isOnly = (name: string): boolean => names.indexOf(nameKey(name)) === names.lastIndexOf(nameKey(name));
    const ids = this.#wanted.map((one) => this.#idOf(one));
    const tags = this.#rooms.map(({ id, name }) => ({
      id,
      name: isOnly(name) ? name : `${name} (${id})`,
      isPressed: ids.includes(id),
      isUnknown: false,
    }));
    const strange = this.#wanted.filter((one) => !this.#rooms.some(({ id }) => id === this.#idOf(one)));
    const isUnknown = (one: string): boolean => this.#found.has(one) && this.#found.get(one) === undefined;
    return [...tags, ...strange.map((one) => ({ id: one, name: one, isPressed: true, isUnknown: isUnknown(one) }))];
  }

  #idOf(saved: string): string {
    const byName = this.#rooms.filter(({ name }) => nameKey(name) === nameKey(saved));
    return this.#found.get(saved) ?? (byName.length === 1 ? (byName[0]?.id ?? saved) : saved);
  }
}
