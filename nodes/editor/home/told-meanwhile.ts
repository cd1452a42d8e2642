import type { Thing } from '../picker/things-api.js';

/** What the feed tells while lists are asked for: their answers may be older. */
export class ToldMeanwhile {
  readonly #states = new Map<string, Thing['state']>();
  #lists = 0;

  /** A thing, by its key, is so now. */
  note(key: string, state: Thing['state']): void {
    if (this.#lists > 0) this.#states.set(key, state);
  }

  /** What was told of a thing since the first of the lists that are asked for now. */
  of(key: string): Thing['state'] | undefined {
    return this.#states.get(key);
  }

  /** Until a list that was just asked for is drawn. */
  async during<T>(list: Promise<T>): Promise<T> {
    this.#lists += 1;
    try {
      return await list;
    } finally {
      this.#lists -= 1;
      if (this.#lists === 0) this.#states.clear();
    }
  }
}
