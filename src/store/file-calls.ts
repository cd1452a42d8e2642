import { type Clock, settlesWithin } from '../async/clock.js';
import { KeyedMutex, Semaphore } from '../async/locks.js';
import { createController } from '../async/signals.js';
import { CozifyError } from '../errors.js';
import { storeError } from './store.js';

/** Deadline of a call to a file (docs/dev/rules.md, "Deadlines and waiting"). */
const LIMIT_MS = 10_000;

/**
 * At most this many calls may hang at once on a dead network share, because Node.js has only four threads for files and
 * DNS.
 */
const MAX_PARALLEL = 2;

/** A call that runs some work on files. */
export interface FileCall {
  /**
   * Throws if the deadline has passed. Must be called before each change, because after the deadline the caller has
   * already received an error.
   */
  throwIfLate: () => void;
}

/**
 * Runs calls to the files of a directory, one at a time for each file. A call that misses its deadline fails with
 * `COZIFY_STORE`. While such a call hangs, all other calls fail at once: the directory is probably on a dead network
 * share, and a request that needs several files would otherwise wait 10 s for each of them.
 */
export class FileCalls {
  readonly #clock: Clock;
  readonly #mutex = new KeyedMutex();
  readonly #semaphore = new Semaphore(MAX_PARALLEL);
  /** Calls that have missed their deadline and have not returned. */
  #hanging = 0;
  /** Aborted when a call misses its deadline, so that all other calls fail. */
  #failing = createController();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Runs `work` after all earlier work on this file. Throws `COZIFY_STORE` with a message that begins with `failure`.
   */
  async run<T>(name: string, failure: string, work: (call: FileCall) => Promise<T>): Promise<T> {
    const late = (): CozifyError => storeError(failure, { code: 'ETIMEDOUT' });
    if (this.#hanging > 0) throw late();
    const state = { isBegun: false, isGivenUp: false };
    const throwIfLate = (): void => {
      if (state.isGivenUp) throw late();
    };
    const begin = (): Promise<T> => {
      // The deadline may have passed while the call waited for its turn.
      throwIfLate();
      state.isBegun = true;
      return work({ throwIfLate });
    };
    const running = this.#mutex.runExclusive(name, () => this.#semaphore.run(begin));
    try {
      if (await settlesWithin(this.#clock, running, LIMIT_MS, this.#failing.signal)) return await running;
    } catch (error) {
      throw error instanceof CozifyError ? error : storeError(failure, error);
    }
    state.isGivenUp = true;
    if (state.isBegun) this.#noteHanging(running);
    this.#failOthers();
    throw late();
  }

  #failOthers(): void {
    const failing = this.#failing;
    this.#failing = createController();
    failing.abort();
  }

  #noteHanging(running: Promise<unknown>): void {
    this.#hanging += 1;
    const end = (): void => void (this.#hanging -= 1);
    running.then(end, end);
  }
}
