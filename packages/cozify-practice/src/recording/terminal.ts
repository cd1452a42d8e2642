import { createInterface } from 'node:readline/promises';

/** Somebody pressed Ctrl-C where there was nothing to keep. */
export class Interrupted extends Error {}

/** The terminal of the person who records. Ctrl-C ends a question, and is noted for what is under way. */
export class Terminal {
  readonly #lines = createInterface({ input: process.stdin, output: process.stdout });
  readonly #interrupted = new AbortController();
  /** Aborted when no answer comes any more, with what to throw then. */
  readonly #over = new AbortController();

  constructor() {
    const interrupt = (): void => {
      this.#interrupted.abort();
      this.#over.abort(new Interrupted('Ctrl-C'));
    };
    // A second Ctrl-C changes nothing: the recording is being saved.
    for (const source of [process, this.#lines]) source.on('SIGINT', interrupt);
    this.#lines.once('close', () => this.#over.abort(new Error('No answer was given.')));
  }

  /** Aborted by Ctrl-C. */
  get interrupted(): AbortSignal {
    return this.#interrupted.signal;
  }

  /** Gives what a person answers. Throws {@link Interrupted}, and an error where the input ends before that. */
  async ask(question: string): Promise<string> {
    const { signal } = this.#over;
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
