/**
 * Fields of devices: their names and units in messages, and Cozify's keys and conversions. A new field also needs
 * entries in other files; CONTRIBUTING.md lists them under "Add a field".
 */
import {
  amount,
  angle,
  type Codec,
  decimal,
  flag,
  fraction,
  kelvin,
  moment,
  percent,
  pressure,
  renamed,
  words,
} from './codecs.js';
import type { Language } from './names.js';

/**
 * The types and capabilities of a device, which decide how its values are read. Capabilities take
 * precedence over types.
 */
export interface About {
  readonly type: string | null;
  /** The `type` of the state, such as `STATE_LIGHT`. */
  readonly stateType: string | null;
  readonly capabilities: readonly string[];
}

/** A key of Cozify's state that can hold the value of a field. */
export interface Source {
  /** The name of the value in Cozify's state, for example `isOn`. */
  readonly key: string;
  /** The nested object of the state that holds the key. Defaults to the state itself. */
  readonly within?: string;
  readonly codec: Codec;
  /** Whether the key means this field on a given device. Defaults to true for every device. */
  readonly when?: (about: About) => boolean;
  /** Marks the key that commands use if a device reports several keys of the field. */
  readonly isWritten?: true;
}

/** Rules for setting a field. */
export interface Setting {
  /** A device with any of these capabilities allows setting the field, even if it reports no value. */
  readonly capabilities: readonly string[];
  /** Limits of a number, both included. */
  readonly range?: { readonly min: number; readonly max: number };
  /** Largest accepted difference from the commanded number, because lamps and thermostats round to their own steps. */
  readonly tolerance?: number;
  /** Accepted enum values for a device. Any number is accepted too. */
  readonly words?: (about: About) => readonly string[];
  /** Whether setting the field also switches the light on. */
  readonly isLighting?: true;
}

/** A text in both languages. */
export type Words = Readonly<Record<Language, string>>;

/** Display settings for the values of a field. */
export interface Spoken {
  /** The unit of a number. */
  readonly unit?: string;
  /** Display texts of true and false. Defaults to "yes" and "no". */
  readonly says?: readonly [yes: Words, no: Words];
  /**
   * Whether a read-only value stays valid until it changes (somebody is at home), unlike a measurement (a temperature).
   */
  readonly isLasting?: true;
}

/** A field of a state in messages, with its keys in Cozify's state and its display settings. */
export interface Field extends Spoken {
  readonly name: string;
  /** Keys in order of precedence: the first that the device reports is read. */
  readonly sources: readonly Source[];
  /** Absent for a read-only field. */
  readonly setting?: Setting;
}

const HEAT_PUMP_MODES = ['off', 'auto', 'heat', 'cool'];
const VENTILATION_MODES = ['stopped', 'min', 'standard', 'max', 'boost'];
const HEAT_PUMP_PRESETS = ['comfort', 'eco', 'fireplace'];
const FAN_MODES = ['off', 'low', 'medium', 'high', 'on', 'auto', 'smart'];

const PERCENT = { min: 0, max: 100 };

/** Limits of a colour temperature in kelvins. A smaller number such as 153 is probably in mireds. */
const KELVIN = { min: 1000, max: 20_000 };

/** Whether a device is a lamp, by its type. */
export const isLight = ({ type, stateType }: About): boolean => (stateType ?? `STATE_${type}`) === 'STATE_LIGHT';

/** Whether a device is a phone. A reachable phone means that its owner is at home. */
const isPhone = ({ type, stateType }: About): boolean => type === 'UI_DEVICE' || stateType === 'STATE_UI_DEVICE';

const isNoLight = (about: About): boolean => !isLight(about);
const isNoPhone = (about: About): boolean => !isPhone(about);
const isSmokeAlarm = ({ type, stateType, capabilities }: About): boolean =>
  type === 'SMOKE_ALARM' || stateType === 'STATE_SMOKE_ALARM' || capabilities.includes('SMOKE');
const isDoorbell = ({ type, stateType }: About): boolean => type === 'DOORBELL' || stateType === 'STATE_DOORBELL';
const canDo =
  (...any: string[]) =>
  ({ capabilities }: About): boolean =>
    any.some((capability) => capabilities.includes(capability));
const isHeatPump = canDo('HVAC', 'AIRCON');
const isVentilation = canDo('VU');
const hasFanModes = canDo('FAN_MODE');
const canControlMode = canDo('CONTROL_MODE');
/**
 * Whether a device has the modes of heat pumps: a heat pump, or any device with mode control except a ventilation unit.
 */
