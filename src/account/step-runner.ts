import { CozifyError, toCozifyError } from '../errors.js';
import type { AccountLoader } from './account-loader.js';
import type { AccountOptions } from './account-options.js';
import type { AccountParts } from './account-parts.js';

/** Runs an account's steps, so that each is answered once: with what it gives, with its error, or with the account's end. */
export class StepRunner {
  readonly #options: AccountOptions;
  readonly #parts: AccountParts;
  readonly #loader: AccountLoader;
  /** Ends those under way. Made while there are any, which is seldom: there are many of these. */
  #running: Set<(error: CozifyError) => void> | undefined;
  #isClosed = false;

  constructor(options: AccountOptions, parts: AccountParts, loader: AccountLoader) {
    this.#options = options;
    this.#parts = parts;
    this.#loader = loader;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Does `work` once the state is there, ends it when the account closes, and lets changes settle before it answers.
   * Throws a {@link CozifyError}; `operation` is the step's name in the log of calls.
   */
  async run<T>(operation: string, work: () => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new CozifyError('COZIFY_CLOSED', 'The account is closed.');
    try {
      const result = await this.#untilClosed(this.#attempt(work));
      this.#parts.callLog.note(operation);
      return result;
    } catch (error) {
      this.#parts.callLog.note(operation, error);
      throw error;
    }
  }

  /** No step begins any more. */
  close(): void {
    this.#isClosed = true;
  }

  /** Ends the steps under way with `COZIFY_CLOSED`. */
  endAll(): void {
    const closed = wasClosed();
    for (const end of [...(this.#running ?? [])]) end(closed);
  }

  /** What `work` gives, or the end of the account where that comes first. */
  #untilClosed<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#running ??= new Set();
      this.#running.add(reject);
      void work.then(resolve, reject).then(() => this.#end(reject));
    });
  }

  #end(step: (error: CozifyError) => void): void {
    this.#running?.delete(step);
    if (this.#running?.size === 0) this.#running = undefined;
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    const { session, state } = this.#parts;
    if (!this.#loader.isReady) await this.#loader.load();
    else if (this.#options.store.isShared === true && !session.isAuthenticated) {
      // A login may have been made in another process meanwhile.
      await state.pull().catch(() => undefined);
    }
    if (this.#isClosed) throw wasClosed();
    try {
      return await work();
    } catch (error) {
      throw toCozifyError(error);
    } finally {
      await state.settled();
    }
  }
}

function wasClosed(): CozifyError {
  return new CozifyError('COZIFY_CLOSED', 'The account was closed while the step ran.');
}
