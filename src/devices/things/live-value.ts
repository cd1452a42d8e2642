import type { Entry } from './device.js';
import { fieldName, wordText } from './field-words.js';
import { fieldOf, type Spoken, type Words } from './fields.js';
import type { Kind } from './kinds.js';
import type { Language } from './names.js';
import type { Press } from './presses.js';
import type { State } from './units.js';

/** What is said of an alarm, which has no fields of a device's. */
const CLOSED: Spoken = { says: [words('closed', 'kuitattu'), words('alarm', 'hälytys')], isLasting: true };

/** What meters count that has the name of something else. */
const METERED: Readonly<Record<string, string>> = { volume: 'l' };

/** The fields by which people know how a thing is, the one that says most first. */
const TELLING = [
  ...['on', 'position', 'open', 'leak', 'smoke', 'co', 'ring', 'motion', 'home', 'playback', 'closed'],
  ...['temperature', 'targetTemperature', 'humidity', 'co2', 'voc', 'illuminance', 'dark', 'pressure', 'power'],
  ...['energy', 'mode', 'battery', 'batteryVoltage', 'batteryLow'],
];

/** What people say of a press. */
const PRESS_WORDS: Readonly<Record<Press['press'], Words>> = {
  short: words('short', 'lyhyt'),
  long: words('long', 'pitkä'),
  release: words('release', 'vapautus'),
  toggle: words('toggle', 'vaihto'),
  full: words('full', 'täysille'),
};

const LONGEST_NAME = 24;

/** What things are called when there are several. */
const PLURALS: Readonly<Record<Kind, Words>> = {
  device: words('devices', 'laitetta'),
  group: words('groups', 'ryhmää'),
  scene: words('scenes', 'tilannetta'),
  rule: words('rules', 'sääntöä'),
  alarm: words('alarms', 'hälytystä'),
  room: words('rooms', 'huonetta'),
};

/** What is said of a blind or valve, and of what a thermostat aims at. */
const OPEN_BY: Words = words('{} open', '{} auki');
const AIMS_AT: Words = words('target {}', 'tavoite {}');

const YES = words('yes', 'kyllä');
const NO = words('no', 'ei');

/** Fields whose unit alone does not say what was measured: the name stands before the value. */
const NAMED: ReadonlySet<string> = new Set(['humidity', 'battery', 'batteryVoltage']);

/** Whether a state is that of a meter of water, whose volume is an amount of water. */
export function isFlowMeter(state: State): boolean {
  return typeof state['flow'] === 'number' && typeof state['volume'] === 'number';
}

/** The field that says most about a thing; `undefined` for a state that says nothing people would ask for. */
export function tellingField(state: State): string | undefined {
  if (isFlowMeter(state)) return 'volume';
  return TELLING.find((field) => isShort(state[field]));
}

/** Fields in the order in which they say most about a thing; those that say little stay as they are, at the end. */
export function byTelling(fields: readonly string[]): string[] {
  const rank = (field: string): number => (TELLING.includes(field) ? TELLING.indexOf(field) : TELLING.length);
  return [...fields].sort((one, other) => rank(one) - rank(other));
}

/** Whether a field tells of a moment, as what a sensor measures does; what is switched or set stays as it was. */
export function isMeasured(field: string): boolean {
  return fieldOf(field)?.setting === undefined && spoken(field).isLasting !== true;
}

/** How a thing is, in few words: "on 60 %", "21.4 °C", "closed". Empty for a state that says nothing in few. */
export function stateText(state: State, language: Language): string {
  const field = tellingField(state);
  if (field === undefined) return '';
  const text = valueText(field, state[field], language, unitIn(field, state));
  const more =
    field === 'on' && state['on'] === true ? ['brightness', 'power'].find((name) => isShort(state[name])) : '';
  return more ? `${text} ${valueText(more, state[more], language)}` : text;
}

/**
 * The state of a thing for a list of things, which has room for more words than {@link stateText}: "40 % open",
 * "humidity 45 %", "20.5 °C, target 21 °C", "heat, 21.4 °C", "on 60 %, 2700 K". `field`: the field that the thing is chosen
 * for; if it is white, the text has the colour temperature.
 */