const hasModes = (about: About): boolean => isHeatPump(about) || (canControlMode(about) && !isVentilation(about));
const hasPresets = canDo('HVAC', 'AIRCON', 'CONTROL_PRESET');

const modesOf = (about: About): readonly string[] =>
  hasModes(about) ? HEAT_PUMP_MODES : isVentilation(about) ? VENTILATION_MODES : [];
const presetsOf = (about: About): readonly string[] => (hasPresets(about) ? HEAT_PUMP_PRESETS : []);
const fanModesOf = (about: About): readonly string[] => (hasFanModes(about) ? FAN_MODES : []);

/** Returns the display texts of true and false. */
function says(yes: [en: string, fi: string], no: [en: string, fi: string]): [Words, Words] {
  return [
    { en: yes[0], fi: yes[1] },
    { en: no[0], fi: no[1] },
  ];
}

/** All fields that this package names. Other values of a device keep Cozify's names. */
export const FIELDS: readonly Field[] = [
  {
    name: 'on',
    says: says(['on', 'päällä'], ['off', 'pois']),
    sources: [
      { key: 'isOn', codec: flag },
      { key: 'sirenOn', codec: flag },
    ],
    setting: { capabilities: ['ON_OFF', 'CONTROL_LIGHT', 'CONTROL_POWER'] },
  },
  {
    name: 'brightness',
    unit: '%',
    sources: [{ key: 'brightness', codec: fraction }],
    setting: { capabilities: ['BRIGHTNESS'], range: PERCENT, tolerance: 1, isLighting: true },
  },
  {
    name: 'colorTemperature',
    unit: 'K',
    sources: [{ key: 'temperature', codec: kelvin, when: isLight }],
    setting: { capabilities: ['COLOR_TEMP'], range: KELVIN, isLighting: true },
  },
  {
    name: 'hue',
    unit: '°',
    sources: [{ key: 'hue', codec: angle }],
    setting: { capabilities: ['COLOR_HS'], range: { min: 0, max: 360 }, isLighting: true },
  },
  {
    name: 'saturation',
    unit: '%',
    sources: [{ key: 'saturation', codec: fraction }],
    setting: { capabilities: ['COLOR_HS'], range: PERCENT, tolerance: 1, isLighting: true },
  },
  { name: 'colorMode', sources: [{ key: 'colorMode', codec: renamed({ hs: 'color', ct: 'temperature' }) }] },
  { name: 'temperature', unit: '°C', sources: [{ key: 'temperature', codec: decimal(1), when: isNoLight }] },
  { name: 'humidity', unit: '%', sources: [{ key: 'humidity', codec: amount(1) }] },
  { name: 'illuminance', unit: 'lx', sources: [{ key: 'lux', codec: amount(0) }] },
  { name: 'pressure', unit: 'hPa', sources: [{ key: 'pressure', codec: pressure }] },
  { name: 'co2', unit: 'ppm', sources: [{ key: 'co2Ppm', codec: amount(0) }] },
  { name: 'voc', unit: 'ppm', sources: [{ key: 'vocPpm', codec: amount(0) }] },
  {
    name: 'co',
    says: says(['carbon monoxide', 'häkää'], ['no carbon monoxide', 'ei häkää']),
    sources: [{ key: 'coDetected', codec: flag }],
  },
  {
    name: 'smoke',
    says: says(['smoke', 'savua'], ['no smoke', 'ei savua']),
    sources: [{ key: 'alert', codec: flag, when: isSmokeAlarm }],
  },
  { name: 'leak', says: says(['leak', 'vuoto'], ['dry', 'kuiva']), sources: [{ key: 'moisture', codec: flag }] },
  {
    name: 'motion',
    says: says(['motion', 'liikettä'], ['no motion', 'ei liikettä']),
    sources: [{ key: 'motion', codec: flag }],
  },
  { name: 'motionAt', sources: [{ key: 'lastMotion', codec: moment }] },
  { name: 'open', says: says(['open', 'auki'], ['closed', 'kiinni']), sources: [{ key: 'open', codec: flag }] },
  { name: 'dark', says: says(['dark', 'hämärää'], ['light', 'valoisaa']), sources: [{ key: 'twilight', codec: flag }] },
  {
    name: 'ring',
    says: says(['rings', 'soi'], ['quiet', 'ei soi']),
    sources: [{ key: 'alert', codec: flag, when: isDoorbell }],
  },
  {
    name: 'targetTemperature',
    unit: '°C',
    sources: [
      { key: 'targetTemp', codec: amount(1) },
      { key: 'targetTemperature', codec: amount(1) },
    ],
    setting: { capabilities: ['THERMOSTAT', 'CONTROL_TEMPERATURE'], range: { min: 0, max: 100 }, tolerance: 0.25 },
  },
  { name: 'heatingDemand', unit: '%', sources: [{ key: 'heatingDemand', codec: fraction }] },
  {
    name: 'mode',
    sources: [
      { key: 'mode', codec: words(HEAT_PUMP_MODES), when: hasModes },
      { key: 'mode', codec: words(VENTILATION_MODES), when: isVentilation },
      { key: 'mode', codec: words([]) },
    ],
    setting: { capabilities: ['CONTROL_MODE', 'HVAC', 'AIRCON', 'VU'], words: modesOf },
  },
  {
    name: 'preset',
    sources: [
      { key: 'preset', codec: words(HEAT_PUMP_PRESETS), when: hasPresets },
      { key: 'preset', codec: words([]) },
    ],
    setting: { capabilities: ['CONTROL_PRESET'], words: presetsOf },
  },
  {
    name: 'fan',
    sources: [
      { key: 'fanMode', codec: words(FAN_MODES), when: hasFanModes },
      { key: 'fanMode', codec: words([]) },
    ],
    setting: { capabilities: ['FAN_MODE'], words: fanModesOf },
  },
  {
    name: 'position',
    unit: '%',
    sources: [
      { key: 'liftPct', codec: percent },
      { key: 'position', codec: fraction, isWritten: true },
      { key: 'openPct', codec: percent },
    ],
    setting: { capabilities: ['BLINDS', 'LIFT', 'SHUTTER', 'VALVE'], range: PERCENT, tolerance: 3 },
  },
  {
    name: 'tilt',
    unit: '%',
    sources: [{ key: 'tiltPct', codec: percent }],
    setting: { capabilities: ['TILT'], range: PERCENT, tolerance: 3 },
  },
  {
    name: 'power',
    unit: 'W',
    sources: [
      { key: 'activePower', codec: decimal(1) },
      { key: 'power', codec: decimal(1) },
    ],
  },
  { name: 'energy', unit: 'kWh', sources: [{ key: 'totalPower', codec: decimal(2) }] },
  { name: 'energyToday', unit: 'kWh', sources: [{ key: 'powerToday', codec: decimal(2) }] },
  { name: 'battery', unit: '%', sources: [{ key: 'battery', codec: percent }] },
  { name: 'batteryVoltage', unit: 'V', sources: [{ key: 'batteryV', codec: amount(2) }] },
  {
    name: 'batteryLow',
    says: says(['battery low', 'paristo vähissä'], ['battery ok', 'paristo ok']),
    sources: [{ key: 'batteryLow', codec: flag }],
  },
  {
    name: 'home',
    isLasting: true,
    says: says(['home', 'kotona'], ['away', 'poissa']),
    sources: [{ key: 'reachable', codec: flag, when: isPhone }],
  },
  {
    name: 'volume',
    unit: '%',
    sources: [{ key: 'volume', within: 'rcData', codec: percent }],
    setting: { capabilities: ['VOLUME'], range: PERCENT },
  },
  {
    name: 'mute',
    says: says(['muted', 'mykistetty'], ['not muted', 'ääni päällä']),
    sources: [{ key: 'mute', within: 'rcData', codec: flag }],
    setting: { capabilities: ['MUTE'] },
  },
  {
    name: 'playback',
    isLasting: true,
    sources: [
      {
        key: 'state',
        within: 'avtData',
        codec: renamed({ PLAYING: 'playing', PAUSED_PLAYBACK: 'paused', STOPPED: 'stopped', TRANSITIONING: 'loading' }),
      },
    ],
  },
  { name: 'reachable', sources: [{ key: 'reachable', codec: flag, when: isNoPhone }] },
  { name: 'lastSeen', sources: [{ key: 'lastSeen', codec: moment }] },
];

const BY_NAME: ReadonlyMap<string, Field> = new Map(FIELDS.map((field) => [field.name, field]));

/** Returns the field with this name; `undefined` if this package has no such field. */
export function fieldOf(name: string): Field | undefined {
  return BY_NAME.get(name);
}
