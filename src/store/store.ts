import { CozifyError } from '../errors.js';

/** Where something lasting is kept. Every failure is a `COZIFY_STORE`. */
export interface Store<T> {
  /** Tells stores of the same thing apart from all others in this process. */
  readonly identity: string;
  /** Other processes may write to it: it is read again before what it said is relied on for long. */
  readonly isShared?: boolean;
  /** What is kept there ends with the process, as was wished: it fails nothing, and counts as not saved. */
  readonly isVolatile?: boolean;
  /**
   * What was saved last, or `null` when nothing is there. Throws when it can't be read or was written by a later
   * version: that is not the same as nothing. What is beyond repair is set aside, said in the log, and gives `null`.
   */
  load(): Promise<T | null>;
  /** Resolves when `content` is durably kept. Throws otherwise; then what was kept before still is. */
  save(content: T, options?: SaveOptions): Promise<void>;
  /** Removes it with every copy. */
  remove(): Promise<void>;
}

/** How something is saved. */
export interface SaveOptions {
  /** Leave no earlier copy behind: for a reset, after which no old token may come back. */
  isFinal?: boolean;
}

/** Lines for the log of the host. They hold no secrets. */
export interface Log {
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}

/** A `COZIFY_STORE` that says what failed, with the code of the file system where there is one. */
export function storeError(what: string, cause?: unknown): CozifyError {
  const { code } = (cause ?? {}) as { code?: unknown };
  return new CozifyError('COZIFY_STORE', typeof code === 'string' ? `${what} (${code}).` : `${what}.`);
}

/** For a program that wants nothing kept beyond its own life. */
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

/** For a host that has no directory to write to, though it should: everything is kept in memory only, and `saved` says so. */
export function createNoStore<T>(identity: string): Store<T> {
  return {
    identity,
    load: () => Promise.resolve(null),
    save: () => Promise.reject(storeError('There is no user directory, so nothing can be saved')),
    remove: () => Promise.resolve(),
  };
}
