// Recognises answers that are out of date.
/** Recognises answers that are out of date, because a newer request was sent or another account was chosen since. */
export class Latest {
  readonly #isOver: () => boolean;
  #epoch = 0;

  /** `isOver`: returns whether all answers are of no use, for example because the dialog has closed. */
  constructor(isOver: () => boolean = () => false) {
    this.#isOver = isOver;
  }

  /**
   * Starts a request that replaces the earlier ones. Returns a function that checks whether its answer is still of use.
   */
  ask(): () => boolean {
    this.drop();
    return this.join();
  }

  /** Starts a request beside the earlier ones. Returns a function that checks whether its answer is still of use. */
  join(): () => boolean {
    const epoch = this.#epoch;
    return () => epoch === this.#epoch && !this.#isOver();
  }

  /** Makes all running requests out of date. */
  drop(): void {
    this.#epoch += 1;
  }
}
