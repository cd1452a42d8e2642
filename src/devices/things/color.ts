/** Hue in degrees and saturation in percent, whole. */
export interface HueSaturation {
  hue: number;
  saturation: number;
}

/** The hue and saturation of a color such as "#ff8000"; `undefined` for what is none. How light it is doesn't count. */
export function parseColor(color: unknown): HueSaturation | undefined {
  const [, hex] = (typeof color === 'string' && /^\s*#([0-9a-f]{6})\s*$/i.exec(color)) || [];
  if (hex === undefined) return undefined;
  const [red, green, blue] = [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)) as [number, number, number];
  const most = Math.max(red, green, blue);
  const spread = most - Math.min(red, green, blue);
  if (spread === 0) return { hue: 0, saturation: 0 };
  const sixths =
    most === red
      ? (green - blue) / spread + 6
      : most === green
        ? (blue - red) / spread + 2
        : (red - green) / spread + 4;
  return { hue: Math.round((sixths % 6) * 60) % 360, saturation: Math.round((spread / most) * 100) };
}
