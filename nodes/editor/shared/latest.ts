// Recognises answers to requests that are out of date.
/** Recognises answers that are out of date, because a newer request was sent or another account was chosen since. */
export class Latest {
  readonly #isOver: () => boolean;
  #epoch = 0;

  /** `isOver`: returns true if no answer is needed any more, for example because the dialog has closed. */
  constructor(isOver: () => boolean = () => false) {
    this.#isOver = isOver;
  }

  /**
   * Starts a request that supersedes the earlier ones. Returns a function that checks whether its answer is still
   * needed.
   */
  ask(): () => boolean {
    this.drop();
    return this.join();
  }

  /**
   * Starts a request that does not supersede the earlier ones. Returns a function that checks whether its answer is
   * still needed.
   */
  join(): () => boolean {
    const epoch = this.#epoch;
    return () => epoch === this.#epoch && !this.#isOver();
  }

  /** Marks the answers to all running requests as out of date. */
  drop(): void {
    this.#epoch += 1;
  }
}
