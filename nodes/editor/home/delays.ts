/** What is done a moment later, each by its name. */
export type Delayed = 'typing' | 'counting' | 'relisting';

/** So long after the last key; of what may go on and on, so long after the first. */
export class Delays {
  readonly #timers = new Map<Delayed, ReturnType<typeof setTimeout>>();

  later(name: Delayed, ms: number, work: () => unknown): void {
    if (name !== 'typing' && this.#timers.has(name)) return;
    clearTimeout(this.#timers.get(name));
    const end = (): void => {
      this.#timers.delete(name);
      void work();
    };
    this.#timers.set(name, setTimeout(end, ms));
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
