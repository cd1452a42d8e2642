/** Events of homes, as shown to people: made from the records of change logs, and kept in memory. */
import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Author } from '../commands/plan.js';
import type { ChangeRecord } from '../home/change-log.js';
import type { LiveHome } from '../home/live-home.js';
import { type Change, type ChangeEvent, countedFields } from '../things/changes.js';
import { type Entry, nameIn } from '../things/device.js';
import type { Kind } from '../things/kinds.js';
import type { Press } from '../things/presses.js';
import type { State } from '../things/state.js';

/** An event of a home, as shown to people. Fields that do not apply are `null`. */
export interface HomeEvent {
  /** The number of the event. Each event has a higher number than the one before. */
  readonly n: number;
  /** When the event was received, ISO 8601 UTC. */
  readonly at: string;
  readonly event: ChangeEvent | 'press' | 'hub-away' | 'hub-back';
  readonly thing: {
    readonly hub: string;
    readonly kind: Kind | 'hub';
    readonly id: string;
    readonly name: string;
    readonly room: string | null;
  };
  readonly changed: readonly string[];
  readonly state: State | null;
  readonly press: Pick<Press, 'button' | 'label' | 'press' | 'repeat'> | null;
  /** The author of a change; `null` if the change is not by this account. */
  readonly by: Author | null;
}

/** An event before it gets its number. */
export type NewEvent = Omit<HomeEvent, 'n'>;

/** Default values for the fields that an event does not have. */
const BARE = { changed: [], state: null, press: null, by: null } as const;

/** Fields that show a press of a remote control, which is an event of its own. */
const PRESS_FIELDS = ['button', 'modifiers'];

/** If the hub was not polled for longer than this, it is unknown when a change happened. */
const UNWATCHED_MS = 60_000;

/**
 * Returns the events of a record: changes with their authors, and presses. After a long time without subscribers,
 * changes by unknown authors are left out, because they may have happened at any time.
 */
export function eventsOf(live: LiveHome, record: ChangeRecord): NewEvent[] {
  const { changes, presses, unwatchedMs } = record;
  const events = changes.map((change) => changeEvent(live, change, record)).filter((event) => event !== undefined);
  const dated = unwatchedMs <= UNWATCHED_MS ? events : events.filter(({ by }) => by !== null);
  return [...dated, ...presses.map((press) => pressEvent(live, press, record))];
}

/** Returns the event of a hub that has gone offline or has come back. `now`: in milliseconds since 1970. */
export function hubEvent(event: 'hub-away' | 'hub-back', hub: { id: string; name: string }, now: number): NewEvent {
  const thing = { hub: hub.id, kind: 'hub', id: hub.id, name: hub.name, room: null } as const;
  return { ...BARE, at: new Date(now).toISOString(), event, thing };
}

/**
 * Returns the event of a change; `undefined` for a change that shows only that the hub was in contact with the device.
 */
function changeEvent(live: LiveHome, change: Change, { at, appliedAt, changes }: ChangeRecord): NewEvent | undefined {
  const [event = 'changed'] = change.events;
  const counted = countedFields(change, []).filter((name) => !PRESS_FIELDS.includes(name));
  if (event === 'changed' && counted.length === 0) return undefined;
  const isThere = event !== 'added' && event !== 'removed';
  const changed = isThere && change.changed.includes('reachable') ? ['reachable', ...counted] : counted;
  return {
    ...BARE,
    at: new Date(at).toISOString(),
    event,
    thing: shown(live, change.entry),
    changed,
    state: event === 'removed' ? null : change.state,
    by: event === 'changed' ? live.cache.own.authorOf(change, counted, appliedAt, changes) : null,
  };
}

function pressEvent(live: LiveHome, { device, button, label, press, repeat }: Press, { at }: ChangeRecord): NewEvent {
  const details = { button, label, press, repeat };
  return { ...BARE, at: new Date(at).toISOString(), event: 'press', thing: shown(live, device), press: details };
}

function shown(live: LiveHome, entry: Entry): HomeEvent['thing'] {
  const { things } = live.cache;
  const { kind, id } = entry;
  return { hub: things.hub, kind, id, name: nameIn(entry, things.language), room: things.roomOf(entry) };
}

/** The events after a position. */
export interface EventsSince {
  readonly events: readonly HomeEvent[];
  /** The position after these events. */
  readonly last: string;
  /** Whether the requested position was unknown. If so, `events` has all stored events. */
  readonly reset: boolean;
}

/** The maximum number of stored events. */
export const KEPT_EVENTS = 200;

/** The last events of the homes of an account, in memory only. */
export class EventRing {
  /**
   * A random prefix of the positions. A position from before a restart of Node-RED, or of another account, has another
   * prefix.
   */
  readonly #id = randomBytes(6).toString('hex');
  #events: HomeEvent[] = [];
  #count = 0;

  add(events: readonly NewEvent[]): void {
    const counted = events.map((event) => ({ n: (this.#count += 1), ...event, thing: this.#shared(event.thing) }));
    this.#events = [...this.#events, ...counted].slice(-KEPT_EVENTS);
  }

  /** Returns one object for all events of a thing, to save memory. */
  #shared(thing: HomeEvent['thing']): HomeEvent['thing'] {
    const last = this.#events.findLast((event) => event.thing.id === thing.id)?.thing;
    return isDeepStrictEqual(last, thing) ? (last ?? thing) : thing;
  }

  /**
   * Returns the events after a position, the oldest first. An empty `after` selects all events, an empty `hub` all
   * hubs.
   */
  since(after: string, hub: string): EventsSince {
    const position = this.#positionOf(after);
    const events = this.#events.filter(({ n, thing }) => n > (position ?? 0) && (hub === '' || thing.hub === hub));
    return { events, last: `${this.#id}.${this.#count}`, reset: position === undefined };
  }

  /**
   * Parses a position. Returns `undefined` if it comes from another ring buffer, or if events after it
   * were already dropped.
   */
  #positionOf(after: string): number | undefined {
    if (after === '') return 0;
    const [id, text = ''] = after.split('.');
    const position = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    const isKept = position <= this.#count && position >= this.#count - this.#events.length;
    return id === this.#id && isKept ? position : undefined;
  }
}
