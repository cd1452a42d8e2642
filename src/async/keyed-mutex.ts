/** Work under one name is done one piece after another; under different names nobody waits for anybody. */
export class KeyedMutex {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Does `work` when all that was given before under this name has ended, well or not. */
  async runExclusive<T>(name: string, work: () => Promise<T>): Promise<T> {
    const mine = (this.#last.get(name) ?? Promise.resolve()).then(work);
    const settled = mine.catch(() => undefined);
    this.#last.set(name, settled);
    try {
      return await mine;
    } finally {
      if (this.#last.get(name) === settled) this.#last.delete(name);
    }
  }
}
