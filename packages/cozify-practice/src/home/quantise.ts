/** Rounding as done by lamps and other devices. */

/** Zigbee has 254 steps of brightness, saturation and hue. */
const LEVELS = 254;

/** Rounds a value from 0 to 1 to a multiple of 1/254. */
export function toLevel(value: number): number {
  return Math.round(value * LEVELS) / LEVELS;
}

/** Rounds a hue from 0 to 2π to one of 254 steps. */
export function toHue(radians: number): number {
  return toLevel(radians / (2 * Math.PI)) * 2 * Math.PI;
}

/** Rounds kelvin to whole mireds, the unit that lamps use: 2700 becomes 2702.7. The bounds are in kelvin. */
export function toMireds(kelvin: number, minKelvin: number, maxKelvin: number): number {
  const within = Math.min(Math.max(kelvin, minKelvin), maxKelvin);
  return 1e6 / Math.round(1e6 / within);
}

/** Rounds to a multiple of a step, without binary rounding errors. */
export function toStep(value: number, step: number): number {
  return Number((Math.round(value / step) * step).toFixed(6));
}
