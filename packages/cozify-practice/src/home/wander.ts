import type { Seeded } from '../seeded';
import { toLevel, toStep } from './quantise';
import type { DeviceState } from './things';

type Next = (value: unknown, draw: Seeded) => unknown;

const flip: Next = (value) => value !== true;

/** Moves a measured value one step up or down, within its range. */
function drift(step: number, low: number, high: number): Next {
  return (value, draw) => {
    const next = toStep(Number(value) + (draw.chance(0.5) ? step : -step), step);
    return next < low ? low + step : next > high ? high - step : next;
  };
}

const FIELDS: Readonly<Record<string, Next>> = {
  temperature: drift(0.1, -40, 110),
  humidity: drift(0.5, 0, 100),
  lux: drift(1, 0, 100_000),
  co2Ppm: drift(5, 400, 5000),
  activePower: drift(1, 0, 10_000),
  power: drift(1, 0, 10_000),
  brightness: (value, draw) => toLevel((Number(value) + draw.between(0.01, 0.99)) % 1),
  motion: flip,
  open: flip,
  isOn: flip,
  twilight: flip,
};

/** Returns a random small change of a device's state; undefined if the device has no field that changes at random. */
export function wandered(state: DeviceState, draw: Seeded): Record<string, unknown> | undefined {
  const names = Object.keys(FIELDS).filter(
    (name) => state[name] !== null && Object.hasOwn(state, name) && !isFixed(name, state),
  );
  const [first, ...others] = names;
  if (first === undefined) return undefined;
  const name = draw.pick([first, ...others]);
  return { [name]: FIELDS[name]?.(state[name], draw) };
}

/**
 * Whether a field does not change at random. This is the case for a lamp's `temperature`, which is its color
 * temperature and not a measurement.
 */
function isFixed(name: string, state: DeviceState): boolean {
  return name === 'temperature' && state.type === 'STATE_LIGHT';
}
