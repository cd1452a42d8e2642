import { isDeepStrictEqual } from 'node:util';
import { KeyedMutex } from '../async/locks.js';
import { CozifyError, toCozifyError } from '../errors.js';
import type { SaveOptions, Store } from './store.js';

/** A store that was in use before and may still hold the state. */
export interface PreviousStore<T> {
  store: Store<T>;
  /**
   * Whether this store may never have held the state. If such a store can't be read, the state in the current store is
   * used, if there is one. If any other previous store can't be read, the load fails, because that
   * store may hold a newer state.
   */
  mayBeUnused?: boolean;
}

/** Options of a {@link MigratingStore}. */
export interface MigratingStoreOptions<T, P extends PreviousStore<T> = PreviousStore<T>> {
  store: Store<T>;
  /** Returns the stores that were in use before. Called for each attempt to migrate. */
  previous: () => Promise<readonly P[]>;
  /** Combines the states of two stores. Where both states have a value, the later value wins. */
  merge: (own: T, theirs: T) => T;
  /**
   * Runs migrations one at a time. Otherwise a second migration would find nothing in a store from which the first has
   * just moved the state.
   */
  runExclusive?: <R>(work: () => Promise<R>) => Promise<R>;
  /** Removes the state from the previous stores. Called once the current store has saved the state. */
  removePrevious: (found: readonly P[]) => Promise<void>;
}

/**
 * A store that moves the state from previously chosen stores to the current one when it is first loaded. If one of
 * these stores can't be read, loading fails with `COZIFY_STORE` (unless {@link PreviousStore.mayBeUnused}), because the
 * state in the current store may be old or missing.
 */
export class MigratingStore<T, P extends PreviousStore<T> = PreviousStore<T>> implements Store<T> {
  readonly identity: string;
  readonly isShared: boolean;
  readonly #options: MigratingStoreOptions<T, P>;
  readonly #mutex = new KeyedMutex();
  #isDone = false;

  constructor(options: MigratingStoreOptions<T, P>) {
    this.#options = options;
    this.identity = options.store.identity;
    this.isShared = options.store.isShared === true;
  }

  load(): Promise<T | null> {
    const { runExclusive = (work) => this.#mutex.runExclusive('', work) } = this.#options;
    return runExclusive(() => this.#migrate());
  }

  save(content: T, options?: SaveOptions): Promise<void> {
    return this.#options.store.save(content, options);
  }

  remove(): Promise<void> {
    return this.#options.store.remove();
  }

  async #migrate(): Promise<T | null> {
    const { store, merge } = this.#options;
    if (this.#isDone) return store.load();
    const previous = await this.#options.previous();
    const own = await store.load();
    const found = await this.#read(previous, own !== null);
    const merged = found.reduce<T | null>(
      (latest, { content }) => (latest === null ? content : merge(latest, content)),
      own,
    );
    // Save before removing: a power loss in between leaves two copies instead of none.
    if (merged !== null && !isDeepStrictEqual(merged, own)) await store.save(merged);
    this.#isDone = true;
    await this.#removePrevious(
      found.map(({ from }) => from),
      merged,
    );
    return merged;
  }

  async #removePrevious(found: readonly P[], content: T | null): Promise<void> {
    const { store, removePrevious } = this.#options;
    try {
      await removePrevious(found);
      if (found.length === 0 || content === null) return;
      // Two store names may refer to the same place. In that case, removing the previous state has also deleted the
      // current one.
      if ((await store.load()) === null) await store.save(content);
    } catch {
      // Ignore the error: the current store has the state, and a copy that is left in a previous store does no harm.
    }
  }

  async #read(previous: readonly P[], hasOwn: boolean): Promise<{ from: P; content: T }[]> {
    const found = [];
    for (const from of previous) {
      try {
        const content = await from.store.load();
        if (content !== null) found.push({ from, content });
      } catch (error) {
        if (from.mayBeUnused === true && hasOwn) continue;
        const { message } = toCozifyError(error, 'COZIFY_STORE');
        throw new CozifyError('COZIFY_STORE', `The previous store has to be read first. ${message}`);
      }
    }
    return found;
  }
}
