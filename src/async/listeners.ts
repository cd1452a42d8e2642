type Listener<A extends unknown[]> = (...args: A) => unknown;

/**
 * Those who want to hear of something. One that throws, or whose promise is rejected, fails nobody who tells and keeps
 * no other from hearing: it is reported to `onFailure`, once.
 */
export class Listeners<A extends unknown[] = []> {
  /** Made with the first: there are many who could be listened to. */
  #listeners: Set<Listener<A>> | undefined;
  #failed: WeakSet<Listener<A>> | undefined;
  readonly #onFailure: (error: unknown) => void;

  constructor(onFailure: (error: unknown) => void) {
    this.#onFailure = onFailure;
  }

  /** Gives the way to stop listening. */
  add(listener: Listener<A>): () => void {
    this.#listeners ??= new Set();
    this.#listeners.add(listener);
    return () => void this.#listeners?.delete(listener);
  }

  clear(): void {
    this.#listeners = undefined;
  }

  /** Tells all; `makeArgs` is called for each, because what one does to its own is nothing to others. */
  tell(makeArgs: () => A): void {
    for (const listener of [...(this.#listeners ?? [])]) {
      const args = makeArgs();
      void this.#call(listener, args).catch((error: unknown) => this.#note(listener, error));
    }
  }

  /** Calls the listener before it returns; the promise is that of an asynchronous one. */
  async #call(listener: Listener<A>, args: A): Promise<void> {
    await listener(...args);
  }

  #note(listener: Listener<A>, error: unknown): void {
    this.#failed ??= new WeakSet();
    if (this.#failed.has(listener)) return;
    this.#failed.add(listener);
    this.#onFailure(error);
  }
}
