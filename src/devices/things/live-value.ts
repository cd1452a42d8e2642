import type { Entry } from './device.js';
import type { Kind } from './kinds.js';
import type { Language } from './names.js';
import type { Press } from './presses.js';
import type { State } from './units.js';

type Words = Readonly<Record<Language, string>>;

/** What people say of a field that is true, and of one that is not. */
const YES_NO: Readonly<Record<string, readonly [Words, Words]>> = {
  on: [words('on', 'päällä'), words('off', 'pois')],
  open: [words('open', 'auki'), words('closed', 'kiinni')],
  leak: [words('leak', 'vuoto'), words('dry', 'kuiva')],
  smoke: [words('smoke', 'savua'), words('no smoke', 'ei savua')],
  co: [words('carbon monoxide', 'häkää'), words('no carbon monoxide', 'ei häkää')],
  ring: [words('rings', 'soi'), words('quiet', 'ei soi')],
  motion: [words('motion', 'liikettä'), words('no motion', 'ei liikettä')],
  home: [words('home', 'kotona'), words('away', 'poissa')],
  dark: [words('dark', 'hämärää'), words('light', 'valoisaa')],
  closed: [words('closed', 'kuitattu'), words('alarm', 'hälytys')],
  batteryLow: [words('battery low', 'paristo vähissä'), words('battery ok', 'paristo ok')],
  mute: [words('muted', 'mykistetty'), words('not muted', 'ei mykistetty')],
};

const UNITS: Readonly<Record<string, string>> = {
  brightness: '%',
  saturation: '%',
  humidity: '%',
  heatingDemand: '%',
  position: '%',
  tilt: '%',
  volume: '%',
  battery: '%',
  batteryVoltage: 'V',
  colorTemperature: 'K',
  hue: '°',
  temperature: '°C',
  targetTemperature: '°C',
  illuminance: 'lx',
  pressure: 'hPa',
  co2: 'ppm',
  voc: 'ppm',
  power: 'W',
  energy: 'kWh',
  energyToday: 'kWh',
};

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
  full: words('full', 'täysi'),
};

const LONGEST_NAME = 24;

/** What is switched or set stays as it was; everything else is measured, and of a moment. */
const SET: ReadonlySet<string> = new Set(['on', 'brightness', 'position', 'playback', 'mode', 'closed', 'home']);

/** What things are called when there are several. */
const PLURALS: Readonly<Record<Kind, Words>> = {
  device: words('devices', 'laitetta'),
  group: words('groups', 'ryhmää'),
  scene: words('scenes', 'tilaa'),
  rule: words('rules', 'sääntöä'),
  alarm: words('alarms', 'hälytystä'),
  room: words('rooms', 'huonetta'),
};

const YES = words('yes', 'kyllä');
const NO = words('no', 'ei');

/** The field that says most about a thing; `undefined` for a state that says nothing people would ask for. */
export function tellingField(state: State): string | undefined {
  return TELLING.find((field) => isShort(state[field]));
}

/** Whether a field tells of a moment, as what a sensor measures does. */
export function isMeasured(field: string): boolean {
  return !SET.has(field);
}

/** How a thing is, in few words: "on 60 %", "21.4 °C", "closed". Empty for a state that says nothing in few. */
export function stateText(state: State, language: Language): string {
  const field = tellingField(state);
  if (field === undefined) return '';
  const text = valueText(field, state[field], language);
  const more =
    field === 'on' && state['on'] === true ? ['brightness', 'power'].find((name) => isShort(state[name])) : '';
  return more ? `${text} ${valueText(more, state[more], language)}` : text;
}

/** A value with its unit, or in words; empty for one that has no short form. */
export function valueText(field: string, value: unknown, language: Language): string {
  if (typeof value === 'boolean') {
    const [yes, no] = Object.hasOwn(YES_NO, field) ? (YES_NO[field] ?? [YES, NO]) : [YES, NO];
    return (value ? yes : no)[language];
  }
  if (typeof value === 'number') {
    const number = language === 'fi' ? String(value).replace('.', ',') : String(value);
    const unit = Object.hasOwn(UNITS, field) ? UNITS[field] : undefined;
    return unit === undefined ? number : `${number} ${unit}`;
  }
  return isShort(value) ? String(value) : '';
}

/**
 * How things are that were asked for together: one by its value, several by how many they are and how the first is, such
 * as "12 devices · Sauna 78.2 °C". With a field by that alone.
 */
export function thingsText(entries: readonly Entry[], field: string, language: Language): string {
  const [first, ...others] = entries;
  if (first === undefined) return countText(0, 'device', language);
  const value = field === '' ? stateText(first.state, language) : valueText(field, first.state[field], language);
  if (others.length === 0) return value;
  const kind = others.every((other) => other.kind === first.kind) ? first.kind : 'device';
  return `${countText(entries.length, kind, language)} · ${shortName(first.name)} ${value}`.trimEnd();
}

/** A press in few words: "Ylös long", "2 short". */
export function pressText({ button, label, press }: Press, language: Language): string {
  return `${label === null ? button : shortName(label)} ${PRESS_WORDS[press][language]}`;
}

/** How many things of a kind, other than one: "12 devices". */
function countText(count: number, kind: Kind, language: Language): string {
  return `${count} ${PLURALS[kind][language]}`;
}

/** A name as it fits beside other words. */
export function shortName(name: string): string {
  const letters = [...name.trim()];
  return letters.length <= LONGEST_NAME ? letters.join('') : `${letters.slice(0, LONGEST_NAME - 1).join('')}…`;
}

function words(en: string, fi: string): Words {
  return { en, fi };
}

function isShort(value: unknown): boolean {
  return typeof value === 'boolean' || typeof value === 'number' || (typeof value === 'string' && value !== '');
}
