/** Runs work once for all callers that ask for the same key at the same time, and gives the result to each. */
export class SingleFlight<T> {
  /** The work in progress by key. Created on demand to save memory, because there are many of these objects. */
  #inFlight: Map<string, Promise<T>> | undefined;

  /** Whether any work is in progress. */
  get isBusy(): boolean {
    return this.#inFlight !== undefined;
  }

  /** Starts `work`, or returns the promise of the work in progress under this key. */
  run(key: string, work: () => Promise<T>): Promise<T> {
    const current = this.#inFlight?.get(key);
    if (current !== undefined) return current;
    const started = work();
    const end = (): void => this.#end(key);
    started.then(end, end);
    this.#inFlight ??= new Map();
    this.#inFlight.set(key, started);
    return started;
  }

  #end(key: string): void {
    this.#inFlight?.delete(key);
    if (this.#inFlight?.size === 0) this.#inFlight = undefined;
  }
}

/** A set of pending promises. Callers can wait until all of them have settled. */
export class InFlight {
  #promises: readonly Promise<unknown>[] = [];

  /** Resolves when all work that is now in progress has settled; `undefined` if there is none. */
  get settled(): Promise<unknown> | undefined {
    return this.#promises.length === 0 ? undefined : Promise.allSettled(this.#promises);
  }

  /** Counts `work` as in progress until it has settled. Returns `work`. */
  add<T>(work: Promise<T>): Promise<T> {
    this.#promises = [...this.#promises, work];
    const end = (): void => {
      this.#promises = this.#promises.filter((promise) => promise !== work);
    };
    work.then(end, end);
    return work;
  }
}
