import type { Clock, Timer } from './clock.js';

/** How long a slice of job may block the event loop, plus the time of one step. */
const SLICE_MS = 8;

/** A job of many steps: it may be interrupted at each `yield`. */
export type Work = Generator<void, void>;

/**
 * A queue of jobs that may be long. A job starts at once if the queue is empty. Jobs run in order and in slices, so
 * that they don't block the event loop.
 */
export class Turns {
  readonly #clock: Pick<Clock, 'monotonic' | 'setTimeout' | 'clearTimeout'>;
  readonly #onFailure: (error: unknown) => void;
  readonly #jobs: Work[] = [];
  #timer: Timer | undefined;
  /** The time that jobs have used since the event loop last ran other job, in milliseconds. */
  #spentMs = 0;
  #isRunning = false;

  constructor(clock: Pick<Clock, 'monotonic' | 'setTimeout' | 'clearTimeout'>, onFailure: (error: unknown) => void) {
    this.#clock = clock;
    this.#onFailure = onFailure;
  }

  /** Adds a job, which runs after all earlier jobs. */
  add(job: Work): void {
    this.#jobs.push(job);
    if (this.#timer === undefined && !this.#isRunning) this.#runSlice();
  }

  /** Whether any job is left. */
  get isBusy(): boolean {
    return this.#jobs.length > 0;
  }

  /** Drops the jobs that are left. */
  stop(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#jobs.length = 0;
  }

  #runSlice(): void {
    const startedAt = this.#clock.monotonic();
    const hasTime = (): boolean => this.#spentMs + this.#clock.monotonic() - startedAt < SLICE_MS;
    this.#isRunning = true;
    do {
      const [job] = this.#jobs;
      if (job !== undefined && this.#isDone(job, hasTime) && this.#jobs[0] === job) this.#jobs.shift();
    } while (this.isBusy && hasTime());
    this.#isRunning = false;
    this.#spentMs += this.#clock.monotonic() - startedAt;
    if (this.isBusy || this.#spentMs >= SLICE_MS) this.#timer = this.#clock.setTimeout(() => this.#continue(), 0);
  }

  #continue(): void {
    this.#timer = undefined;
    this.#spentMs = 0;
    if (this.isBusy) this.#runSlice();
  }

  /** Continues a job until it is done or the time is over. A job that throws is done. */
  #isDone(job: Work, hasTime: () => boolean): boolean {
    try {
      while (job.next().done !== true) if (!hasTime()) return false;
    } catch (error) {
      this.#onFailure(error);
    }
    return true;
  }
}
