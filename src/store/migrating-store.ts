import { isDeepStrictEqual } from 'node:util';
import { KeyedMutex } from '../async/keyed-mutex.js';
import { CozifyError, toCozifyError } from '../errors.js';
import type { SaveOptions, Store } from './store.js';

/** Where something may lie that a store is to take over. */
export interface PreviousStore<T> {
  store: Store<T>;
  /**
   * Nothing tells that anything ever lay there. While it can't be read, what the store has itself is good enough;
   * otherwise only this one knows whether there is something later.
   */
  isDoubtful?: boolean;
}

/** The store in use, and where the state may have been before. */
export interface MigratingStoreOptions<T, P extends PreviousStore<T> = PreviousStore<T>> {
  store: Store<T>;
  /** The stores that were chosen before, asked for at each attempt to take over what lies there. */
  previous: () => Promise<readonly P[]>;
  /** What counts when both have something: what is the later of the two, wherever it lies. */
  merge: (own: T, theirs: T) => T;
  /** Does the taking over, one at a time: the second would find nothing where the first has just taken it away. */
  inTurn?: <R>(work: () => Promise<R>) => Promise<R>;
  /** Called once, when the store itself has all that counts: removes what was found in previous ones. */
  letGo: (found: readonly P[]) => Promise<void>;
}

/**
 * A store that, when first read, takes over what lies in the stores that were chosen before it, so that choosing
 * another one costs nothing. Until each of them can be read it can't be read itself (`COZIFY_STORE`): what it has may
 * be old, or nothing.
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
    const { inTurn = (work) => this.#mutex.runExclusive('', work) } = this.#options;
    return inTurn(() => this.#takeOver());
  }

  save(content: T, options?: SaveOptions): Promise<void> {
    return this.#options.store.save(content, options);
  }

  remove(): Promise<void> {
    return this.#options.store.remove();
  }

  async #takeOver(): Promise<T | null> {
    const { store, merge } = this.#options;
    if (this.#isDone) return store.load();
    const previous = await this.#options.previous();
    const own = await store.load();
    const found = await this.#read(previous, own !== null);
    const merged = found.reduce<T | null>(
      (latest, { content }) => (latest === null ? content : merge(latest, content)),
      own,
    );
    // There first, and only then away from where it was: a power cut in between leaves two rather than none.
    if (merged !== null && !isDeepStrictEqual(merged, own)) await store.save(merged);
    this.#isDone = true;
    await this.#letGo(
      found.map(({ from }) => from),
      merged,
    );
    return merged;
  }

  async #letGo(found: readonly P[], content: T | null): Promise<void> {
    const { store, letGo } = this.#options;
    try {
      await letGo(found);
      if (found.length === 0 || content === null) return;
      // Two names may stand for one place: then it is gone from there as well.
      if ((await store.load()) === null) await store.save(content);
    } catch {
      // It lies where it belongs, and maybe still where it was.
    }
  }

  async #read(previous: readonly P[], hasOwn: boolean): Promise<{ from: P; content: T }[]> {
    const found = [];
    for (const from of previous) {
      try {
        const content = await from.store.load();
        if (content !== null) found.push({ from, content });
      } catch (error) {
        if (from.isDoubtful === true && hasOwn) continue;
        const { message } = toCozifyError(error, 'COZIFY_STORE');
        throw new CozifyError('COZIFY_STORE', `The previous store has to be read first. ${message}`);
      }
    }
    return found;
  }
}
