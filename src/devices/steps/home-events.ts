import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Author } from '../commands/plan.js';
import type { ChangeRecord } from '../home/change-log.js';
import type { LiveHome } from '../home/live-home.js';
import { type Change, type ChangeEvent, countedFields } from '../things/changes.js';
import type { Kind } from '../things/kinds.js';
import type { State } from '../things/units.js';
import { type Entry, nameIn } from '../things/device.js';
import type { Press } from '../things/presses.js';

/** Something that happened at home; what does not apply is `null`. */
export interface HomeEvent {
  /** Counts up. */
  readonly n: number;
  /** When it was received, ISO 8601 UTC. */
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
  /** Who did it, as far as that is known; `null` for somebody else. */
  readonly by: Author | null;
}

/** An event before it has its number. */
export type NewEvent = Omit<HomeEvent, 'n'>;

/** By these a remote control tells of a press, which is an event of its own. */
const PRESS_FIELDS = ['button', 'modifiers'];

/** If nobody polled for this long, the time of a change is not known. */
const UNWATCHED_MS = 60_000;

/**
 * The events of a record: changes with their authors, and presses. After a time without polls only changes by known
 * authors, because the others may have happened at any time.
 */
export function eventsOf(live: LiveHome, record: ChangeRecord): NewEvent[] {
  const { changes, presses, receivedAt, unwatchedMs } = record;
  const at = new Date(record.at).toISOString();
  const authorOf = (change: Change, changed: readonly string[]): Author | null =>
    live.home.own.authorOf(change, changed, receivedAt, changes);
  const events = changes
    .map((change) => changeEvent(live, change, at, authorOf))
    .filter((event) => event !== undefined);
  const dated = unwatchedMs <= UNWATCHED_MS ? events : events.filter(({ by }) => by !== null);
  return [...dated, ...presses.map((press) => pressEvent(live, press, at))];
}

/** A hub went, or is back. */
export function hubEvent(event: 'hub-away' | 'hub-back', hub: { id: string; name: string }, now: number): NewEvent {
  const thing = { hub: hub.id, kind: 'hub', id: hub.id, name: hub.name, room: null } as const;
  return { at: new Date(now).toISOString(), event, thing, changed: [], state: null, press: null, by: null };
}

/** `undefined` for what only tells that something was heard. */
function changeEvent(
  live: LiveHome,
  change: Change,
  at: string,
  authorOf: (change: Change, changed: readonly string[]) => Author | null,
): NewEvent | undefined {
  const [event = 'changed'] = change.events;
  const counted = countedFields(change, []).filter((name) => !PRESS_FIELDS.includes(name));
  if (event === 'changed' && counted.length === 0) return undefined;
  const isThere = event !== 'added' && event !== 'removed';
  const changed = isThere && change.changed.includes('reachable') ? ['reachable', ...counted] : counted;
  return {
    at,
    event,
    thing: shown(live, change.entry),
    changed,
    state: event === 'removed' ? null : change.state,
    press: null,
    by: event === 'changed' ? authorOf(change, counted) : null,
  };
}

function pressEvent(live: LiveHome, { device, button, label, press, repeat }: Press, at: string): NewEvent {
  const what = { button, label, press, repeat };
  return { at, event: 'press', thing: shown(live, device), changed: [], state: null, press: what, by: null };
}

function shown(live: LiveHome, entry: Entry): HomeEvent['thing'] {
  const { things } = live.home;
  const { kind, id } = entry;
  return { hub: things.hub, kind, id, name: nameIn(entry, things.language), room: things.roomOf(entry) };
}

/** What has happened since somebody asked before. */
export interface EventsSince {
  readonly events: readonly HomeEvent[];
  /** For the next question. */
  readonly last: string;
  /** It is not known what happened since then: these are all that are kept. */
  readonly reset: boolean;
}

/** So many are kept. */
export const KEPT_EVENTS = 200;

/** The last events of the homes of an account, in memory only. */
export class EventRing {
  /** Tells the places in this ring from those in the ring of another process, or of another cloud. */
  readonly #life = randomBytes(6).toString('hex');
  #events: HomeEvent[] = [];
  #count = 0;

  add(events: readonly Omit<HomeEvent, 'n'>[]): void {
    const kept = events.slice(-KEPT_EVENTS);
    this.#count += events.length - kept.length;
    const counted = kept.map((event) => ({ n: (this.#count += 1), ...event, thing: this.#known(event.thing) }));
    this.#events = [...this.#events, ...counted].slice(-KEPT_EVENTS);
  }

  /** What a thing is called stands in memory once for all that happens to it. */
  #known(thing: HomeEvent['thing']): HomeEvent['thing'] {
    const last = this.#events.findLast((event) => event.thing.id === thing.id)?.thing;
    return isDeepStrictEqual(last, thing) ? (last ?? thing) : thing;
  }

  /** What came after a place, the oldest first; everything after `''`. `hub`: of that one alone, unless it is empty. */
  since(after: string, hub: string): EventsSince {
    const place = this.#placeOf(after);
    const events = this.#events.filter(({ n, thing }) => n > (place ?? 0) && (hub === '' || thing.hub === hub));
    return { events, last: `${this.#life}.${this.#count}`, reset: place === undefined };
  }

  /** `undefined` for a place in another ring, and for one after which something is not kept any more. */
  #placeOf(after: string): number | undefined {
    if (after === '') return 0;
    const [life, text = ''] = after.split('.');
    const place = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    const isKept = place <= this.#count && place >= this.#count - this.#events.length;
    return life === this.#life && isKept ? place : undefined;
  }
}
