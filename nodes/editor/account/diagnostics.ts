// Reads the diagnostics that the server sends about an account.
import { ERROR_CODES, type ErrorCode } from '../../../src/errors.js';

/** Diagnostics that the dialog shows in addition to the snapshot. */
export interface Diagnostics {
  /** Set if the cloud has ended the login. */
  lost?: LostLogin;
  /** The error that keeps the deployed account from working. */
  problem?: ErrorCode;
}

/** A login that the cloud has ended. Times are ISO 8601 UTC, or `null` if unknown. */
export interface LostLogin {
  /** The time when the login was lost. */
  at: string | null;
  /** The next time at which the package asks the cloud whether the login works again. */
  nextCheckAt: string | null;
}

/** Reads the diagnostics from an answer. Ignores a property of an unexpected type. */
export function readDiagnostics(answer: object): Diagnostics {
  const { token, problem } = answer as { token?: unknown; problem?: unknown };
  const { isRejected, rejectedAt, nextCheckAt } = (token ?? {}) as Record<string, unknown>;
  const { code } = (problem ?? {}) as Record<string, unknown>;
  return {
    ...(isRejected === true ? { lost: { at: textOrNull(rejectedAt), nextCheckAt: textOrNull(nextCheckAt) } } : {}),
    ...(isErrorCode(code) ? { problem: code } : {}),
  };
}

/** Whether a value is one of the package's own error codes. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return ERROR_CODES.some((known) => known === code);
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
