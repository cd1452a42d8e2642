import type { HueSaturation } from '../../../src/devices/things/color.js';

/** Returns the brightest form of a colour in hex, such as "#ff8800". */
export function hexOf({ hue, saturation }: HueSaturation): string {
  const part = (shift: number): string => {
    const place = (shift + hue / 60) % 6;
    const dark = Math.max(0, Math.min(place, 4 - place, 1));
    return Math.round(255 * (1 - (saturation / 100) * dark))
      .toString(16)
      .padStart(2, '0');
  };
  return `#${part(5)}${part(3)}${part(1)}`;
}
