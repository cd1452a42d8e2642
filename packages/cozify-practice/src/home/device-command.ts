import type { HubBehaviour } from '../behaviour';
import { isRecord } from '../checks';
import { toHue, toLevel, toMireds, toStep } from './quantise';
import { capabilitiesOf, type Device, type DeviceState } from './things';

type Fields = Record<string, unknown>;

/** Converts a value in a command to the device's own form; undefined if the device can't accept the value. */
type Reader = (value: unknown, state: DeviceState, behaviour: HubBehaviour) => unknown;

/** Fields that belong to one mode of a lamp, color or white. They are -1 while the lamp is in the other mode. */
const OF_ONE_MODE: readonly string[] = ['hue', 'saturation', 'temperature'];

const isWithin = (value: unknown, low: number, high: number): value is number =>
  typeof value === 'number' && value >= low && value <= high;

const boolean: Reader = (value) => (typeof value === 'boolean' ? value : undefined);
const percent: Reader = (value) => (isWithin(value, 0, 100) ? Math.round(value) : undefined);
const level: Reader = (value) => (isWithin(value, 0, 1) ? toLevel(value) : undefined);
const target: Reader = (value) => (isWithin(value, -50, 100) ? clamp(toStep(value, 0.5), 5, 35) : undefined);
const choice =
  (highest: number): Reader =>
  (value) =>
    isWithin(value, 0, highest) && Number.isInteger(value) ? value : undefined;

/** Functions that check and convert the value of a writable field, by field name. All other fields are read-only. */
const READERS: Readonly<Record<string, Reader>> = {
  isOn: boolean,
  sirenOn: boolean,
  brightness: level,
  saturation: level,
  hue: (value) => (isWithin(value, 0, 2 * Math.PI) ? toHue(value) : undefined),
  colorMode: (value) => (value === 'hs' || value === 'ct' ? value : undefined),
  temperature: (value, { minTemperature, maxTemperature }) =>
    isWithin(value, 1, 100_000) ? toMireds(value, Number(minTemperature), Number(maxTemperature)) : undefined,
  targetTemp: target,
  targetTemperature: target,
  mode: choice(4),
  preset: choice(2),
  fanMode: choice(6),
  position: (value) => (isWithin(value, 0, 1) ? toStep(value, 0.01) : undefined),
  liftPct: percent,
  tiltPct: percent,
  openPct: percent,
  rcData: (value, { rcData }, behaviour) =>
    isRecord(value) && isRecord(rcData) && isSound(value, behaviour) ? soundOf(value, rcData) : undefined,
};

/** A command for a device, with the values converted to the device's own form. */
export interface DeviceCommand {
  fields: Fields;
  /** Length of the transition; 0 means at once. */
  transitionMs: number;
}

/**
 * Parses the state of a CMD_DEVICE. Ignores fields that are null, read-only or unknown to the device. Returns undefined
 * if a value is invalid.
 */
export function readDeviceCommand(device: Device, given: Fields, behaviour: HubBehaviour): DeviceCommand | undefined {
  const { state } = device;
  const { isLiftTaken, minusOne, oddValue } = behaviour;
  const fields: Fields = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === null || !isSettable(name, state)) continue;
    if (name === 'liftPct' && !isLiftTaken && Object.hasOwn(state, 'position')) continue;
    const isOfOtherMode = value === -1 && OF_ONE_MODE.includes(name);
    const read = READERS[name]?.(value, state, behaviour);
    if (read !== undefined) fields[name] = read;
    else if ((isOfOtherMode ? minusOne : oddValue) === 'refused') return undefined;
  }
  const transition = given['transitionMsec'] ?? 0;
  if (!isWithin(transition, 0, 86_400_000)) return undefined;
  return { fields, transitionMs: capabilitiesOf(device).includes('TRANSITION') ? transition : 0 };
}

function isSettable(name: string, state: DeviceState): boolean {
  if (!Object.hasOwn(READERS, name) || !Object.hasOwn(state, name)) return false;
  // Only a lamp's temperature can be set, because it is a color temperature. On all other devices, `temperature` is a
  // measurement.
  if (name === 'temperature') return state.type === 'STATE_LIGHT' && typeof state['minTemperature'] === 'number';
  // A field that is null is not supported, such as the brightness of a lamp that can't be dimmed.
  return state[name] !== null || name === 'isOn';
}

/**
 * Whether the type of sound settings is `MR_RC_DATA`. Depending on `stateType`, it may be missing or is not checked.
 */
function isSound({ type }: Fields, { stateType }: HubBehaviour): boolean {
  return type === 'MR_RC_DATA' || stateType === 'ignored' || (type === undefined && stateType === 'optional');
}

/** Merges the given sound settings (volume, tones) into the current ones. Returns undefined if a value is invalid. */
function soundOf(given: Fields, present: Fields): Fields | undefined {
  const sound = { ...present };
  for (const [name, value] of Object.entries(given)) {
    if (value === null || !Object.hasOwn(present, name)) continue;
    const isFitting = typeof present[name] === 'boolean' ? typeof value === 'boolean' : isWithin(value, -10, 100);
    if (!isFitting) return undefined;
    sound[name] = value;
  }
  return sound;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
