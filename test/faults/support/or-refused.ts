// Helpers for property tests: string generators, and a wrapper that accepts one error code.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ErrorCode } from '../../../src/errors.js';

/** Returns the result of `work`, or `undefined` if it throws exactly that code. */
export function orRefused<T>(code: ErrorCode, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    assert.equal((error as { code?: string }).code, code, String(error));
    return undefined;
  }
}

/** Any string, with all kinds of characters. */
export const text = fc.string({ unit: 'binary', maxLength: 300 });

/** Strings of these characters. */
export const textOf = (characters: string, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...characters), maxLength });
