import type { Clock } from '../async/clock.js';
import { CozifyError, type ErrorCode } from '../errors.js';
import { toIso } from './snapshot.js';

/** A failure in the log: its time, call and code, without its message. */
export interface RecordedError {
  /** The time of the failure as ISO 8601 UTC. */
  at: string | null;
  /** The name of a step such as `ping`, or of a call such as `refreshsession`. */
  during: string;
  code: ErrorCode;
  statusCode?: number;
}

/** How often a call to the cloud or a step of the account ran, and how often it failed. */
export interface CallCount {
  made: number;
  failed: number;
}

const KEPT_ERRORS = 20;

/**
 * Counts the calls and steps of an account and keeps its last errors, for diagnostics that a user may copy into a
 * report.
 */
export class CallLog {
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #made = new Map<string, number>();
  /** Number of failures by the name of the call or step. Created with the first failure. */
  #failed: Map<string, number> | undefined;
  /**
   * Errors that are in the log already. If a call fails, its step rejects with the same error, which is logged only
   * once.
   */
  #noted: WeakSet<CozifyError> | undefined;
  #errors: RecordedError[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.now();
  }

  /** Counts a finished call or step, with its error if it failed. */
  note(during: string, error?: unknown): void {
    this.#made.set(during, (this.#made.get(during) ?? 0) + 1);
    if (error === undefined) return;
    this.#failed ??= new Map();
    this.#failed.set(during, (this.#failed.get(during) ?? 0) + 1);
    if (!(error instanceof CozifyError) || this.#noted?.has(error) === true) return;
    this.#noted ??= new WeakSet();
    this.#noted.add(error);
    const { code, statusCode } = error;
    const entry = { at: toIso(this.#clock.now()), during, code, ...(statusCode === undefined ? {} : { statusCode }) };
    this.#errors = [...this.#errors.slice(1 - KEPT_ERRORS), entry];
  }

  summary(): { startedAt: string | null; calls: Record<string, CallCount>; errors: RecordedError[] } {
    const calls: Record<string, CallCount> = {};
    for (const [during, made] of this.#made) calls[during] = { made, failed: this.#failed?.get(during) ?? 0 };
    return { startedAt: toIso(this.#startedAt), calls, errors: this.#errors };
  }
}
