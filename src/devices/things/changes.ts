import { type Entry, isReachable } from './device.js';
import { isSameJson } from './raw.js';
import { isTimeField, type State } from './state.js';

/** The events that a thing may have. */
export const CHANGE_EVENTS = ['changed', 'added', 'removed', 'unreachable', 'reachable'] as const;

/** The name of an event of a thing. */
export type ChangeEvent = (typeof CHANGE_EVENTS)[number];

/** The difference between two states of a thing, after rounding. */
export interface Change {
  /** The thing after the change; for `removed`, the thing before it. */
  readonly entry: Entry;
  /** `added`, `removed` or `changed`. Before `changed`, there may be `reachable` or `unreachable`. */
  readonly events: readonly ChangeEvent[];
  /** Every field that differs, times and `reachable` included. Empty for `added` and `removed`. */
  readonly changed: readonly string[];
  /** The state before the change; `null` for `added`. */
  readonly previous: State | null;
  readonly state: State;
}

/** Compares two entries of a thing. Either may be missing. Returns `undefined` if nothing differs. */
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

/** Returns the names of the fields that differ between two states. */
function changedFields(before: State, now: State): string[] {
  if (before === now) return [];
  const changed = Object.keys(now).filter((name) => !isSameJson(before[name], now[name]));
  return [...changed, ...Object.keys(before).filter((name) => !Object.hasOwn(now, name))];
}

/**
 * Returns the changed fields that a subscriber selected. Without a selection: all but `reachable`, `rssi` and times,
 * because these show only that the hub was in contact with the device.
 */
export function countedFields({ changed, previous, state }: Change, fields: readonly string[]): string[] {
  if (fields.length > 0) return changed.filter((name) => fields.includes(name));
  const isContactField = (name: string): boolean =>
    name === 'reachable' || name === 'rssi' || isTimeField(name, state[name] ?? previous?.[name]);
  return changed.filter((name) => !isContactField(name));
}
