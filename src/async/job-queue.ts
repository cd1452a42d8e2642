import type { Clock, TimerHandle } from './clock.js';

/**
 * Milliseconds that jobs run before a pause. The time may be longer, because a job that has started always runs to its
 * end.
 */
const SLICE_MS = 8;

/**
 * Runs jobs in order. Pauses between jobs after every {@link SLICE_MS} of work, so that the event loop is not blocked.
 */
export class JobQueue {
  readonly #clock: Pick<Clock, 'monotonic' | 'setTimeout' | 'clearTimeout'>;
  readonly #onFailure: (error: unknown) => void;
  #jobs: (() => void)[] = [];
  #timer: TimerHandle | undefined;
  /** How long jobs have run since the last pause, in milliseconds. */
  #spentMs = 0;
  #isRunning = false;

  constructor(clock: Pick<Clock, 'monotonic' | 'setTimeout' | 'clearTimeout'>, onFailure: (error: unknown) => void) {
    this.#clock = clock;
    this.#onFailure = onFailure;
  }

  /** Runs a job as soon as all earlier jobs have run. */
  add(job: () => void): void {
    this.#jobs.push(job);
    if (this.#timer === undefined && !this.#isRunning) this.#run();
  }

  /** Whether any jobs are waiting. */
  get isBusy(): boolean {
    return this.#jobs.length > 0;
  }

  /** Drops the waiting jobs. */
  stop(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#jobs = [];
  }

  #run(): void {
    this.#isRunning = true;
    while (this.isBusy && this.#spentMs < SLICE_MS) {
      const startedAt = this.#clock.monotonic();
      try {
        this.#jobs.shift()?.();
      } catch (error) {
        this.#onFailure(error);
      }
      this.#spentMs += this.#clock.monotonic() - startedAt;
    }
    this.#isRunning = false;
    if (this.#spentMs >= SLICE_MS) this.#timer = this.#clock.setTimeout(() => this.#resume(), 0);
  }

  #resume(): void {
    this.#timer = undefined;
    this.#spentMs = 0;
    this.#run();
  }
}
