import type { DeviceFact, DeviceState } from './home-facts';
import type { TextKey } from './texts';

/** How the user changes a field: with a command, as the Cozify app does, or with an event in the home. */
export type ChangedBy = 'app' | 'home';

/** A field that the page shows; `name` is its name in the device's state. */
export interface Field {
  name: string;
  text: TextKey;
  by: ChangedBy;
  /** The range of a number that the user can change. */
  range?: Range;
  /** The texts for the values of an enumeration. The index of a text is the number that the hub uses for the value. */
  words?: readonly TextKey[];
  /** The unit of a number that the user can't change. */
  readOnlyUnit?: string;
}

export interface Range {
  low: number;
  high: number;
  step: number;
  unit: string;
  /** The shown value is the hub's value times this factor. */
  factor?: number;
}

const percent: Range = { low: 0, high: 100, step: 1, unit: '%' };
const share: Range = { ...percent, factor: 100 };
const celsius: Range = { low: -30, high: 100, step: 0.5, unit: '°C' };
const target: Range = { low: 5, high: 35, step: 0.5, unit: '°C' };
const watts: Range = { low: 0, high: 10_000, step: 10, unit: 'W' };
const ppm: Range = { low: 0, high: 5000, step: 10, unit: 'ppm' };
/** Air pressure. Some sensors report pascals, but the page always shows hectopascals. */
const hectopascals: Range = { low: 950, high: 1050, step: 1, unit: 'hPa' };
const pascals: Range = { ...hectopascals, factor: 0.01 };

const HEAT_PUMP_MODES = ['off', 'auto', 'heat', 'cool'] as const;
const VENTILATION_MODES = ['stopped', 'minimum', 'standard', 'maximum', 'boost'] as const;
const PRESETS = ['comfort', 'eco', 'fireplace'] as const;
const FANS = ['off', 'low', 'medium', 'high', 'on', 'auto', 'smart'] as const;

/** All fields that a card can show, in this order. */
const FIELDS: readonly Field[] = [
  { name: 'isOn', text: 'isOn', by: 'app' },
  { name: 'sirenOn', text: 'sirenOn', by: 'app' },
  { name: 'mode', text: 'mode', by: 'app', words: HEAT_PUMP_MODES },
  { name: 'preset', text: 'preset', by: 'app', words: PRESETS },
  { name: 'fanMode', text: 'fan', by: 'app', words: FANS },
  { name: 'brightness', text: 'brightness', by: 'app', range: share },
  { name: 'open', text: 'open', by: 'home' },
  { name: 'motion', text: 'motion', by: 'home' },
  { name: 'moisture', text: 'moisture', by: 'home' },
  { name: 'alert', text: 'alert', by: 'home' },
  { name: 'coDetected', text: 'coDetected', by: 'home' },
  { name: 'twilight', text: 'twilight', by: 'home' },
  { name: 'temperature', text: 'temperature', by: 'home', range: celsius },
  { name: 'targetTemp', text: 'target', by: 'app', range: target },
  { name: 'targetTemperature', text: 'target', by: 'app', range: target },
  { name: 'heatingDemand', text: 'heatingDemand', by: 'home', range: share },
  { name: 'freshTemperature', text: 'freshAir', by: 'home', range: celsius },
  { name: 'supplyTemperature', text: 'supplyAir', by: 'home', range: celsius },
  { name: 'extractTemperature', text: 'extractAir', by: 'home', range: celsius },
  { name: 'humidity', text: 'humidity', by: 'home', range: percent },
  { name: 'lux', text: 'lux', by: 'home', range: { low: 0, high: 20_000, step: 10, unit: 'lx' } },
  { name: 'co2Ppm', text: 'co2Ppm', by: 'home', range: ppm },
  { name: 'vocPpm', text: 'vocPpm', by: 'home', range: ppm },
  { name: 'pressure', text: 'pressure', by: 'home', range: hectopascals },
  { name: 'position', text: 'position', by: 'app', range: share },
  { name: 'liftPct', text: 'position', by: 'app', range: percent },
  { name: 'tiltPct', text: 'tiltPct', by: 'app', range: percent },
  { name: 'openPct', text: 'openPct', by: 'app', range: percent },
  { name: 'activePower', text: 'power', by: 'home', range: watts },
  { name: 'power', text: 'power', by: 'home', range: watts },
  { name: 'powerToday', text: 'energyToday', by: 'home', readOnlyUnit: 'kWh' },
  { name: 'totalPower', text: 'energy', by: 'home', readOnlyUnit: 'kWh' },
  { name: 'flow', text: 'flow', by: 'home', range: { low: 0, high: 2000, step: 10, unit: 'l/h' } },
  { name: 'flowTemp', text: 'temperature', by: 'home', range: celsius },
  { name: 'volume', text: 'water', by: 'home', readOnlyUnit: 'l' },
  { name: 'recording', text: 'recording', by: 'home' },
];

/** Whether a lamp has an adjustable color temperature. */
export function hasWhite({ state }: DeviceFact): boolean {
  return state.type === 'STATE_LIGHT' && typeof state['minTemperature'] === 'number';
}

/** Whether a lamp can show colors. */
export function hasColor({ state }: DeviceFact): boolean {
  return state.type === 'STATE_LIGHT' && typeof state['hue'] === 'number';
}

/** Returns the fields of a device that the page shows. */
export function fieldsOf({ type, state }: DeviceFact): Field[] {
  return FIELDS.filter((field) => isShown(field, state)).map((field) => {
    if (field.name === 'alert' && type === 'DOORBELL') return { ...field, text: 'doorbell' };
    if (field.name === 'mode' && type === 'VU') return { ...field, words: VENTILATION_MODES };
    return field.name === 'pressure' && Number(state['pressure']) > 2000 ? { ...field, range: pascals } : field;
  });
}

function isShown({ name, range, words, readOnlyUnit }: Field, state: DeviceState): boolean {
  // Hide a lamp's `temperature`, because it is a color temperature. If two fields have the same meaning, show only one.
  if (name === 'temperature' && state.type === 'STATE_LIGHT') return false;
  if (name === 'liftPct' && typeof state['position'] === 'number') return false;
  return typeof state[name] === ((range ?? words ?? readOnlyUnit) === undefined ? 'boolean' : 'number');
}
