import { SECONDS } from '../../input.js';
import { aboutOf, type Entry } from './device.js';
import { type Field, FIELDS, fieldOf } from './fields.js';
import type { Things } from './things.js';
import { holderOf, isTimeField, readField, usableSources } from './state.js';

/** A field that can be set, with its accepted values: for pickers and for error messages. */
export interface Ability {
  field: string;
  /**
   * The type of the accepted values. "color" is a text such as "#ff8000"; "other" is the JSON type of the current
   * value.
   */
  type: 'boolean' | 'number' | 'word' | 'color' | 'other';
  /** The smallest number that is accepted. */
  min?: number;
  /** The largest number that is accepted. */
  max?: number;
  unit?: string;
  words?: string[];
}

/** The range of a transition, in seconds. */
const TRANSITION = { min: SECONDS.transition.minimum, max: SECONDS.transition.maximum };

/**
 * Read-only fields that keep Cozify's names. Commands ignore them, because a flow may send back the whole state of a
 * device.
 */
const MEASURED: ReadonlySet<string> = new Set([
  'rssi',
  'flow',
  'flowTemp',
  'lowTemp',
  'highTemp',
  'viewerCount',
  'button',
  'modifiers',
  'avtData',
  'freshTemperature',
  'supplyTemperature',
  'extractTemperature',
  'colorTemperatureRange',
]);

/** Whether the device has a value for the field, or had one before it became unreachable. */
function isShown(entry: Entry, { name, sources }: Field): boolean {
  const { raw, state } = entry;
  const isNamed = sources.some((source) => holderOf(source, raw)?.[source.key] !== undefined);
  return isNamed && (Object.hasOwn(state, name) || readField(sources, raw, aboutOf(entry)) !== undefined);
}

/** Whether the device has the field, settable or not: a state that was read from the device may contain it. */
export function isKnown(entry: Entry, name: string): boolean {
  const { raw, state } = entry;
  const { sources = [], setting } = fieldOf(name) ?? {};
  if (Object.hasOwn(state, name) || (sources.length === 0 && raw[name] === null)) return true;
  // Lamps without colors report color fields with the value null.
  const isThere = (value: unknown): boolean => value !== undefined && (value !== null || setting === undefined);
  return usableSources(sources, aboutOf(entry)).some((source) => isThere(holderOf(source, raw)?.[source.key]));
}

/** Whether a command can set a field of a device: the device has a capability for the field, or reports a value. */
export function isAble(entry: Entry, field: Field): boolean {
  const { setting, sources } = field;
  const about = aboutOf(entry);
  // Cozify's key may mean another field on this type of device.
  if (setting === undefined || usableSources(sources, about).length === 0) return false;
  return setting.capabilities.some((one) => about.capabilities.includes(one)) || isShown(entry, field);
}

/**
 * Whether a command can set a field that is not in `FIELDS`: any value that the device reports, except measurements and
 * times.
 */
export function isAbleOther(entry: Entry, name: string): boolean {
  if (fieldOf(name) !== undefined || MEASURED.has(name)) return false;
  return Object.hasOwn(entry.state, name) && !isTimeField(name, entry.state[name]);
}

/** Whether a device is a lamp, by its capability or its type. A socket never counts as a lamp. */
export function isLamp(entry: Entry): boolean {
  if (entry.type === 'POWER_SOCKET') return false;
  return entry.capabilities.includes('CONTROL_LIGHT') || entry.type === 'LIGHT';
}

/**
 * Returns the devices that a command to a thing controls: the device itself, the members of a group, or the lamps of a
 * room. None for any other thing.
 */
export function devicesOf(entry: Entry, things: Things): Entry[] {
  if (entry.kind === 'device') return [entry];
  if (entry.kind === 'group') return things.membersOf(entry);
  const lamps = entry.kind === 'room' ? things.inRoom(entry.id).filter(isLamp) : [];
  const controlled = lamps.filter(({ capabilities }) => capabilities.includes('CONTROL_LIGHT'));
  return controlled.length > 0 ? controlled : lamps;
}

/** Whether a field, or "any" field, can be set on a device. Cheaper than {@link abilitiesOf}. */
export function canBeSet(device: Entry, name: string): boolean {
  if (name === 'color') return FIELDS.some((field) => field.name === 'hue' && isAble(device, field));
  if (name === 'transition') return device.capabilities.includes('TRANSITION');
  if (name === 'any') {
    return (
      FIELDS.some((field) => isAble(device, field)) || Object.keys(device.state).some((one) => isAbleOther(device, one))
    );
  }
  const field = fieldOf(name);
  return field === undefined ? isAbleOther(device, name) : isAble(device, field);
}

/** Returns the fields that can be set on a thing, or on any device of a group or room. */
export function abilitiesOfThing(entry: Entry, things: Things): Ability[] {
  const isSwitch = entry.kind === 'scene' || entry.kind === 'rule';
  return isSwitch ? [{ field: 'on', type: 'boolean' }] : abilitiesOf(devicesOf(entry, things));
}

/** Returns the fields that at least one of the devices can set, each with its widest range. */
export function abilitiesOf(entries: readonly Entry[]): Ability[] {
  const abilities = new Map<string, Ability>();
  for (const entry of entries) {
    for (const ability of abilitiesOfOne(entry)) {
      abilities.set(ability.field, widest(abilities.get(ability.field), ability));
    }
  }
  return [...abilities.values()];
}

/** Lists abilities for an error message: "It can: on, brightness (0 to 100 %)." */
export function describeAbilities(abilities: readonly Ability[]): string {
  const described = abilities.map(({ field, min, max, unit = '', words }) => {
    if (words !== undefined && words.length > 0) return `${field} (${words.join(', ')})`;
    return min === undefined ? field : `${field} (${min} to ${max} ${unit})`;
  });
  return described.length === 0 ? 'Nothing of it can be set.' : `It can: ${described.join(', ')}.`;
}

function abilitiesOfOne(entry: Entry): Ability[] {
  const known = FIELDS.filter((field) => isAble(entry, field)).map((field) => abilityOf(entry, field));
  const hasColor = known.some(({ field }) => field === 'hue');
  const hasTransition = entry.capabilities.includes('TRANSITION');
  const others = Object.keys(entry.state).filter((name) => isAbleOther(entry, name));
  return [
    ...known,
    ...(hasColor ? [{ field: 'color', type: 'color' as const }] : []),
    ...(hasTransition ? [{ field: 'transition', type: 'number' as const, ...TRANSITION, unit: 's' }] : []),
    ...others.map((field) => ({ field, type: 'other' as const })),
  ];
}

function abilityOf(entry: Entry, { name, unit, setting }: Field): Ability {
  const words = setting?.words?.(aboutOf(entry));
  if (words !== undefined) return { field: name, type: 'word', words: [...words] };
  if (setting?.range === undefined) return { field: name, type: 'boolean' };
  const own = name === 'colorTemperature' ? entry.state['colorTemperatureRange'] : undefined;
  const [min, max] = Array.isArray(own) ? (own as [number, number]) : [setting.range.min, setting.range.max];
  return { field: name, type: 'number', min, max, ...(unit !== undefined && { unit }) };
}

function widest(one: Ability | undefined, other: Ability): Ability {
  if (one?.min === undefined || one.max === undefined || other.min === undefined || other.max === undefined) {
    return one === undefined || (one.words?.length ?? 0) < (other.words?.length ?? 0) ? other : one;
  }
  return { ...other, min: Math.min(one.min, other.min), max: Math.max(one.max, other.max) };
}
