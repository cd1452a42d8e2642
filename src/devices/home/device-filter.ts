import { badInput } from '../../errors.js';
import { kindOf } from '../../input.js';
import { type Entry, isReachable } from '../things/device.js';
import { type Kind, KINDS } from '../things/kinds.js';
import { nameKey } from '../things/names.js';
import { findRooms } from './targets.js';
import type { Things } from '../things/things.js';

const REACHABILITIES = ['any', 'yes', 'no'] as const;

/** Which things are meant where none is named. */
export interface DeviceFilter {
  readonly kinds: readonly Kind[];
  /** Ids or names; none means every room. */
  readonly rooms: readonly string[];
  /** All of them are asked for; none means any. */
  readonly capabilities: readonly string[];
  readonly reachable: (typeof REACHABILITIES)[number];
}

/** A filter as a node's properties have it; what is absent asks for nothing. Throws `COZIFY_BAD_INPUT`. */
export function parseFilter(properties: {
  kinds?: unknown;
  rooms?: unknown;
  capabilities?: unknown;
  reachable?: unknown;
}): DeviceFilter {
  const { kinds = ['device'], rooms, capabilities, reachable = 'any' } = properties;
  return {
    kinds: parseTexts(kinds, 'kinds').map((kind) => parseOne(kind, KINDS, 'kind')),
    rooms: parseTexts(rooms, 'rooms'),
    capabilities: parseTexts(capabilities, 'capabilities'),
    reachable: parseOne(reachable, REACHABILITIES, 'reachable'),
  };
}

/** The things a filter leaves. Only devices are in rooms and have capabilities. */
export function selectThings(things: Things, filter: DeviceFilter): Entry[] {
  const { kinds, rooms, capabilities } = filter;
  const entries = kinds.flatMap((kind) => {
    if (kind !== 'device' || (rooms.length === 0 && capabilities.length === 0)) return things.list(kind);
    if (rooms.length === 0) return things.withCapabilities(capabilities);
    return [...new Set(rooms.flatMap((room) => findRooms(room, things)))].flatMap((id) => things.inRoom(id));
  });
  return entries.filter((entry) => isSelected(things, entry, filter));
}

/** Whether a filter leaves a thing. */
export function isSelected(things: Things, entry: Entry, filter: DeviceFilter): boolean {
  const { kinds, rooms, capabilities, reachable } = filter;
  if (!kinds.includes(entry.kind)) return false;
  if (!capabilities.every((capability) => entry.capabilities.includes(capability))) return false;
  if (rooms.length > 0 && !isInOneOf(rooms, entry, things)) return false;
  return reachable === 'any' || isReachable(entry) === (reachable === 'yes');
}

function isInOneOf(rooms: readonly string[], entry: Entry, things: Things): boolean {
  const name = things.roomOf(entry);
  return rooms.some((room) => room === entry.roomId || (name !== null && nameKey(name) === nameKey(room)));
}

function parseTexts(value: unknown, name: string): string[] {
  if (value === undefined) return [];
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
