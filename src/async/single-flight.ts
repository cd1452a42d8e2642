/** Work that several ask for under one key at the same time is done once, and its result given to all of them. */
export class SingleFlight<T> {
  readonly #running = new Map<string, Promise<T>>();

  /** Starts `work` unless it is under way under this key. */
  run(key: string, work: () => Promise<T>): Promise<T> {
    const known = this.#running.get(key);
    if (known !== undefined) return known;
    const started = work().finally(() => this.#running.delete(key));
    this.#running.set(key, started);
    return started;
  }
}
