import { toStep } from './quantise';
import type { DeviceState } from './things';

type Fields = Record<string, unknown>;

/** Conditions that decide which other fields a change affects. */
export interface Circumstances {
  isLitByBrightness: boolean;
  /** Power while on, in watts. */
  ratedW: number | undefined;
}

/**
 * Returns the given new values of fields and the values of other fields that change as a result. For example, switching
 * a socket on also changes its power.
 */
export function effectsOf(state: DeviceState, given: Fields, { isLitByBrightness, ratedW }: Circumstances): Fields {
  const change: Fields = { ...given };
  if (isLitByBrightness && 'brightness' in given && !('isOn' in given)) change['isOn'] = true;
  if (state.type === 'STATE_LIGHT') Object.assign(change, colorOf(state, given));
  Object.assign(change, positionOf(state, given), heatingOf(state, given));
  if (ratedW !== undefined && 'isOn' in change) {
    change['activePower' in state ? 'activePower' : 'power'] = change['isOn'] === true ? ratedW : 0;
  }
  return change;
}

/**
 * Returns the effects on the color fields. A lamp is either in color mode or in white mode; the fields of the other
 * mode are -1.
 */
function colorOf(state: DeviceState, given: Fields): Fields {
  const isWhite = 'temperature' in given || given['colorMode'] === 'ct';
  const isColored = 'hue' in given || 'saturation' in given || given['colorMode'] === 'hs';
  if (isWhite === isColored) return {};
  if (isWhite) {
    const temperature = given['temperature'] ?? (state['temperature'] === -1 ? 1e6 / 370 : state['temperature']);
    const hasColor = typeof state['hue'] === 'number';
    return { colorMode: 'ct', temperature, ...(hasColor && { hue: -1, saturation: -1 }) };
  }
  const kept = (name: string) => given[name] ?? (state[name] === -1 ? 0 : state[name]);
  return { colorMode: 'hs', hue: kept('hue'), saturation: kept('saturation'), temperature: -1 };
}

/**
 * Returns the effects on the position of a blind. The position is in two fields, `liftPct` (0 to 100) and `position` (0
 * to 1). If one of them changes, the other follows.
 */
function positionOf(state: DeviceState, given: Fields): Fields {
  if (!('liftPct' in state) || !('position' in state)) return {};
  if (typeof given['liftPct'] === 'number') return { position: given['liftPct'] / 100 };
  return typeof given['position'] === 'number' ? { liftPct: Math.round(given['position'] * 100) } : {};
}

/** Returns the effects on the heating demand. The colder it is compared to the target, the more a thermostat heats. */
function heatingOf(state: DeviceState, given: Fields): Fields {
  const target = given['targetTemp'] ?? given['targetTemperature'];
  if (typeof target !== 'number' || !('heatingDemand' in state)) return {};
  const missing = target - Number(state['temperature']);
  return { heatingDemand: toStep(Math.min(Math.max(missing / 2, 0), 1), 0.01) };
}

/**
 * The time field of each field, for example `lastMotion` for `motion`. It holds the time of the field's last change or,
 * with `isOfTruth`, the time when the field last became true.
 */
const TIMES: Readonly<Record<string, { field: string; isOfTruth: boolean }>> = {
  isOn: { field: 'lastChange', isOfTruth: false },
  open: { field: 'lastChange', isOfTruth: false },
  motion: { field: 'lastMotion', isOfTruth: true },
  moisture: { field: 'moistureAt', isOfTruth: true },
  alert: { field: 'alertAt', isOfTruth: true },
  coDetected: { field: 'coAt', isOfTruth: true },
};

/** Adds the time fields to a change. `at` is a time of the hub's clock. */
export function withTimes(state: DeviceState, change: Fields, at: number): Fields {
  const times: Fields = {};
  for (const [name, value] of Object.entries(change)) {
    const time = Object.hasOwn(TIMES, name) ? TIMES[name] : undefined;
    if (!time || !Object.hasOwn(state, time.field)) continue;
    if (time.isOfTruth ? value === true : value !== state[name]) times[time.field] = at;
  }
  return { ...times, ...change };
}
