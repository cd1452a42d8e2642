import { CozifyError } from './errors.js';

/**
 * An e-mail address, trimmed, its case kept. Throws `COZIFY_BAD_INPUT` unless it has one `@` with something on both
 * sides, no white space or control characters and at most 254 characters.
 */
export function parseEmail(email: unknown): string {
  if (typeof email === 'string') {
    const trimmed = email.trim();
    if (trimmed.length <= 254 && /^[^@\s\p{Cc}]+@[^@\s\p{Cc}]+$/u.test(trimmed)) return trimmed;
  }
  const came = typeof email === 'string' ? 'another text' : kindOf(email);
  throw new CozifyError('COZIFY_BAD_INPUT', `email should be an address such as name@example.com, but was ${came}.`);
}

/**
 * A one-time code, trimmed. Throws `COZIFY_BAD_INPUT` for a number, which would have lost leading zeros, and for an
 * empty text, so that an empty form field does not send an e-mail.
 */
export function parseOtp(otp: unknown): string {
  const code = typeof otp === 'string' ? otp.trim() : '';
  if (code !== '' && code.length <= 256) return code;
  const came = typeof otp !== 'string' ? kindOf(otp) : code === '' ? 'empty' : 'far too long';
  throw new CozifyError('COZIFY_BAD_INPUT', `otp should be the code from the e-mail as a text, but was ${came}.`);
}

/** The type of a value in words, for messages that must not show the value. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  try {
    return kind(value);
  } catch {
    return 'an object';
  }
}

function kind(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (Buffer.isBuffer(value)) return 'a buffer';
  if (value === undefined) return 'nothing';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
