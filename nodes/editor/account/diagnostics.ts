import { ERROR_CODES, type ErrorCode } from '../../../src/errors.js';

/** What the diagnostics tell beyond the snapshot that concerns a person who wants to log in. */
export interface Diagnostics {
  /** The cloud has ended the login; both times are ISO 8601 UTC, and `null` where they are not known. */
  lost?: LostLogin;
  /** Why the deployed account can't be used at all. */
  problem?: ErrorCode;
}

/** When the login was lost, and when that is checked; ISO 8601 UTC, `null` where it is not known. */
export interface LostLogin {
  at: string | null;
  /** When the cloud is asked about it again. */
  nextCheckAt: string | null;
}

/** Reads the answer of the endpoint, of which nothing is taken for granted. */
export function readDiagnostics(answer: object): Diagnostics {
  const { token, problem } = answer as { token?: unknown; problem?: unknown };
  const { isRejected, rejectedAt, nextCheckAt } = partsOf(token);
  const { code } = partsOf(problem);
  return {
    ...(isRejected === true ? { lost: { at: textOf(rejectedAt), nextCheckAt: textOf(nextCheckAt) } } : {}),
    ...(isErrorCode(code) ? { problem: code } : {}),
  };
}

/** Whether this is one of the package's own codes. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return ERROR_CODES.some((known) => known === code);
}

function partsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
