import { type Entry, isReachable } from './device.js';
import { isSameJson } from './raw.js';
import { isTimeField, type State } from './units.js';

/** What can happen to a thing. */
export const CHANGE_EVENTS = ['changed', 'added', 'removed', 'unreachable', 'reachable'] as const;

/** One of {@link CHANGE_EVENTS}. */
export type ChangeEvent = (typeof CHANGE_EVENTS)[number];

/** A real difference between what was known of a thing and what is known now. */
export interface Change {
  /** The thing as it is now; one that was removed, as it was. */
  readonly entry: Entry;
  /** `added` or `removed` alone; else `changed`, and before it what became of a device's reachability. */
  readonly events: readonly ChangeEvent[];
  /** Every field that differs after rounding, times and `reachable` included; none where a thing came or went. */
  readonly changed: readonly string[];
  /** `null` for what was added. */
  readonly previous: State | null;
  readonly state: State;
}

/** What a listener asks for. */
export interface ChangeFilter {
  readonly events: readonly ChangeEvent[];
  /** Those that count; none means all but what tells only that something was heard: see {@link countedFields}. */
  readonly fields: readonly string[];
}

/** The difference between two entries of a thing, of which one may be missing; `undefined` where there is none. */
export function changeBetween(before: Entry | undefined, now: Entry | undefined): Change | undefined {
  if (now === undefined) {
    if (before === undefined) return undefined;
    return { entry: before, events: ['removed'], changed: [], previous: before.state, state: before.state };
  }
  if (before === undefined) return { entry: now, events: ['added'], changed: [], previous: null, state: now.state };
  const changed = changedFields(before.state, now.state);
  if (changed.length === 0) return undefined;
  const events: ChangeEvent[] = ['changed'];
  if (isReachable(before) !== isReachable(now)) events.unshift(isReachable(now) ? 'reachable' : 'unreachable');
  return { entry: now, events, changed, previous: before.state, state: now.state };
}

/** The fields of two states that differ. */
function changedFields(before: State, now: State): string[] {
  if (before === now) return [];
  const changed = Object.keys(now).filter((name) => !isSameJson(before[name], now[name]));
  return [...changed, ...Object.keys(before).filter((name) => !Object.hasOwn(now, name))];
}

/** The fields of a change that count for a listener. Without a choice, `reachable`, `rssi` and times don't. */
export function countedFields({ changed, previous, state }: Change, fields: readonly string[]): string[] {
  if (fields.length > 0) return changed.filter((name) => fields.includes(name));
  const isHearsay = (name: string): boolean =>
    name === 'reachable' || name === 'rssi' || isTimeField(name, state[name] ?? previous?.[name]);
  return changed.filter((name) => !isHearsay(name));
}

/**
 * The one message that a listener gets of a change: its event and the fields that count, or `undefined` where it asked
 * for nothing of it. Where a device came back with other values, that it came back is the event, if it is asked for.
 */
export function heardOf(
  change: Change,
  { events, fields }: ChangeFilter,
): { event: ChangeEvent; changed: string[] } | undefined {
  const changed = countedFields(change, fields);
  const event = change.events.find((name) => events.includes(name) && (name !== 'changed' || changed.length > 0));
  return event === undefined ? undefined : { event, changed };
}
