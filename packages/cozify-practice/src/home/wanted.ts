import type { HubBehaviour } from '../behaviour';
import { isRecord } from '../checks';
import { toHue, toLevel, toMireds, toStep } from './quantise';
import { capabilitiesOf, type Device, type DeviceState } from './things';

type Fields = Record<string, unknown>;

/** Gives what a device makes of a value, or undefined for one that it can't be. */
type Reader = (value: unknown, state: DeviceState, behaviour: HubBehaviour) => unknown;

/** What says -1 of a lamp that is in another mode. */
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

/** What can be set, where the device has the field. Everything else is read-only. */
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

/** What a command asks of a device, as the device understands it. */
export interface Wanted {
  fields: Fields;
  /** 0: at once. */
  transitionMs: number;
}

/**
 * Reads the state in a CMD_DEVICE. Fields that are null, read-only or foreign to the device are left alone; undefined
 * means that a value makes no sense.
 */
export function readWanted(device: Device, given: Fields, behaviour: HubBehaviour): Wanted | undefined {
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
  // Everywhere else it is what a thermometer says.
  if (name === 'temperature') return state.type === 'STATE_LIGHT' && typeof state['minTemperature'] === 'number';
  // A field in name only: a lamp that can't dim, say.
  return state[name] !== null || name === 'isOn';
}

/** Whether it says that it is about sound, or needn't. */
function isSound({ type }: Fields, { stateType }: HubBehaviour): boolean {
  return type === 'MR_RC_DATA' || stateType === 'ignored' || (type === undefined && stateType === 'optional');
}

/** Volume, tones and the like: those that are given, over those that are there. */
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
