import { KeyedMutex } from '../async/keyed-mutex.js';
import type { SaveOptions, Store } from './store.js';

/** What a {@link Saved} begins with, and how what was stored and what this process has made meanwhile go together. */
export interface SavedOptions<T> {
  store: Store<T>;
  /** What is known where nothing is stored; with it the store is emptied. */
  empty: T;
  isEmpty: (value: T) => boolean;
  merge: (stored: T, own: T) => T;
}

/**
 * Something that is kept as a whole: read once, changed one step after another, and saved with each. While it can't be read
 * or saved it goes by what this process knows, and is saved with the next change.
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

  /** What is known so far. */
  get value(): T {
    return this.#value;
  }

  /** Whether something waits to be saved. */
  get needsSave(): boolean {
    return !this.#isSaved;
  }

  /** Tries again to save what could not be. */
  retrySave(): Promise<void> {
    return this.change((value) => value);
  }

  /** What is stored. Throws `COZIFY_STORE` while that can't be read. */
  read(): Promise<T> {
    return this.#inTurn(async () => {
      await this.#load();
      return this.#value;
    });
  }

  /** What is known, be it that nothing more can be read now. */
  known(): Promise<T> {
    return this.#inTurn(async () => {
      await this.#load().catch(() => undefined);
      return this.#value;
    });
  }

  /** Replaces it by what `step` makes of it, and saves it. Throws only with `isStrict`, `COZIFY_STORE` where that fails. */
  change(
    step: (value: T) => T,
    { isStrict = false, ...options }: SaveOptions & { isStrict?: boolean } = {},
  ): Promise<void> {
    return this.#inTurn(async () => {
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

  /** What could not be read is not overwritten. */
  async #save(options: SaveOptions): Promise<void> {
    const { store, isEmpty } = this.#options;
    await this.#load();
    if (isEmpty(this.#value)) await store.remove();
    else await store.save(this.#value, options);
    this.#isSaved = true;
  }

  #inTurn<R>(work: () => Promise<R>): Promise<R> {
    return this.#mutex.runExclusive('', work);
  }
}
