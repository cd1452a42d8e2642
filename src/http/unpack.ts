import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import type * as Zlib from 'node:zlib';

const load = createRequire(__filename);

type Unpacker = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

/** The value of `Accept-Encoding`. */
export const ACCEPTED_ENCODINGS = 'gzip, deflate, br';

/** Returns the decoder of an encoding; `undefined` if there is none. */
function unpackerOf(encoding: string, bytes: Buffer): Unpacker | undefined {
  // Loaded when needed, because most processes never receive a compressed answer.
  const { brotliDecompress, gunzip, inflate, inflateRaw } = load('node:zlib') as typeof Zlib;
  switch (encoding.toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return promisify(gunzip);
    case 'br':
      return promisify(brotliDecompress);
    case 'deflate':
      return promisify(isWrapped(bytes) ? inflate : inflateRaw);
    default:
      return undefined;
  }
}

/**
 * Decompresses a body, up to `maxBytes`, and decodes it as UTF-8, without a byte order mark. Rejects with
 * {@link tooLong} if the result is longer, and with an error code of `node:zlib` if the body is damaged or cut short.
 */
export async function unpack(bytes: Buffer, encoding: string | undefined, maxBytes: number): Promise<string> {
  const unpacker = bytes.length === 0 || encoding === undefined ? undefined : unpackerOf(encoding, bytes);
  const plain = unpacker === undefined ? bytes : await unpacker(bytes, { maxOutputLength: maxBytes });
  const text = plain.toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** Returns the error of `node:zlib` for a body that exceeds the limit. */
export function tooLong(): NodeJS.ErrnoException {
  return Object.assign(new Error('The body is too long.'), { code: 'ERR_BUFFER_TOO_LARGE' });
}

/** Whether deflated bytes have the zlib header that RFC 9110 requires. Some servers leave it out. */
function isWrapped([first = 0]: Buffer): boolean {
  return (first & 0x0f) === 8;
}
