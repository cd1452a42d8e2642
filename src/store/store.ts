import { CozifyError } from '../errors.js';

/** A place that keeps one value. Each method rejects with `COZIFY_STORE` if it fails. */
export interface Store<T> {
  /**
   * The name of the place where the value is kept. Two stores for the same place in a process have the same identity.
   */
  readonly identity: string;
  /** Whether other processes may write to the store. If so, the value is read again from time to time. */
  readonly isShared?: boolean;
  /**
   * Whether the value is deliberately lost when the process ends. Saving succeeds, but the snapshot's `saved` is
   * `false`.
   */
  readonly isVolatile?: boolean;
  /**
   * Returns the value that was saved last, or `null` if there is none. Throws if the value can't be read or was written
   * by a later version. If the value is damaged beyond repair, sets it aside, logs that, and returns `null`.
   */
  load(): Promise<T | null>;
  /** Resolves when `content` is durably saved. If that fails, throws, and the previous value stays. */
  save(content: T, options?: SaveOptions): Promise<void>;
  /** Removes the value and every copy. */
  remove(): Promise<void>;
}

/** Options of {@link Store.save}. */
export interface SaveOptions {
  /** Whether to remove earlier copies as well. A reset needs this, because otherwise an old token could come back. */
  isFinal?: boolean;
}

/** The host's log. Lines contain no secrets. */
export interface Log {
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}

/** Returns a `COZIFY_STORE` error that says what failed, with the file system's error code if there is one. */
export function storeError(what: string, cause?: unknown): CozifyError {
  const { code } = (cause ?? {}) as { code?: unknown };
  return new CozifyError('COZIFY_STORE', typeof code === 'string' ? `${what} (${code}).` : `${what}.`);
}

/** Returns a store in memory, for a program that saves nothing. */
export function createVolatileStore<T>(identity: string): Store<T> {
  let kept: T | null = null;
  return {
    identity,
    isVolatile: true,
    load: () => Promise.resolve(kept),
    save: (content) => Promise.resolve(void (kept = content)),
    remove: () => Promise.resolve(void (kept = null)),
  };
}

/**
 * Returns a store that keeps nothing and rejects every save, for a host without a user directory. With this store, the
 * snapshot's `saved` is `false`.
 */
export function createNoStore<T>(identity: string): Store<T> {
  return {
    identity,
    load: () => Promise.resolve(null),
    save: () => Promise.reject(storeError('There is no user directory, so nothing can be saved')),
    remove: () => Promise.resolve(),
  };
}
