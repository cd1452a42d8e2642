/** Names of the delayed actions. */
export type Delayed = 'typing' | 'counting' | 'relisting';

/** Timers of delayed actions: a debounce after the last key, and a throttle after the first of a series of events. */
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
