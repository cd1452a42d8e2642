/** An answer that is held until the test releases it or the server closes. */
export class HeldAnswer {
  #isAsked = false;
  #release: () => void = () => undefined;
  readonly #released = new Promise<void>((resolve) => (this.#release = resolve));

  /** Whether the request has arrived. If the fault has `after`, the request has then also been carried out. */
  get isAsked(): boolean {
    return this.#isAsked;
  }

  release(): void {
    this.#release();
  }

  /** Resolves when the answer is released. Rejects if `signal` is aborted first. */
  async wait(signal: AbortSignal): Promise<void> {
    this.#isAsked = true;
    signal.throwIfAborted();
    const closed = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('The server closes.')), { once: true });
    });
    await Promise.race([this.#released, closed]);
  }
}
