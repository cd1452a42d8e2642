// Check for answers that are out of date.
/** Recognises answers that are out of date, because a newer request or another account has replaced theirs. */
export class Latest {
  readonly #isOver: () => boolean;
  #epoch = 0;

  /** `isOver`: whether no answer is of use any more, as after a dialog has closed. */
  constructor(isOver: () => boolean = () => false) {
    this.#isOver = isOver;
  }

  /** Notes a request that replaces the earlier ones. Returns whether its answer is still of use. */
  ask(): () => boolean {
    this.drop();
    return this.join();
  }

  /** Notes a request beside the earlier ones. Returns whether its answer is still of use. */
  join(): () => boolean {
    const epoch = this.#epoch;
    return () => epoch === this.#epoch && !this.#isOver();
  }

  /** Makes all running requests out of date. */
  drop(): void {
    this.#epoch += 1;
  }
}
