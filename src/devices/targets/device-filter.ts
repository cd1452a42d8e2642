/** Filters of nodes without targets: rooms, capabilities, reachability. */
import { badInput } from '../../errors.js';
import { expectFew, kindOf } from '../../input.js';
import { type Entry, isReachable } from '../things/device.js';
import { type Kind, KINDS } from '../things/kinds.js';
import { findRooms } from './target.js';
import type { Things } from '../things/things.js';

const MATCHES = ['all', 'any'] as const;
const REACHABILITIES = ['any', 'yes', 'no'] as const;

/** A filter for the things of a home, for nodes without targets. */
export interface DeviceFilter {
  readonly kinds: readonly Kind[];
  /** Ids or names of rooms. An empty list allows every room. */
  readonly rooms: readonly string[];
  /** Capabilities in capitals. An empty list allows all things. */
  readonly capabilities: readonly string[];
  /** Whether a device needs all of the capabilities, or any of them. */
  readonly match: (typeof MATCHES)[number];
  readonly reachable: (typeof REACHABILITIES)[number];
}

/**
 * Parses the filter in the properties of a node. `kinds` defaults to devices. Other missing properties do not filter.
 * Throws `COZIFY_BAD_INPUT`.
 */
export function parseFilter(properties: {
  kinds?: unknown;
  rooms?: unknown;
  capabilities?: unknown;
  capabilitiesMatch?: unknown;
  reachable?: unknown;
}): DeviceFilter {
  const { kinds = ['device'], rooms, capabilities, capabilitiesMatch = 'all', reachable = 'any' } = properties;
  return {
    kinds: parseTexts(kinds, 'kinds').map((kind) => parseOneOf(kind, KINDS, 'kind')),
    rooms: parseTexts(rooms, 'rooms'),
    capabilities: parseTexts(capabilities, 'capabilities').map((capability) => capability.toUpperCase()),
    match: parseOneOf(capabilitiesMatch, MATCHES, 'capabilitiesMatch'),
    reachable: parseOneOf(reachable, REACHABILITIES, 'reachable'),
  };
}

/**
 * Returns the things that pass a filter. A filter with rooms or capabilities selects only devices, because other things
 * have none.
 */
export function selectThings(things: Things, filter: DeviceFilter): Entry[] {
  const { kinds, rooms, capabilities } = filter;
  const ids = roomIdsOf(rooms, things);
  const entries = kinds.flatMap((kind) => {
    if (kind === 'device' && rooms.length > 0) return [...ids].flatMap((id) => things.inRoom(id));
    if (kind === 'device' && capabilities.length > 0) return things.withCapabilities((list) => isCapable(list, filter));
    return things.list(kind);
  });
  return entries.filter((entry) => isSelected(things, entry, filter, ids));
}

/** Whether a thing passes a filter. `ids`: the ids of the filter's rooms, if the caller has looked them up already. */
export function isSelected(
  things: Things,
  entry: Entry,
  filter: DeviceFilter,
  ids: ReadonlySet<string> = roomIdsOf(filter.rooms, things),
): boolean {
  const { kinds, rooms, reachable } = filter;
  if (!kinds.includes(entry.kind) || !isCapable(entry.capabilities, filter)) return false;
  if (rooms.length > 0 && (entry.roomId === null || !ids.has(entry.roomId))) return false;
  return reachable === 'any' || isReachable(entry) === (reachable === 'yes');
}

/** Whether a list of capabilities passes a filter. */
export function isCapable(
  list: readonly string[],
  { capabilities, match }: Pick<DeviceFilter, 'capabilities' | 'match'>,
): boolean {
  if (capabilities.length === 0) return true;
  const has = (capability: string): boolean => list.includes(capability);
  return match === 'any' ? capabilities.some(has) : capabilities.every(has);
}

/**
 * Returns the ids of rooms that are given by id or name. Also returns each given text unchanged, because it may be the
 * id of a room that is not cached.
 */
export function roomIdsOf(rooms: readonly string[], things: Things): Set<string> {
  return new Set(rooms.flatMap((room) => [room, ...findRooms(room, things)]));
}

/** Parses a list of texts. Returns an empty list if the property is missing. Throws `COZIFY_BAD_INPUT`. */
export function parseTexts(value: unknown, name: string): string[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) expectFew(value, name);
  if (Array.isArray(value) && value.every((item): item is string => typeof item === 'string' && item.trim() !== '')) {
    return value.map((item) => item.trim());
  }
  const received = Array.isArray(value) ? 'a list of something else' : kindOf(value);
  throw badInput(`${name} should be a list of texts, but was ${received}.`);
}

/** Parses a text that has to be one of the known ones. Throws `COZIFY_BAD_INPUT`. */
export function parseOneOf<T extends string>(value: unknown, known: readonly T[], name: string): T {
  const found = known.find((one) => one === value);
  if (found !== undefined) return found;
  const received = typeof value === 'string' ? 'another text' : kindOf(value);
  throw badInput(`${name} should be one of ${known.join(', ')}, but was ${received}.`);
}
