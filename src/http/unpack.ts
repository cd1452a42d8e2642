import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';

type Unpacker = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

/** The packings that answers may have, as a request says. */
export const ACCEPTED_ENCODINGS = 'gzip, deflate, br';

const unpackers = new Map<string, Unpacker>([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['br', promisify(brotliDecompress)],
  ['deflate', (bytes, options) => promisify(isWrapped(bytes) ? inflate : inflateRaw)(bytes, options)],
]);

/**
 * The bytes of a body as they were before they were packed. Rejects with the `code` of `node:zlib` for what can't be
 * unpacked, and with {@link tooLong} for what would be longer than `maxBytes`: no more than that is unpacked.
 */
export async function unpack(bytes: Buffer, encoding: string | undefined, maxBytes: number): Promise<Buffer> {
  const unpacker = encoding === undefined || bytes.length === 0 ? undefined : unpackers.get(encoding.toLowerCase());
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
