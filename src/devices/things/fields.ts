/** The fields of a device in messages, and what they are called and measured in at the hub. */
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

/** What decides how a device's values are read. The type is a hint, the capability is the truth. */
export interface About {
  readonly type: string | null;
  /** `type` of its state, such as `STATE_LIGHT`. */
  readonly stateType: string | null;
  readonly capabilities: readonly string[];
}

/** Where a field comes from. */
export interface Source {
  /** Cozify's name. */
  readonly key: string;
  /** The object of the state that holds it, where it is not the state itself. */
  readonly within?: string;
  readonly codec: Codec;
  /** Whether the name means this on such a device; always, if absent. */
  readonly when?: (about: About) => boolean;
  /** A device that shows several names is written by this one, whichever of them is read. */
  readonly isWritten?: true;
}

/** How a field is set. */
export interface Setting {
  /** Any of these promises it, even while the device shows no value. */
  readonly capabilities: readonly string[];
  /** A number within these, ends included. */
  readonly range?: { readonly min: number; readonly max: number };
  /** How far a number may be from what was asked for and still be it: lamps and thermostats have steps of their own. */
  readonly tolerance?: number;
  /** The words it takes, beside numbers; what a device takes depends on its capabilities. */
  readonly words?: (about: About) => readonly string[];
  /** Belongs to light: it goes on with it. */
  readonly isLighting?: true;
}

/** In both languages. */
export type Words = Readonly<Record<Language, string>>;

/** How people say what a field holds. */
export interface Spoken {
  /** What a number is counted in. */
  readonly unit?: string;
  /** What is said where it is true, and where it is not; "yes" and "no", if absent. */
  readonly says?: readonly [yes: Words, no: Words];
  /** It stays as it is though nobody can set it: it is not of the moment at which it was measured. */
  readonly isLasting?: true;
}

/** A field of a state as flows see it, where Cozify keeps it, and how people say it. */
export interface Field extends Spoken {
  readonly name: string;
  /** The first that the device shows counts. */
  readonly sources: readonly Source[];
  /** Absent for what can only be read. */
  readonly setting?: Setting;
}

const HEAT_PUMP_MODES = ['off', 'auto', 'heat', 'cool'];
const VENTILATION_MODES = ['stopped', 'min', 'standard', 'max', 'boost'];
const HEAT_PUMP_PRESETS = ['comfort', 'eco', 'fireplace'];
const FAN_MODES = ['off', 'low', 'medium', 'high', 'on', 'auto', 'smart'];

const PERCENT = { min: 0, max: 100 };

/** A lamp's colour temperatures are far within these; 153 would be mireds. */
const KELVIN = { min: 1000, max: 20_000 };

/** Whether a thing is a lamp by its type. */
export const isLight = ({ type, stateType }: About): boolean => (stateType ?? `STATE_${type}`) === 'STATE_LIGHT';

/** A phone: whether it is reachable says whether its owner is at home. */
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
/** Modes and presets are those of heat pumps on whatever can control them, but ventilation has modes of its own. */
const hasModes = (about: About): boolean => isHeatPump(about) || (canControlMode(about) && !isVentilation(about));
const hasPresets = canDo('HVAC', 'AIRCON', 'CONTROL_PRESET');

const modesOf = (about: About): readonly string[] =>
  hasModes(about) ? HEAT_PUMP_MODES : isVentilation(about) ? VENTILATION_MODES : [];
const presetsOf = (about: About): readonly string[] => (hasPresets(about) ? HEAT_PUMP_PRESETS : []);
const fanModesOf = (about: About): readonly string[] => (hasFanModes(about) ? FAN_MODES : []);

/** What is said in English and in Finnish where a field is true, and where it is not. */
function says(yes: [en: string, fi: string], no: [en: string, fi: string]): [Words, Words] {
  return [
    { en: yes[0], fi: yes[1] },
    { en: no[0], fi: no[1] },
  ];
}

/** Every field with a name of ours. What else a device shows keeps Cozify's name. */
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

/** The field with this name, if it is one of ours. */
export function fieldOf(name: string): Field | undefined {
  return BY_NAME.get(name);
}
