import type { Clock } from '../async/clock.js';
import { CozifyError, type ErrorCode } from '../errors.js';
import { toIso } from './snapshot.js';

/** A failure as it is remembered: when, in what, and which; never its text. */
export interface RecordedError {
  /** ISO 8601 UTC. */
  at: string | null;
  /** A step such as `ping`, or a call such as `refreshsession`. */
  during: string;
  code: ErrorCode;
  statusCode?: number;
}

/** How often a call was made, and what came of it. */
export interface CallCount {
  made: number;
  failed: number;
}

const KEPT_ERRORS = 20;

/** Counts what an account does and keeps its last errors, for the diagnostics a person may copy into a report. */
export class CallLog {
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #made = new Map<string, number>();
  /** Made with the first failure, as is what remembers them. */
  #failed: Map<string, number> | undefined;
  /** What was noted of a call is not noted again of the step that made it. */
  #noted: WeakSet<CozifyError> | undefined;
  #errors: RecordedError[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.now();
  }

  /** Counts a call or step that ended, with what it threw if it did. */
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
