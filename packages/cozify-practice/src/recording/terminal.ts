import { createInterface } from 'node:readline/promises';

/** Thrown after Ctrl-C if there is nothing to save. */
export class Interrupted extends Error {}

/** The user's terminal. Ctrl-C cancels a question and aborts {@link interrupted}. */
export class Terminal {
  readonly #lines = createInterface({ input: process.stdin, output: process.stdout });
  readonly #interrupted = new AbortController();
  /** Aborted when the user can no longer answer. The abort reason is the error to throw. */
  readonly #closed = new AbortController();

  constructor() {
    const interrupt = (): void => {
      this.#interrupted.abort();
      this.#closed.abort(new Interrupted('Ctrl-C'));
    };
    // A second Ctrl-C is ignored, because the recording is being saved.
    for (const source of [process, this.#lines]) source.on('SIGINT', interrupt);
    this.#lines.once('close', () => this.#closed.abort(new Error('No answer was given.')));
  }

  /** Aborted by Ctrl-C. */
  get interrupted(): AbortSignal {
    return this.#interrupted.signal;
  }

  /** Returns the user's answer. Throws {@link Interrupted}, or an error if the input ends. */
  async ask(question: string): Promise<string> {
    const { signal } = this.#closed;
    signal.throwIfAborted();
    try {
      return (await this.#lines.question(question, { signal })).trim();
    } catch (error) {
      console.log();
      signal.throwIfAborted();
      throw error;
    }
  }

  /** Throws {@link Interrupted} after Ctrl-C. */
  throwIfInterrupted(): void {
    if (this.interrupted.aborted) throw new Interrupted('Ctrl-C');
  }

  close(): void {
    this.#lines.close();
  }
}
