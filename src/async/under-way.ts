/** Work that is under way, and when it will be over. */
export class UnderWay {
  #works: readonly Promise<unknown>[] = [];

  /** Resolves once all that is under way now has settled; `undefined` where nothing is. */
  get settled(): Promise<unknown> | undefined {
    return this.#works.length === 0 ? undefined : Promise.allSettled(this.#works);
  }

  /** Counts `work`, which is given back, until it has settled. */
  add<T>(work: Promise<T>): Promise<T> {
    this.#works = [...this.#works, work];
    const end = (): void => {
      this.#works = this.#works.filter((one) => one !== work);
    };
    work.then(end, end);
    return work;
  }
}
