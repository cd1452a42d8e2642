import type { Entry } from '../things/device.js';
import { isSelected, roomIdsOf } from './device-filter.js';
import { listenedThings, type Selection } from './listening.js';
import { thingKey } from './node-memory.js';
import type { KnownHubs } from './targets.js';
import type { Things } from '../things/things.js';

/** Whether a thing is among those listened to. */
type Hears = (entry: Entry) => boolean;

/**
 * Which things of one home somebody listens to. Names are looked up when something came, went, moved or was renamed, and
 * not for each change (docs/dev/rules.md, "What is heard has the names that a person sees").
 */
export class Ear {
  readonly #selection: Selection;
  readonly #things: Things;
  readonly #hubs: () => KnownHubs;
  #lookedAt = '';
  #targets: ReadonlySet<string> = new Set();
  #hears: Hears = () => false;

  constructor(selection: Selection, things: Things, hubs: () => KnownHubs) {
    this.#selection = selection;
    this.#things = things;
    this.#hubs = hubs;
    this.refresh();
  }

  /** What is heard as things are now. It stays as it is while it is used for the changes of one moment. */
  get hears(): Hears {
    return this.#hears;
  }

  /** All that is listened to now. */
  get listened(): Entry[] {
    return listenedThings(this.#selection, this.#things, this.#hubs());
  }

  /** Looks names up again where they may mean other things than before, and gives whether that was so. */
  refresh(): boolean {
    const { ids, defaultId } = this.#hubs();
    const looked = JSON.stringify([this.#things.revision, defaultId, ids]);
    if (looked === this.#lookedAt) return false;
    this.#lookedAt = looked;
    this.#hears = this.#selection.targets.length === 0 ? this.#byFilter() : this.#byTargets();
    return true;
  }

  #byFilter(): Hears {
    const { filter, hub } = this.#selection;
    const things = this.#things;
    if (hub !== '' && hub !== things.hub) return () => false;
    const rooms = roomIdsOf(filter.rooms, things);
    return (entry) => isSelected(things, entry, filter, rooms);
  }

  #byTargets(): Hears {
    const before = this.#targets;
    const now = (this.#targets = new Set(this.listened.map(thingKey)));
    // What has just been removed is heard of once more.
    const isGone = ({ kind, id }: Entry): boolean => this.#things.get(kind, id) === undefined;
    return (entry) => now.has(thingKey(entry)) || (before.has(thingKey(entry)) && isGone(entry));
  }
}
