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
 * Decompresses a body, up to `maxBytes`. Rejects with {@link tooLong} if the result is longer, and with an error code
 * of `node:zlib` if the body is damaged.
 */
export async function unpack(bytes: Buffer, encoding: string, maxBytes: number): Promise<Buffer> {
  const unpacker = bytes.length === 0 ? undefined : unpackerOf(encoding, bytes);
  return unpacker === undefined ? bytes : unpacker(bytes, { maxOutputLength: maxBytes });
}

/** Returns the error of `node:zlib` for a body that exceeds the limit. */
export function tooLong(): NodeJS.ErrnoException {
  return Object.assign(new Error('The body is too long.'), { code: 'ERR_BUFFER_TOO_LARGE' });
}

/** Whether deflated bytes have the zlib header that RFC 9110 requires. Some servers leave it out. */
function isWrapped([first = 0]: Buffer): boolean {
  return (first & 0x0f) === 8;
}
