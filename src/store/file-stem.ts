import { createHash } from 'node:crypto';

/** Of the 255 bytes that file systems take, the longest ending needs 44: `+waiting.json.<process>-<random>.tmp`. */
const LONGEST = 200;

/** Occurs in no encoded id. */
const DIGEST_MARK = '+';

/**
 * What the names of an account's files begin with: its id, encoded so that it is never a path. Ids that make no file
 * name this way, since they are too long or hold half of a surrogate pair, get a digest of themselves. No two ids are
 * alike, and each always gives the same.
 */
export function fileStemOf(id: string): string {
  const encoded = encode(id);
  if (encoded !== undefined && encoded.length <= LONGEST) return encoded;
  // As JSON, because in UTF-8 all halves of surrogate pairs are the same.
  return DIGEST_MARK + createHash('sha256').update(JSON.stringify(id)).digest('hex');
}

/** The id that a stem was made of, or `undefined` when the stem does not tell. */
export function idOfStem(stem: string): string | undefined {
  if (stem.startsWith(DIGEST_MARK)) return undefined;
  try {
    return decodeURIComponent(stem);
  } catch {
    return undefined;
  }
}

function encode(id: string): string | undefined {
  try {
    return encodeURIComponent(id);
  } catch {
    return undefined;
  }
}
