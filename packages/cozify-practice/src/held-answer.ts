/** An answer that waits until a test lets it go, or until the server closes. */
export class HeldAnswer {
  #isAsked = false;
  #release: () => void = () => undefined;
  readonly #released = new Promise<void>((resolve) => (this.#release = resolve));

  /** Whether the request has come and, with `after`, its work is done. */
  get isAsked(): boolean {
    return this.#isAsked;
  }

  release(): void {
    this.#release();
  }

  /** Waits for the release; rejects when `signal` is aborted first. */
  async wait(signal: AbortSignal): Promise<void> {
    this.#isAsked = true;
    signal.throwIfAborted();
    const closed = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('The server closes.')), { once: true });
    });
    await Promise.race([this.#released, closed]);
  }
}
