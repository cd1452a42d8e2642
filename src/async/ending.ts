import { setMaxListeners } from 'node:events';

/** The shutdown signal of an account, shared by all its parts. */
export class Ending {
  readonly #controller = new AbortController();

  constructor() {
    // Each call in progress adds a listener.
    setMaxListeners(0, this.signal);
  }

  /** The signal that is aborted when the account ends. */
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
