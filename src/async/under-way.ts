/** Promises of work in progress. */
export class UnderWay {
  #promises: readonly Promise<unknown>[] = [];

  /** Resolves when all present work has settled; `undefined` if there is none. */
  get settled(): Promise<unknown> | undefined {
    return this.#promises.length === 0 ? undefined : Promise.allSettled(this.#promises);
  }

  /** Adds `work` until it has settled, and returns it. */
  add<T>(work: Promise<T>): Promise<T> {
    this.#promises = [...this.#promises, work];
    const end = (): void => {
      this.#promises = this.#promises.filter((promise) => promise !== work);
    };
    work.then(end, end);
    return work;
  }
}
