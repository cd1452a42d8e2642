import { type SaveOptions, type Store, storeError } from '../../../src/store/store.js';

let made = 0;

/** A store whose disk can be filled, taken away, or slowed down. */
export class MemoryStore<T> implements Store<T> {
  readonly identity = `memory ${++made}`;
  isShared = false;
  /** What lies there, as text: nothing is shared with whoever saved it. */
  text: string | undefined;
  saves = 0;
  lastOptions: SaveOptions = {};
  isFull = false;
  isAway = false;
  /** It keeps what it is given, and fails all the same, as one that answers too late. */
  isTooLate = false;
  /** Loading and saving wait for this. */
  gate: Promise<void> = Promise.resolve();

  async load(): Promise<T | null> {
    await this.gate;
    if (this.isAway) throw storeError("The store can't be read", { code: 'EIO' });
    return this.content;
  }

  async save(content: T, options: SaveOptions = {}): Promise<void> {
    await this.gate;
    if (this.isFull) throw storeError("The store can't be saved", { code: 'ENOSPC' });
    this.saves += 1;
    this.lastOptions = options;
    this.text = JSON.stringify(content);
    if (this.isTooLate) throw storeError('The store took too long');
  }

  remove(): Promise<void> {
    this.text = undefined;
    return Promise.resolve();
  }

  get content(): T | null {
    return this.text === undefined ? null : (JSON.parse(this.text) as T);
  }

  /** Puts something there, as an earlier process did. */
  put(content: T): void {
    this.text = JSON.stringify(content);
  }
}
