import { shortened } from '../../text.js';
import type { Entry } from './device.js';
import { fieldName, wordText } from './field-words.js';
import { fieldOf, type Spoken, type Words } from './fields.js';
import type { Kind } from './kinds.js';
import type { Language } from './names.js';
import type { Press } from './presses.js';
import type { State } from './state.js';

/** Display settings of `closed`, a field of alarms that devices do not have. */
const CLOSED: Spoken = { says: [words('closed', 'kuitattu'), words('alarm', 'hälytys')], isLasting: true };

/**
 * Units of meter readings whose field name has another meaning on other devices: `volume` is in litres, not loudness.
 */
const METERED: Readonly<Record<string, string>> = { volume: 'l' };

/** Fields for the short text of a thing, the most informative first. */
const INFORMATIVE =
  `on position open leak smoke co ring motion home playback closed temperature targetTemperature humidity
co2 voc illuminance dark pressure power energy mode battery batteryVoltage batteryLow`.split(/\s+/);

/** Display names of presses. */
const PRESS_WORDS: Readonly<Record<Press['press'], Words>> = {
  short: words('short', 'lyhyt'),
  long: words('long', 'pitkä'),
  release: words('release', 'vapautus'),
  toggle: words('toggle', 'vaihto'),
  full: words('full', 'täysille'),
};

const LONGEST_NAME = 24;

/** Plural names of the kinds. */
const PLURALS: Readonly<Record<Kind, Words>> = {
  device: words('devices', 'laitetta'),
  group: words('groups', 'ryhmää'),
  scene: words('scenes', 'tilannetta'),
  rule: words('rules', 'sääntöä'),
  alarm: words('alarms', 'hälytystä'),
  room: words('rooms', 'huonetta'),
};

/** Text pattern for the position of a blind or valve. */
const OPEN_BY: Words = words('{} open', '{} auki');
/** Text pattern for the target temperature of a thermostat. */
const AIMS_AT: Words = words('target {}', 'tavoite {}');

const YES = words('yes', 'kyllä');
const NO = words('no', 'ei');

/** Fields that {@link fullText} shows with their names, because their units are ambiguous. */
const SHOWN_WITH_NAME: ReadonlySet<string> = new Set(['humidity', 'battery', 'batteryVoltage']);

/** Whether a state belongs to a water meter, whose `volume` is in litres. */
export function isFlowMeter(state: State): boolean {
  return typeof state['flow'] === 'number' && typeof state['volume'] === 'number';
}

/** Returns the most informative field of a state; `undefined` if the state has no informative field. */
export function informativeField(state: State): string | undefined {
  if (isFlowMeter(state)) return 'volume';
  return INFORMATIVE.find((field) => isShort(state[field]));
}

/** Sorts fields, the most informative first. Other fields keep their order at the end. */
export function mostInformativeFirst(fields: readonly string[]): string[] {
  const rank = (field: string): number =>
    INFORMATIVE.includes(field) ? INFORMATIVE.indexOf(field) : INFORMATIVE.length;
  return [...fields].sort((one, other) => rank(one) - rank(other));
}

/** Whether a field is a measurement, which becomes outdated with time, unlike a value that was switched or set. */
export function isMeasured(field: string): boolean {
  return fieldOf(field)?.setting === undefined && spoken(field).isLasting !== true;
}

/** Returns a short text of a state: "on 60 %", "21.4 °C", "closed". Empty for a state without an informative field. */
export function stateText(state: State, language: Language): string {
  const field = informativeField(state);
  if (field === undefined) return '';
  const text = valueText(field, state[field], language, unitIn(field, state));
  const detail =
    field === 'on' && state['on'] === true ? ['brightness', 'power'].find((name) => isShort(state[name])) : '';
  return detail ? `${text} ${valueText(detail, state[detail], language)}` : text;
}

/**
 * Returns a longer text than {@link stateText}, for a list of things: "40 % open", "humidity 45 %", "20.5 °C, target
 * 21 °C", "heat, 21.4 °C", "on 60 %, 2700 K". `field` is the field for which the list is shown. For `colorTemperature`
 * the text of a lamp that is on includes the colour temperature.
 */
