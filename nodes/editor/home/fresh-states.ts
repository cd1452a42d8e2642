import type { Thing } from '../picker/things-api.js';

/** The feed's states that arrived during requests for lists, whose answers may be older. */
export class FreshStates {
  readonly #states = new Map<string, Thing['state']>();
  #lists = 0;

  /** Stores the state of a thing, by key. */
  note(key: string, state: Thing['state']): void {
    if (this.#lists > 0) this.#states.set(key, state);
  }

  /** Returns the state of a thing that arrived since the oldest running request. */
  of(key: string): Thing['state'] | undefined {
    return this.#states.get(key);
  }

  /** Keeps states until a request for a list has been drawn. */
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
