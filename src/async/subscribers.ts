type Subscriber<A extends unknown[]> = (...args: A) => unknown;

/**
 * The subscribers of an event. A subscriber that throws or rejects affects neither the emitter nor other subscribers:
 * its first error is reported to `onFailure`.
 */
export class Subscribers<A extends unknown[] = []> {
  /** The subscribers. Created on demand to save memory, because most events have none. */
  #subscribers: Set<Subscriber<A>> | undefined;
  #failed: WeakSet<Subscriber<A>> | undefined;
  readonly #onFailure: (error: unknown) => void;

  constructor(onFailure: (error: unknown) => void) {
    this.#onFailure = onFailure;
  }

  /** Adds a subscriber. Returns a function that unsubscribes. */
  add(subscriber: Subscriber<A>): () => void {
    this.#subscribers ??= new Set();
    this.#subscribers.add(subscriber);
    return () => void this.#subscribers?.delete(subscriber);
  }

  clear(): void {
    this.#subscribers = undefined;
  }

  /**
   * Notifies all subscribers; `makeArgs` is called for each, so that a subscriber can't change the arguments of
   * another.
   */
  notify(makeArgs: () => A): void {
    for (const subscriber of [...(this.#subscribers ?? [])]) {
      const args = makeArgs();
      void this.#call(subscriber, args).catch((error: unknown) => this.#note(subscriber, error));
    }
  }

  /** Calls the subscriber synchronously. Settles when an asynchronous subscriber has settled. */
  async #call(subscriber: Subscriber<A>, args: A): Promise<void> {
    await subscriber(...args);
  }

  #note(subscriber: Subscriber<A>, error: unknown): void {
    this.#failed ??= new WeakSet();
    if (this.#failed.has(subscriber)) return;
    this.#failed.add(subscriber);
    this.#onFailure(error);
  }
}
