import { type Clock, settlesWithin } from '../async/clock.js';
import { KeyedMutex } from '../async/keyed-mutex.js';
import { Slots } from '../async/slots.js';
import { CozifyError } from '../errors.js';
import { storeError } from './store.js';

/** How long anybody waits for files, see docs/dev/rules.md, "Deadlines and waiting". */
const LIMIT_MS = 10_000;

/** So many of the four threads that Node.js has for files, and for finding hosts, may hang on a share that is away. */
const MOST_AT_ONCE = 2;

/** What work on files sees of those who wait for it. */
export interface FileCall {
  /** Throws once they were told that it has failed: from then on it may change nothing. */
  insist: () => void;
}

/**
 * The calls to the files of a directory. Those to one file are made one after another. None is waited for without end:
 * one that takes too long is a `COZIFY_STORE`, and while it hangs no other is made to that file.
 */
export class FileCalls {
  readonly #clock: Clock;
  readonly #mutex = new KeyedMutex();
  readonly #slots = new Slots(MOST_AT_ONCE);
  /** The files that calls hang on. */
  readonly #hanging = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Does `work` on a file in turn, and gives what it gives. Throws `COZIFY_STORE`, which begins with `failure`. */
  async run<T>(name: string, failure: string, work: (call: FileCall) => Promise<T>): Promise<T> {
    const late = (): CozifyError => storeError(failure, { code: 'ETIMEDOUT' });
    if (this.#hanging.has(name) || this.#hanging.size >= MOST_AT_ONCE) throw late();
    const state = { isBegun: false, isGivenUp: false };
    const insist = (): void => {
      if (state.isGivenUp) throw late();
    };
    const begin = (): Promise<T> => {
      // Its turn has come too late.
      insist();
      state.isBegun = true;
      return work({ insist });
    };
    const running = this.#mutex.runExclusive(name, () => this.#slots.run(begin));
    try {
      if (await settlesWithin(this.#clock, running, LIMIT_MS)) return await running;
    } catch (error) {
      throw error instanceof CozifyError ? error : storeError(failure, error);
    }
    state.isGivenUp = true;
    if (state.isBegun) this.#noteHanging(name, running);
    throw late();
  }

  #noteHanging(name: string, running: Promise<unknown>): void {
    this.#hanging.add(name);
    const end = (): void => void this.#hanging.delete(name);
    running.then(end, end);
  }
}
