import { SECONDS } from '../../input.js';
import { aboutOf, type Entry } from './device.js';
import { type Field, FIELDS, fieldOf } from './fields.js';
import { holderOf, isTimeField, readField, usableSources } from './units.js';

/** A field that can be set, and what it takes: for choosing, and to say so where something else was asked for. */
export interface Ability {
  field: string;
  /** "color" is "#rrggbb"; "other" is of the type that the device shows. */
  type: 'boolean' | 'number' | 'word' | 'color' | 'other';
  /** The range of a number, ends included. */
  min?: number;
  max?: number;
  unit?: string;
  words?: string[];
}

/** The range of a transition. */
const TRANSITION = { min: SECONDS.transition.minimum, max: SECONDS.transition.maximum };

/** What devices measure or report under names of Cozify's: shown, and given back with a state, but not to be set. */
const MEASURED: ReadonlySet<string> = new Set([
  ...['rssi', 'flow', 'flowTemp', 'lowTemp', 'highTemp', 'viewerCount', 'button', 'modifiers', 'avtData'],
  ...['freshTemperature', 'supplyTemperature', 'extractTemperature', 'colorTemperatureRange'],
]);

/** Whether the device has a value for the field, or had one before it was away. */
function isShown(entry: Entry, { name, sources }: Field): boolean {
  const { raw, state } = entry;
  const isNamed = sources.some((source) => holderOf(source, raw)?.[source.key] !== undefined);
  return isNamed && (Object.hasOwn(state, name) || readField(sources, raw, aboutOf(entry)) !== undefined);
}

/** Whether a field that can't be set belongs to the device all the same: it may come with a state that was read of it. */
export function isKnown(entry: Entry, name: string): boolean {
  const { raw, state } = entry;
  const { sources = [], setting } = fieldOf(name) ?? {};
  if (Object.hasOwn(state, name) || (sources.length === 0 && raw[name] === null)) return true;
  // Lamps have fields of colors in name only, which are null.
  const isThere = (value: unknown): boolean => value !== undefined && (value !== null || setting === undefined);
  return usableSources(sources, aboutOf(entry)).some((source) => isThere(holderOf(source, raw)?.[source.key]));
}

/** Whether a field of ours can be set on a device: a capability promises it, or the device shows it. */
export function isAble(entry: Entry, field: Field): boolean {
  const { setting, sources } = field;
  const about = aboutOf(entry);
  // What it is called by may mean something else on this device.
  if (setting === undefined || usableSources(sources, about).length === 0) return false;
  return setting.capabilities.some((one) => about.capabilities.includes(one)) || isShown(entry, field);
}

/** Whether something under Cozify's own name can be set: the device shows it, and it is not what it measures. */
export function isAbleOther(entry: Entry, name: string): boolean {
  if (fieldOf(name) !== undefined || MEASURED.has(name)) return false;
  return Object.hasOwn(entry.state, name) && !isTimeField(name, entry.state[name]);
}

/** Whether a device is a lamp, by its capability or else its type. A socket is none, whatever is plugged in. */
export function isLamp(entry: Entry): boolean {
  if (entry.type === 'POWER_SOCKET') return false;
  return entry.capabilities.includes('CONTROL_LIGHT') || entry.type === 'LIGHT';
}

/** Whether a field can be set on a device, or "any" of them, without working out all that can. */
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

/** What can be set on at least one of some devices, with the widest range of each. */
export function abilitiesOf(entries: readonly Entry[]): Ability[] {
  const abilities = new Map<string, Ability>();
  for (const entry of entries) {
    for (const ability of abilitiesOfOne(entry)) {
      abilities.set(ability.field, widest(abilities.get(ability.field), ability));
    }
  }
  return [...abilities.values()];
}

/** In words, for a message: "on, brightness (0 to 100 %)". */
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
