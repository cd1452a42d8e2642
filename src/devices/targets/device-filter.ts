import { badInput } from '../../errors.js';
import { expectFew, kindOf } from '../../input.js';
import { type Entry, isReachable } from '../things/device.js';
import { type Kind, KINDS } from '../things/kinds.js';
import { findRooms } from './target.js';
import type { Things } from '../things/things.js';

const MATCHES = ['all', 'any'] as const;
const REACHABILITIES = ['any', 'yes', 'no'] as const;

/** Which things are meant where none is named. */
export interface DeviceFilter {
  readonly kinds: readonly Kind[];
  /** Ids or names; none means every room. */
  readonly rooms: readonly string[];
  /** In capitals; none means any. */
  readonly capabilities: readonly string[];
  /** Whether all of the capabilities are asked for, or one of them is enough. */
  readonly match: (typeof MATCHES)[number];
  readonly reachable: (typeof REACHABILITIES)[number];
}

/** A filter as a node's properties have it; what is absent asks for nothing. Throws `COZIFY_BAD_INPUT`. */
export function parseFilter(properties: {
  kinds?: unknown;
  rooms?: unknown;
  capabilities?: unknown;
  capabilitiesMatch?: unknown;
  reachable?: unknown;
}): DeviceFilter {
  const { kinds = ['device'], rooms, capabilities, capabilitiesMatch = 'all', reachable = 'any' } = properties;
  return {
    kinds: parseTexts(kinds, 'kinds').map((kind) => parseOne(kind, KINDS, 'kind')),
    rooms: parseTexts(rooms, 'rooms'),
    capabilities: parseTexts(capabilities, 'capabilities').map((capability) => capability.toUpperCase()),
    match: parseOne(capabilitiesMatch, MATCHES, 'capabilitiesMatch'),
    reachable: parseOne(reachable, REACHABILITIES, 'reachable'),
  };
}

/** The things a filter leaves. Only devices are in rooms and have capabilities. */
export function selectThings(things: Things, filter: DeviceFilter): Entry[] {
  const { kinds, rooms, capabilities } = filter;
  const entries = kinds.flatMap((kind) => {
    if (kind !== 'device' || (rooms.length === 0 && capabilities.length === 0)) return things.list(kind);
    if (rooms.length === 0) return things.withCapabilities((list) => isCapable(list, filter));
    return [...roomIdsOf(rooms, things)].flatMap((id) => things.inRoom(id));
  });
  const ids = roomIdsOf(rooms, things);
  return entries.filter((entry) => isSelected(things, entry, filter, ids));
}

/** Whether a filter leaves a thing. `ids`: those of its rooms, where they were looked up before. */
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

/** Whether a list of capabilities has what a filter asks for. */
export function isCapable(
  list: readonly string[],
  { capabilities, match }: Pick<DeviceFilter, 'capabilities' | 'match'>,
): boolean {
  if (capabilities.length === 0) return true;
  const has = (wanted: string): boolean => list.includes(wanted);
  return match === 'any' ? capabilities.some(has) : capabilities.every(has);
}

/** The ids of rooms that are said by id or name; one that no list has may be an id all the same. */
export function roomIdsOf(rooms: readonly string[], things: Things): Set<string> {
  return new Set(rooms.flatMap((room) => [room, ...findRooms(room, things)]));
}

function parseTexts(value: unknown, name: string): string[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) expectFew(value, name);
  if (Array.isArray(value) && value.every((item): item is string => typeof item === 'string' && item.trim() !== '')) {
    return value.map((item) => item.trim());
  }
  const came = Array.isArray(value) ? 'a list of something else' : kindOf(value);
  throw badInput(`${name} should be a list of texts, but was ${came}.`);
}

function parseOne<T extends string>(value: unknown, known: readonly T[], name: string): T {
  const found = known.find((one) => one === value);
  if (found !== undefined) return found;
  const came = typeof value === 'string' ? 'another text' : kindOf(value);
  throw badInput(`${name} should be one of ${known.join(', ')}, but was ${came}.`);
}
