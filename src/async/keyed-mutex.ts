/** Work under one name is done one piece after another; under different names nobody waits for anybody. */
export class KeyedMutex {
  /** Made while something is under way, which it seldom is: there are many of these. */
  #last: Map<string, Promise<unknown>> | undefined;

  /** Does `work` when all that was given before under this name has ended, well or not. */
  async runExclusive<T>(name: string, work: () => Promise<T>): Promise<T> {
    const mine = (this.#last?.get(name) ?? Promise.resolve()).then(work);
    const settled = mine.catch(() => undefined);
    this.#last ??= new Map();
    this.#last.set(name, settled);
    try {
      return await mine;
    } finally {
      this.#end(name, settled);
    }
  }

  #end(name: string, settled: Promise<unknown>): void {
    if (this.#last?.get(name) === settled) this.#last.delete(name);
    if (this.#last?.size === 0) this.#last = undefined;
  }
}
