import { setMaxListeners } from 'node:events';

/** The end of an account, for all its parts: told once to those who are under way, and waited for by who likes. */
export class Ending {
  readonly #controller = new AbortController();

  constructor() {
    // Each call under way listens to it.
    setMaxListeners(0, this.signal);
  }

  /** Aborted at the end. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get isOver(): boolean {
    return this.signal.aborted;
  }

  end(): void {
    this.#controller.abort();
  }
}
