/** Work that several ask for under one key at the same time is done once, and its result given to all of them. */
export class SingleFlight<T> {
  /** Made while something is under way, which it seldom is: there are many of these. */
  #running: Map<string, Promise<T>> | undefined;

  get isUnderWay(): boolean {
    return this.#running !== undefined;
  }

  /** Starts `work` unless it is under way under this key. */
  run(key: string, work: () => Promise<T>): Promise<T> {
    const known = this.#running?.get(key);
    if (known !== undefined) return known;
    const started = work();
    const end = (): void => this.#end(key);
    started.then(end, end);
    this.#running ??= new Map();
    this.#running.set(key, started);
    return started;
  }

  #end(key: string): void {
    this.#running?.delete(key);
    if (this.#running?.size === 0) this.#running = undefined;
  }
}
