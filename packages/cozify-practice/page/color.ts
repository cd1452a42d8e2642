/** Color of a lamp: hue in radians, saturation from 0 to 1. */
export interface Color {
  hue: number;
  saturation: number;
}

/** Returns a color at full brightness as `#rrggbb`. */
export function hexOf({ hue, saturation }: Color): string {
  const part = (offset: number): string => {
    const place = (offset + (hue * 3) / Math.PI) % 6;
    const share = 1 - saturation * Math.max(0, Math.min(place, 4 - place, 1));
    return Math.round(share * 255)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${part(5)}${part(3)}${part(1)}`;
}

/** Returns the hue and saturation of `#rrggbb`. */
export function colorOf(hex: string): Color {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((place) => parseInt(hex.slice(place, place + 2), 16) / 255);
  const most = Math.max(red, green, blue);
  const spread = most - Math.min(red, green, blue);
  if (spread === 0) return { hue: 0, saturation: 0 };
  const sixths =
    most === red
      ? ((green - blue) / spread + 6) % 6
      : most === green
        ? (blue - red) / spread + 2
        : (red - green) / spread + 4;
  return { hue: (sixths * Math.PI) / 3, saturation: spread / most };
}

/** Returns the display color of white light by its color temperature: 2200 K is orange, 6500 K bluish. */
export function whiteOf(kelvin: number): string {
  const coldness = Math.min(Math.max((kelvin - 2200) / 4300, 0), 1);
  const mix = (warm: number, cold: number): number => Math.round(warm + (cold - warm) * coldness);
  return `rgb(255 ${mix(190, 246)} ${mix(110, 255)})`;
}
