import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { objectOf, parseJson, schemas, shape } from '../schema.js';

/** Encrypted data with everything that decryption needs, except the key. */
interface Sealed {
  /** Grows with each save, so that the newer of two copies can be recognized. */
  sequence: number;
  iv: string;
  tag: string;
  data: string;
}

/**
 * The stored form of data in a file or a context store. The data is encrypted with AES-256-GCM. The labels `cozify`,
 * `key` and `sequence` are plain text.
 */
interface Envelope extends Sealed {
  /** The version of the content's layout. */
  cozify: number;
  /** A fingerprint of the key. The key can't be derived from it. */
  key: string;
}

/** The result of {@link unseal}. */
export type Opened =
  | { is: 'good'; sequence: number; content: unknown }
  /** Written by a later version of this package. */
  | { is: 'newer' }
  /** Encrypted with another key. */
  | { is: 'foreign'; sequence: number }
  /** Truncated, overwritten, or not written by this package. */
  | { is: 'broken' };

const { count, text: base64 } = schemas;
const sealed = { sequence: count, iv: base64, tag: base64, data: base64 };
const sealedShape = shape<Sealed>(objectOf(sealed));
const envelopeShape = shape<Envelope>(objectOf({ ...sealed, cozify: { ...count, minimum: 1 }, key: schemas.text }));

/** The version of the stored layout. Data of a later version is never overwritten. */
const STORED_VERSION = 1;

const CIPHER = 'aes-256-gcm';

/** Encrypts `content` as JSON. Binds the result to `name`: it can't be decrypted under another name. */
export function seal(content: unknown, key: Buffer, name: string, sequence: number): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: 16 });
  cipher.setAAD(boundTo(name, sequence));
  const data = Buffer.concat([cipher.update(JSON.stringify(content), 'utf8'), cipher.final()]);
  const envelope: Envelope = {
    cozify: STORED_VERSION,
    sequence,
    key: keyName(key),
    iv: iv.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    data: data.toString('base64'),
  };
  return JSON.stringify(envelope);
}

/**
 * Decrypts a result of {@link seal}. Never throws. Tries to decrypt before it reads the plain-text labels `cozify` and
 * `key`, because a damaged label must not make intact data unreadable. Data of a later version does not decrypt,
 * because the encryption authenticates the version.
 */
export function unseal(text: string, key: Buffer | undefined, name: string): Opened {
  const envelope = parseJson(text);
  if (key !== undefined && sealedShape.fits(envelope)) {
    const plain = decrypt(envelope, key, name);
    if (plain !== undefined) return { is: 'good', sequence: envelope.sequence, content: parseJson(plain) };
  }
  if (isNewer(envelope)) return { is: 'newer' };
  if (!envelopeShape.fits(envelope)) return { is: 'broken' };
  const isForeign = key === undefined || envelope.key !== keyName(key);
  return isForeign ? { is: 'foreign', sequence: envelope.sequence } : { is: 'broken' };
}

function decrypt({ sequence, iv, tag, data }: Sealed, key: Buffer, name: string): string | undefined {
  try {
    const decipher = createDecipheriv(CIPHER, key, Buffer.from(iv, 'base64'), { authTagLength: 16 });
    decipher.setAAD(boundTo(name, sequence));
    decipher.setAuthTag(Buffer.from(tag, 'base64'));
    return Buffer.concat([decipher.update(data, 'base64'), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

function isNewer(envelope: unknown): boolean {
  const version = (envelope as Partial<Envelope> | null | undefined)?.cozify;
  return typeof version === 'number' && version > STORED_VERSION;
}

function boundTo(name: string, sequence: number): Buffer {
  return Buffer.from(`cozify ${STORED_VERSION} ${sequence} ${name}`, 'utf8');
}

function keyName(key: Buffer): string {
  return createHash('sha256').update('cozify key name').update(key).digest('hex').slice(0, 16);
}
