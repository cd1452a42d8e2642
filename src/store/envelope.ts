import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { parseJson, shape } from '../schema.js';

/** A text encrypted with AES-256-GCM, as it lies in a file or a context store. */
interface Envelope {
  cozify: number;
  /** Grows with each save, so that of two copies the newer is known. */
  sequence: number;
  /** Tells one key from another without giving it away. */
  key: string;
  iv: string;
  tag: string;
  data: string;
}

/** What opening a sealed text can give. */
export type Opened =
  | { is: 'good'; sequence: number; content: unknown }
  /** Written by a later version of this package. */
  | { is: 'newer' }
  /** Sealed with another key. */
  | { is: 'foreign'; sequence: number }
  /** Not what was once written: cut, overwritten, or never ours. */
  | { is: 'broken' };

const envelopeShape = shape<Envelope>({
  type: 'object',
  required: ['cozify', 'sequence', 'key', 'iv', 'tag', 'data'],
  properties: {
    cozify: { type: 'integer', minimum: 1 },
    sequence: { type: 'integer', minimum: 0 },
    key: { type: 'string' },
    iv: { type: 'string' },
    tag: { type: 'string' },
    data: { type: 'string' },
  },
});

/** The version of what is stored. A text of a later one is left alone. */
const STORED_VERSION = 1;

const CIPHER = 'aes-256-gcm';

/** Encrypts `content` as JSON. `name` is bound to it: under another name it does not open. */
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

/** Opens what {@link seal} made. Never throws. */
export function unseal(text: string, key: Buffer | undefined, name: string): Opened {
  const envelope = parseJson(text);
  if (isNewer(envelope)) return { is: 'newer' };
  if (!envelopeShape.fits(envelope)) return { is: 'broken' };
  const { sequence } = envelope;
  if (key === undefined || envelope.key !== keyName(key)) return { is: 'foreign', sequence };
  try {
    const decipher = createDecipheriv(CIPHER, key, Buffer.from(envelope.iv, 'base64'), { authTagLength: 16 });
    decipher.setAAD(boundTo(name, sequence));
    decipher.setAuthTag(Buffer.from(envelope.tag, 'base64'));
    const plain = Buffer.concat([decipher.update(envelope.data, 'base64'), decipher.final()]);
    return { is: 'good', sequence, content: parseJson(plain.toString('utf8')) };
  } catch {
    return { is: 'broken' };
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
