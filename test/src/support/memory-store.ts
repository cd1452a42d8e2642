import { type SaveOptions, type Store, storeError } from '../../../src/store/store.js';

let made = 0;

/** A store in memory that can be full, unreachable, slow or late. */
export class MemoryStore<T> implements Store<T> {
  readonly identity = `memory ${++made}`;
  isShared = false;
  /** The content as JSON text, so that it shares no objects with the caller. */
  text: string | undefined;
  saves = 0;
  lastOptions: SaveOptions = {};
  isFull = false;
  isAway = false;
  /** Whether a save writes the content and then fails, as if the store had answered after the deadline. */
  isTooLate = false;
  /** Loads and saves wait for this promise. */
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

  /** Returns a store with the same content, as another process uses it. Each of the two can fail alone. */
  twin(): MemoryStore<T> {
    const twin = new MemoryStore<T>();
    twin.isShared = this.isShared;
    const set = (text: string | undefined): void => void (this.text = text);
    Object.defineProperty(twin, 'text', { get: () => this.text, set });
    return twin;
  }

  get content(): T | null {
    return this.text === undefined ? null : (JSON.parse(this.text) as T);
  }

  /** Sets the content, as an earlier process would. */
  put(content: T): void {
    this.text = JSON.stringify(content);
  }
}
