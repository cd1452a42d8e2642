import { KeyedMutex } from '../async/locks.js';
import type { SaveOptions, Store } from './store.js';

/** Options of a {@link Saved} value. */
export interface SavedOptions<T> {
  store: Store<T>;
  /** The value while nothing is stored. */
  empty: T;
  /** Whether a value is empty. To save an empty value, {@link Saved} removes the stored value instead. */
  isEmpty: (value: T) => boolean;
  /** Combines the stored value with changes that were made before the store could be read. */
  merge: (stored: T, own: T) => T;
}

/**
 * A value that is read once, changed step by step, and saved after each change. While it can't be read or saved, the
 * value in memory is used, and the next change saves it.
 */
export class Saved<T> {
  readonly #options: SavedOptions<T>;
  readonly #mutex = new KeyedMutex();
  #value: T;
  #isRead = false;
  #isSaved = true;

  constructor(options: SavedOptions<T>) {
    this.#options = options;
    this.#value = options.empty;
  }

  /** The value in memory. The store may not have been read yet. */
  get value(): T {
    return this.#value;
  }

  /** Whether a change is not saved yet. */
  get needsSave(): boolean {
    return !this.#isSaved;
  }

  /** Tries again to save the value. */
  retrySave(): Promise<void> {
    return this.change((value) => value);
  }

  /** Returns the value after reading the store. Throws `COZIFY_STORE` if the store can't be read. */
  read(): Promise<T> {
    return this.#enqueue(async () => {
      await this.#load();
      return this.#value;
    });
  }

  /** Returns the value after an attempt to read the store. If that fails, returns the value in memory. */
  tryRead(): Promise<T> {
    return this.#enqueue(async () => {
      await this.#load().catch(() => undefined);
      return this.#value;
    });
  }

  /**
   * Replaces the value with the result of `step` and saves it. With `isStrict`, throws `COZIFY_STORE` if the save
   * fails.
   */
  change(
    step: (value: T) => T,
    { isStrict = false, ...options }: SaveOptions & { isStrict?: boolean } = {},
  ): Promise<void> {
    return this.#enqueue(async () => {
      await this.#load().catch(() => undefined);
      const next = step(this.#value);
      if (next !== this.#value) this.#isSaved = false;
      this.#value = next;
      if (this.#isSaved) return;
      try {
        await this.#save(options);
      } catch (error) {
        if (isStrict) throw error;
      }
    });
  }

  async #load(): Promise<void> {
    if (this.#isRead) return;
    const { store, merge } = this.#options;
    const stored = await store.load();
    this.#isRead = true;
    if (stored !== null) this.#value = merge(stored, this.#value);
  }

  /** Saves the value. Reads the store first, because a stored value that could not be read must not be overwritten. */
  async #save(options: SaveOptions): Promise<void> {
    const { store, isEmpty } = this.#options;
    await this.#load();
    if (isEmpty(this.#value)) await store.remove();
    else await store.save(this.#value, options);
    this.#isSaved = true;
  }

  #enqueue<R>(work: () => Promise<R>): Promise<R> {
    return this.#mutex.runExclusive('', work);
  }
}
