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
}

/** How a field is set. */
export interface Setting {
  /** Any of these promises it, even while the device shows no value. */
  readonly capabilities: readonly string[];
  /** A number within these, ends included. */
  readonly range?: { readonly min: number; readonly max: number; readonly unit: string };
  /** The words it takes, beside numbers; what a device takes depends on its capabilities. */
  readonly words?: (about: About) => readonly string[];
  /** Belongs to light: it goes on with it. */
  readonly isLighting?: true;
}

/** A field of a state as flows see it, and where Cozify keeps it. */
export interface Field {
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

const PERCENT = { min: 0, max: 100, unit: '%' };

/** A lamp's colour temperatures are far within these; 153 would be mireds. */
const KELVIN = { min: 1000, max: 20_000, unit: 'K' };

/** Whether a thing is a lamp by its type. */
export const isLight = ({ type, stateType }: About): boolean => (stateType ?? `STATE_${type}`) === 'STATE_LIGHT';

/** A phone: whether it is reachable says whether its owner is at home. */
const isPhone = ({ type, stateType }: About): boolean => type === 'UI_DEVICE' || stateType === 'STATE_UI_DEVICE';

const isNoLight = (about: About): boolean => !isLight(about);
const isNoPhone = (about: About): boolean => !isPhone(about);
const isSmokeAlarm = ({ type, stateType, capabilities }: About): boolean =>
  type === 'SMOKE_ALARM' || stateType === 'STATE_SMOKE_ALARM' || capabilities.includes('SMOKE');
const isDoorbell = ({ type, stateType }: About): boolean => type === 'DOORBELL' || stateType === 'STATE_DOORBELL';
const isHeatPump = ({ capabilities }: About): boolean =>
  capabilities.includes('HVAC') || capabilities.includes('AIRCON');
const isVentilation = ({ capabilities }: About): boolean => capabilities.includes('VU');
const hasFanModes = ({ capabilities }: About): boolean => capabilities.includes('FAN_MODE');

const modesOf = (about: About): readonly string[] =>
  isHeatPump(about) ? HEAT_PUMP_MODES : isVentilation(about) ? VENTILATION_MODES : [];
const presetsOf = (about: About): readonly string[] => (isHeatPump(about) ? HEAT_PUMP_PRESETS : []);
const fanModesOf = (about: About): readonly string[] => (hasFanModes(about) ? FAN_MODES : []);

/** Every field with a name of ours. What else a device shows keeps Cozify's name. */
export const FIELDS: readonly Field[] = [
  {
    name: 'on',
    sources: [
      { key: 'isOn', codec: flag },
      { key: 'sirenOn', codec: flag },
    ],
    setting: { capabilities: ['ON_OFF', 'CONTROL_LIGHT', 'CONTROL_POWER'] },
  },
  {
    name: 'brightness',
    sources: [{ key: 'brightness', codec: fraction }],
    setting: { capabilities: ['BRIGHTNESS'], range: PERCENT, isLighting: true },
  },
  {
    name: 'colorTemperature',
    sources: [{ key: 'temperature', codec: kelvin, when: isLight }],
    setting: { capabilities: ['COLOR_TEMP'], range: KELVIN, isLighting: true },
  },
  {
    name: 'hue',
    sources: [{ key: 'hue', codec: angle }],
    setting: { capabilities: ['COLOR_HS'], range: { min: 0, max: 360, unit: '°' }, isLighting: true },
  },
  {
    name: 'saturation',
    sources: [{ key: 'saturation', codec: fraction }],
    setting: { capabilities: ['COLOR_HS'], range: PERCENT, isLighting: true },
  },
  { name: 'colorMode', sources: [{ key: 'colorMode', codec: renamed({ hs: 'color', ct: 'temperature' }) }] },
  { name: 'temperature', sources: [{ key: 'temperature', codec: decimal(1), when: isNoLight }] },
  { name: 'humidity', sources: [{ key: 'humidity', codec: amount(1) }] },
  { name: 'illuminance', sources: [{ key: 'lux', codec: amount(0) }] },
  { name: 'pressure', sources: [{ key: 'pressure', codec: pressure }] },
  { name: 'co2', sources: [{ key: 'co2Ppm', codec: amount(0) }] },
  { name: 'voc', sources: [{ key: 'vocPpm', codec: amount(0) }] },
  { name: 'co', sources: [{ key: 'coDetected', codec: flag }] },
  { name: 'smoke', sources: [{ key: 'alert', codec: flag, when: isSmokeAlarm }] },
  { name: 'leak', sources: [{ key: 'moisture', codec: flag }] },
  { name: 'motion', sources: [{ key: 'motion', codec: flag }] },
  { name: 'motionAt', sources: [{ key: 'lastMotion', codec: moment }] },
  { name: 'open', sources: [{ key: 'open', codec: flag }] },
  { name: 'dark', sources: [{ key: 'twilight', codec: flag }] },
  { name: 'ring', sources: [{ key: 'alert', codec: flag, when: isDoorbell }] },
  {
    name: 'targetTemperature',
    sources: [
      { key: 'targetTemp', codec: amount(1) },
      { key: 'targetTemperature', codec: amount(1) },
    ],
    setting: { capabilities: ['THERMOSTAT', 'CONTROL_TEMPERATURE'], range: { min: 0, max: 100, unit: '°C' } },
  },
  { name: 'heatingDemand', sources: [{ key: 'heatingDemand', codec: fraction }] },
  {
    name: 'mode',
    sources: [
      { key: 'mode', codec: words(HEAT_PUMP_MODES), when: isHeatPump },
      { key: 'mode', codec: words(VENTILATION_MODES), when: isVentilation },
      { key: 'mode', codec: words([]) },
    ],
    setting: { capabilities: ['CONTROL_MODE', 'HVAC', 'AIRCON', 'VU'], words: modesOf },
  },
  {
    name: 'preset',
    sources: [
      { key: 'preset', codec: words(HEAT_PUMP_PRESETS), when: isHeatPump },
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
    sources: [
      { key: 'liftPct', codec: percent },
      { key: 'position', codec: fraction },
      { key: 'openPct', codec: percent },
    ],
    setting: { capabilities: ['BLINDS', 'LIFT', 'SHUTTER', 'VALVE'], range: PERCENT },
  },
  {
    name: 'tilt',
    sources: [{ key: 'tiltPct', codec: percent }],
    setting: { capabilities: ['TILT'], range: PERCENT },
  },
  {
    name: 'power',
    sources: [
      { key: 'activePower', codec: decimal(1) },
      { key: 'power', codec: decimal(1) },
    ],
  },
  { name: 'energy', sources: [{ key: 'totalPower', codec: decimal(2) }] },
  { name: 'energyToday', sources: [{ key: 'powerToday', codec: decimal(2) }] },
  { name: 'battery', sources: [{ key: 'battery', codec: percent }] },
  { name: 'batteryVoltage', sources: [{ key: 'batteryV', codec: amount(2) }] },
  { name: 'batteryLow', sources: [{ key: 'batteryLow', codec: flag }] },
  { name: 'home', sources: [{ key: 'reachable', codec: flag, when: isPhone }] },
  {
    name: 'volume',
    sources: [{ key: 'volume', within: 'rcData', codec: percent }],
    setting: { capabilities: ['VOLUME'], range: PERCENT },
  },
  {
    name: 'mute',
    sources: [{ key: 'mute', within: 'rcData', codec: flag }],
    setting: { capabilities: ['MUTE'] },
  },
  {
    name: 'playback',
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
