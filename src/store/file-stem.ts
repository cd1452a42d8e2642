import { createHash } from 'node:crypto';

/**
 * File systems allow names of 255 bytes. The longest ending takes 44 of them: `+pending.json.<process>-<random>.tmp`.
 */
const MAX_LENGTH = 200;

/** The mark before a digest. No encoded id contains it. */
const DIGEST_MARK = '+';

/** Number of characters of the digest that is added to an id with a capital letter. */
const SHORT_DIGEST = 8;

/**
 * Returns the name of an account's files without their ending: its id, encoded so that it is never a path. No two ids
 * share a name, even on file systems that ignore case (macOS, Windows): a digest follows an id that has a capital
 * letter, and replaces an id that is too long or not encodable (half of a surrogate pair).
 */
export function fileStemOf(id: string): string {
  const encoded = encode(id);
  if (encoded === undefined) return DIGEST_MARK + digestOf(id);
  const hasCapital = /[A-Z]/.test(encoded.replace(/%../g, ''));
  const stem = hasCapital ? `${encoded}${DIGEST_MARK}${digestOf(id).slice(0, SHORT_DIGEST)}` : encoded;
  return stem.length <= MAX_LENGTH ? stem : DIGEST_MARK + digestOf(id);
}

function encode(id: string): string | undefined {
  try {
    return encodeURIComponent(id);
  } catch {
    return undefined;
  }
}

function digestOf(id: string): string {
  // Hash the id as JSON: UTF-8 encodes every unpaired half of a surrogate pair in the same way, so different ids would
  // get the same digest.
  return createHash('sha256').update(JSON.stringify(id)).digest('hex');
}
