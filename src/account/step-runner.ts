import { CozifyError, toCozifyError } from '../errors.js';
import type { AccountLoader } from './account-loader.js';
import type { AccountParts } from './account-parts.js';

/** The steps that use the current address, which another process may have set in a shared store. */
const ADDRESS_STEPS = ['authenticate', 'email', 'requestOtp'];

/** Runs an account's steps, so that each is answered once: with what it gives, with its error, or with the account's end. */
export class StepRunner {
  readonly #parts: AccountParts;
  readonly #loader: AccountLoader;
  /** Answers those under way at the end. Made while there are any, which is seldom: there are many of these. */
  #running: Set<() => void> | undefined;
  #isClosed = false;

  constructor(parts: AccountParts, loader: AccountLoader) {
    this.#parts = parts;
    this.#loader = loader;
  }

  /**
   * Does `work` once the state is there, ends it when the account closes, and lets changes settle before it answers.
   * Throws a {@link CozifyError}; `operation` is the step's name in the log of calls.
   */
  async run<T>(operation: string, work: () => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new CozifyError('COZIFY_CLOSED', 'The account is closed.');
    try {
      const result = await this.#answerTo(() => this.#attempt(operation, work));
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

  /** Ends the steps under way with `COZIFY_CLOSED`; those whose work is done by now with what that gave. */
  endAll(): void {
    for (const end of [...(this.#running ?? [])]) end();
  }

  /** Returns the result of `work` once all changes have settled, or at the end of the account the result so far. */
  #answerTo<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let answer = (): void => reject(wasClosed());
      const end = (): void => answer();
      this.#running ??= new Set();
      this.#running.add(end);
      void work()
        .then(
          (result) => (answer = () => resolve(result)),
          (error: unknown) => (answer = () => reject(toCozifyError(error))),
        )
        .then(() => this.#parts.accountState.settled())
        .then(() => {
          this.#forget(end);
          end();
        });
    });
  }

  #forget(step: () => void): void {
    this.#running?.delete(step);
    if (this.#running?.size === 0) this.#running = undefined;
  }

  async #attempt<T>(operation: string, work: () => Promise<T>): Promise<T> {
    const { session, accountState } = this.#parts;
    if (!this.#loader.isUpToDate) await this.#loader.load();
    else if (accountState.isShared && (!session.isAuthenticated || ADDRESS_STEPS.includes(operation))) {
      // Another process may have logged in, or set another address, in the meantime.
      await accountState.pull().catch(() => undefined);
    }
    if (this.#isClosed) throw wasClosed();
    return work();
  }
}

function wasClosed(): CozifyError {
  return new CozifyError('COZIFY_CLOSED', 'The account was closed while the step ran.');
}
