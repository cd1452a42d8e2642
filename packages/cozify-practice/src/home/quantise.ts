/** How lamps and other devices round what they are told. */

/** A whole Zigbee level: brightness, saturation and hue have 254 of them. */
const LEVELS = 254;

/** 0 to 1 in steps of 1/254. */
export function toLevel(value: number): number {
  return Math.round(value * LEVELS) / LEVELS;
}

/** 0 to 2π in 254 steps. */
export function toHue(radians: number): number {
  return toLevel(radians / (2 * Math.PI)) * 2 * Math.PI;
}

/** Kelvin as whole mireds, the unit of lamps: 2700 becomes 2702.7. Both bounds are kelvin. */
export function toMireds(kelvin: number, minKelvin: number, maxKelvin: number): number {
  const within = Math.min(Math.max(kelvin, minKelvin), maxKelvin);
  return 1e6 / Math.round(1e6 / within);
}

/** To a multiple of a step, without the dust of binary fractions. */
export function toStep(value: number, step: number): number {
  return Number((Math.round(value / step) * step).toFixed(6));
}