export function fullText(state: State, language: Language, field = ''): string {
  const { position, mode, on, colorTemperature, targetTemperature } = state;
  const say = (name: string): string => valueText(name, state[name], language);
  const telling = tellingField(state);
  const value = stateText(state, language);
  const text = telling !== undefined && NAMED.has(telling) ? `${fieldName(telling, language)} ${value}` : value;
  if (telling === 'position' && typeof position === 'number') return filled(OPEN_BY, say('position'), language);
  if ((telling === 'temperature' || telling === 'humidity') && isShort(mode)) return `${say('mode')}, ${text}`;
  if (telling === 'temperature' && isShort(targetTemperature)) {
    return `${text}, ${filled(AIMS_AT, say('targetTemperature'), language)}`;
  }
  const isWhite = field === 'colorTemperature' && telling === 'on' && on === true && isShort(colorTemperature);
  return isWhite ? `${text}, ${say(field)}` : text;
}

/** A value with its unit, or in words; empty for one that has no short form. */
export function valueText(field: string, value: unknown, language: Language, unit = spoken(field).unit): string {
  if (typeof value === 'boolean') {
    const [yes, no] = spoken(field).says ?? [YES, NO];
    return (value ? yes : no)[language];
  }
  if (typeof value === 'number') {
    const number = language === 'fi' ? String(value).replace('.', ',') : String(value);
    return unit === undefined ? number : `${number} ${unit}`;
  }
  return isShort(value) ? wordText(field, String(value), language) : '';
}

/** How things are that were asked for together, in the parts of a status: the name is what may be cut. */
export interface ThingsText {
  /** How many they are, where it is not one: "12 devices". */
  readonly count: string;
  /** Whose value it is; empty where it is the only one's. */
  readonly name: string;
  /** How the first is. */
  readonly value: string;
}

/**
 * How things are that were asked for together: one by its value, several by how many they are and how the first is, such
 * as "12 devices", "Sauna" and "78.2 °C". With a field by that alone.
 */
export function thingsText(entries: readonly Entry[], field: string, language: Language): ThingsText {
  const [first, ...others] = entries;
  if (first === undefined) return { count: countText(0, 'device', language), name: '', value: '' };
  const value = thingText(first, field, language);
  if (others.length === 0) return { count: '', name: '', value };
  const kind = others.every((other) => other.kind === first.kind) ? first.kind : 'device';
  return { count: countText(entries.length, kind, language), name: first.name.trim(), value };
}

/** How one thing is; with a field by that alone. */
export function thingText(entry: Entry, field: string, language: Language): string {
  return field === '' ? stateText(entry.state, language) : fieldText(entry, field, language);
}

/** One field of a thing. What is not its field of that name, but a meter's, has the meter's unit. */
function fieldText({ state, raw }: Entry, field: string, language: Language): string {
  const isMetered = Object.hasOwn(METERED, field) && typeof raw[field] === 'number';
  return valueText(field, state[field], language, isMetered ? METERED[field] : undefined);
}

/** The unit of a field of a state, which for meters of water depends on the other fields. */
function unitIn(field: string, state: State): string | undefined {
  return isFlowMeter(state) ? (METERED[field] ?? spoken(field).unit) : spoken(field).unit;
}

function spoken(field: string): Spoken {
  return (field === 'closed' ? CLOSED : fieldOf(field)) ?? {};
}

/** A press in few words: "Ylös long", "2 short". */
export function pressText(
  { button, label, press }: Pick<Press, 'button' | 'label' | 'press'>,
  language: Language,
): string {
  return `${label === null ? button : shortName(label)} ${pressWord(press, language)}`;
}

/** How a button is pressed, in a word: "long". */
export function pressWord(press: Press['press'], language: Language): string {
  return PRESS_WORDS[press][language];
}

/** How many things of a kind, other than one: "12 devices". */
export function countText(count: number, kind: Kind, language: Language): string {
  return `${count} ${PLURALS[kind][language]}`;
}

/** A name as it fits beside other words. */
export function shortName(name: string): string {
  const letters = [...name.trim()];
  return letters.length <= LONGEST_NAME ? letters.join('') : `${letters.slice(0, LONGEST_NAME - 1).join('')}…`;
}

function filled(pattern: Words, value: string, language: Language): string {
  return pattern[language].replace('{}', value);
}

function words(en: string, fi: string): Words {
  return { en, fi };
}

function isShort(value: unknown): boolean {
  return typeof value === 'boolean' || typeof value === 'number' || (typeof value === 'string' && value !== '');
}
