/** Hue in whole degrees and saturation in whole percent. */
export interface HueSaturation {
  hue: number;
  saturation: number;
}

type Rgb = [red: number, green: number, blue: number];

/**
 * Returns the hue and saturation of a color: "#ff8000", "#f80", both also without the #, or [255, 128, 0]. Ignores the
 * lightness. Returns `undefined` for any other value.
 */
export function parseColor(color: unknown): HueSaturation | undefined {
  const rgb = typeof color === 'string' ? readHex(color.trim()) : readList(color);
  if (rgb === undefined) return undefined;
  const [red, green, blue] = rgb;
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

function readHex(text: string): Rgb | undefined {
  const [, hex] = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text) ?? [];
  if (hex === undefined) return undefined;
  const digits = hex.length === 3 ? hex.replace(/./g, '$&$&') : hex;
  return [0, 2, 4].map((at) => parseInt(digits.slice(at, at + 2), 16)) as Rgb;
}

/** Reads red, green and blue, each from 0 to 255. Objects in messages may throw when their properties are read. */
function readList(list: unknown): Rgb | undefined {
  try {
    if (!Array.isArray(list) || list.length !== 3) return undefined;
    const parts: unknown[] = [...(list as unknown[])];
    return parts.every((part) => typeof part === 'number' && part >= 0 && part <= 255) ? (parts as Rgb) : undefined;
  } catch {
    return undefined;
  }
}
