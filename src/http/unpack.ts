import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import type * as Zlib from 'node:zlib';

const load = createRequire(__filename);

type Unpacker = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

/** The packings that answers may have, as a request says. */
export const ACCEPTED_ENCODINGS = 'gzip, deflate, br';

/** What undoes a packing; `undefined` for one that is none. */
function unpackerOf(encoding: string, bytes: Buffer): Unpacker | undefined {
  // Few answers are packed: most processes never need it.
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
 * The bytes of a body as they were before they were packed. Rejects with the `code` of `node:zlib` for what can't be
 * unpacked, and with {@link tooLong} for what would be longer than `maxBytes`: no more than that is unpacked.
 */
export async function unpack(bytes: Buffer, encoding: string, maxBytes: number): Promise<Buffer> {
  const unpacker = bytes.length === 0 ? undefined : unpackerOf(encoding, bytes);
  return unpacker === undefined ? bytes : unpacker(bytes, { maxOutputLength: maxBytes });
}

/** The error for a body that is longer than it may be: that of `node:zlib`. */
export function tooLong(): NodeJS.ErrnoException {
  return Object.assign(new Error('The body is too long.'), { code: 'ERR_BUFFER_TOO_LARGE' });
}

/** Whether deflated bytes are in the wrapping that the standard asks for, which some leave out. */
function isWrapped([first = 0]: Buffer): boolean {
  return (first & 0x0f) === 8;
}
