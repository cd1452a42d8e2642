import { CozifyError, toCozifyError } from '../errors.js';
import type { AccountLoader } from './account-loader.js';
import type { AccountParts } from './account-parts.js';

/**
 * Steps that use the account's e-mail address. If other processes share the store, these steps read it first, because
 * another process may have changed the address.
 */
const ADDRESS_STEPS = ['authenticate', 'email', 'requestOtp'];

/**
 * Runs the steps of an account (for example `ping`). Each step settles once: with its result, with its error, or with
 * `COZIFY_CLOSED` when the account closes.
 */
export class StepRunner {
  readonly #parts: AccountParts;
  readonly #loader: AccountLoader;
  /** Functions that settle the running steps. Created on demand to save memory, because there are many accounts. */
  #inFlight: Set<() => void> | undefined;
  #isClosed = false;

  constructor(parts: AccountParts, loader: AccountLoader) {
    this.#parts = parts;
    this.#loader = loader;
  }

  /**
   * Runs `work`, which implements the step `operation` (for example `ping`), after the state is loaded. Settles when
   * the changes of `work` are saved, or when the account closes. Rejects with a {@link CozifyError}.
   */
  async run<T>(operation: string, work: () => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new CozifyError('COZIFY_CLOSED', 'The account is closed.');
    try {
      const result = await this.#answerTo(operation, () => this.#attempt(operation, work));
      this.#parts.callLog.note(operation);
      return result;
    } catch (error) {
      this.#parts.callLog.note(operation, error);
      throw error;
    }
  }

  /** Makes all later steps reject with `COZIFY_CLOSED`. Steps that are already running continue. */
  close(): void {
    this.#isClosed = true;
  }

  /**
   * Settles all running steps. If the work of a step is done, its promise settles with the result; every other step
   * rejects with `COZIFY_CLOSED`.
   */
  settleAll(): void {
    for (const end of [...(this.#inFlight ?? [])]) end();
  }

  /**
   * Settles with the result of `work` once all changes are saved or their save has failed, or as soon as
   * {@link settleAll} is called.
   */
  #answerTo<T>(operation: string, work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      // Rejects until the work is done; then settles with the outcome of the work.
      let settle = (): void => reject(wasClosed(operation));
      const end = (): void => settle();
      this.#inFlight ??= new Set();
      this.#inFlight.add(end);
      void work()
        .then(
          (result) => (settle = () => resolve(result)),
          (error: unknown) => (settle = () => reject(toCozifyError(error))),
        )
        .then(() => this.#parts.accountState.settled())
        .then(() => {
          this.#forget(end);
          end();
        });
    });
  }

  #forget(step: () => void): void {
    this.#inFlight?.delete(step);
    if (this.#inFlight?.size === 0) this.#inFlight = undefined;
  }

  async #attempt<T>(operation: string, work: () => Promise<T>): Promise<T> {
    const { session, accountState } = this.#parts;
    if (!this.#loader.isUpToDate) await this.#loader.load();
    else if (accountState.isShared && (!session.isAuthenticated || ADDRESS_STEPS.includes(operation))) {
      // Another process may have logged in or set another e-mail address.
      await accountState.pull().catch(() => undefined);
    }
    if (this.#isClosed) throw wasClosed(operation);
    return work();
  }
}

/** Returns the error of a step during which the account was closed. The exchange of a login code finishes then. */
function wasClosed(operation: string): CozifyError {
  const kept = operation === 'authenticate' ? ' If the code was right, the login is kept.' : '';
  return new CozifyError('COZIFY_CLOSED', `The account was closed while the step ran.${kept}`);
}
