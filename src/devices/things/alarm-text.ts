import { cleanName } from './names.js';
import { asText } from './raw.js';

/** The maximum number of characters that are read of an alarm message. */
const MAX_LENGTH = 20_000;

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  auml: 'ä',
  ouml: 'ö',
  aring: 'å',
  Auml: 'Ä',
  Ouml: 'Ö',
  Aring: 'Å',
  deg: '°',
  euro: '€',
  ndash: '–',
  mdash: '—',
  hellip: '…',
};

/**
 * Returns the message of an alarm as one line of plain text, or `undefined` if it is empty. Hubs send HTML in base64;
 * a message that is not base64 is taken as HTML.
 */
export function readAlarmText(message: unknown): string | undefined {
  const raw = asText(message)?.slice(0, MAX_LENGTH);
  if (raw === undefined) return undefined;
  const text = withoutHtml(decodeBase64(raw) ?? raw);
  return cleanName(decodeEntities(text).replace(/\s+/g, ' ').trim(), MAX_LENGTH);
}

function decodeBase64(text: string): string | undefined {
  const encoded = text.trim().replace(/[\r\n]/g, '');
  if (encoded.length % 4 === 1 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(encoded)) return undefined;
  try {
    const decoded = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(encoded, 'base64'));
    // Plain words such as "Sauna123" are valid base64, but decode to unassigned characters or to no letters.
    return /[\p{Cn}\p{Co}]/u.test(decoded) || !/\p{L}/u.test(decoded) ? undefined : decoded;
  } catch {
    return undefined;
  }
}

function withoutHtml(html: string): string {
  return html
    .replace(/<!--[\s\S]*?(?:-->|$)/g, ' ')
    .replace(/<(script|style|head|title)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, ' ')
    .replace(/<\/?(?:b|i|em|strong|span|a|u|small|font)\b[^>]*(?:>|$)/gi, '')
    .replace(/<[a-z/!?][^>]*(?:>|$)/gi, ' ');
}

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{2,8}));/gi, (whole, decimal, hex, name: string) => {
    if (name !== undefined) return Object.hasOwn(ENTITIES, name) ? (ENTITIES[name] ?? whole) : whole;
    const point = decimal === undefined ? parseInt(hex as string, 16) : Number(decimal);
    return point > 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff) ? String.fromCodePoint(point) : '';
  });
}