export function fullText(state: State, language: Language, field = ''): string {
  const { position, mode, on, colorTemperature, targetTemperature } = state;
  const textOf = (name: string): string => valueText(name, state[name], language);
  const mainField = informativeField(state);
  const value = stateText(state, language);
  const text =
    mainField !== undefined && SHOWN_WITH_NAME.has(mainField) ? `${fieldName(mainField, language)} ${value}` : value;
  if (mainField === 'position' && typeof position === 'number') return filled(OPEN_BY, textOf('position'), language);
  if ((mainField === 'temperature' || mainField === 'humidity') && isShort(mode)) return `${textOf('mode')}, ${text}`;
  if (mainField === 'temperature' && isShort(targetTemperature)) {
    return `${text}, ${filled(AIMS_AT, textOf('targetTemperature'), language)}`;
  }
  const isWhite = field === 'colorTemperature' && mainField === 'on' && on === true && isShort(colorTemperature);
  return isWhite ? `${text}, ${textOf(field)}` : text;
}

/** Formats a value with its unit or as a word. Empty for a value without a short form, such as an object. */
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

/** Parts of the status text of several things. If the status is too long, the name is shortened. */
export interface ThingsText {
  /** The number of things: "12 devices". Empty for one thing. */
  readonly count: string;
  /** The name of the first thing; empty if there is only one thing. */
  readonly name: string;
  /** The value of the first thing. */
  readonly value: string;
}

/**
 * Summarises things for a status. A single thing is shown by its value; several things by their number and the first
 * value, such as "12 devices", "Sauna" and "78.2 °C". The value is that of `field`, or the text of the state if `field`
 * is empty.
 */
export function thingsText(entries: readonly Entry[], field: string, language: Language): ThingsText {
  const [first, ...others] = entries;
  if (first === undefined) return { count: countText(0, 'device', language), name: '', value: '' };
  const value = thingText(first, field, language);
  if (others.length === 0) return { count: '', name: '', value };
  const kind = others.every((other) => other.kind === first.kind) ? first.kind : 'device';
  return { count: countText(entries.length, kind, language), name: first.name.trim(), value };
}

/** Returns the value of a field of a thing, or the text of its state if `field` is empty. */
export function thingText(entry: Entry, field: string, language: Language): string {
  return field === '' ? stateText(entry.state, language) : fieldText(entry, field, language);
}

/** Formats one field of a thing. Uses the unit of a meter, such as litres, if the value comes from a meter. */
function fieldText({ state, raw }: Entry, field: string, language: Language): string {
  const isMetered = Object.hasOwn(METERED, field) && typeof raw[field] === 'number';
  return valueText(field, state[field], language, isMetered ? METERED[field] : undefined);
}

/** Returns the unit of a field. For water meters the unit depends on the other fields of the state. */
export function unitIn(field: string, state: State): string | undefined {
  return isFlowMeter(state) ? (METERED[field] ?? spoken(field).unit) : spoken(field).unit;
}

function spoken(field: string): Spoken {
  return (field === 'closed' ? CLOSED : fieldOf(field)) ?? {};
}

/** Returns a short text of a press: "Ylös long", "2 short". */
export function pressText(
  { button, label, press }: Pick<Press, 'button' | 'label' | 'press'>,
  language: Language,
): string {
  return `${label === null ? button : shortName(label)} ${pressWord(press, language)}`;
}

/** Returns the display name of a type of press: "long". */
export function pressWord(press: Press['press'], language: Language): string {
  return PRESS_WORDS[press][language];
}

/** Formats a number of things other than 1: "12 devices". */
export function countText(count: number, kind: Kind, language: Language): string {
  return `${count} ${PLURALS[kind][language]}`;
}

/** Shortens a name to fit into a status text. */
export function shortName(name: string): string {
  return shortened(name.trim(), LONGEST_NAME);
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
