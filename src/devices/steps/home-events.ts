import type { Author } from '../commands/author.js';
import type { HomeEvent } from '../home/event-ring.js';
import type { ChangeRecord } from '../home/change-log.js';
import type { LiveHome } from '../home/live-home.js';
import type { Change } from '../things/changes.js';
import { countedFields } from '../things/changes.js';
import { type Entry, nameIn } from '../things/device.js';
import type { Press } from '../things/presses.js';

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
