import { FaultyFs } from './faulty-fs.js';

/**
 * The real file system, but calls can hang as on a broken network share. Hanging calls finish when the share is back.
 */
export class HangingFs {
  /** Calls that have hung, such as `readFile /…/a1.json`. */
  readonly hung: string[] = [];
  #isHanging: (call: string) => boolean = () => false;
  #release: () => void = () => undefined;
  #back: Promise<void> = Promise.resolve();

  readonly fs = new FaultyFs(async (step, path) => {
    if (!this.#isHanging(`${step} ${path}`)) return;
    this.hung.push(`${step} ${path}`);
    await this.#back;
  }).fs;

  /** Makes matching calls hang; by default all calls. */
  hang(which: (call: string) => boolean = () => true): void {
    this.#isHanging = which;
    this.#back = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  /** Brings the share back: all hanging calls continue. */
  comeBack(): void {
    this.#isHanging = () => false;
    this.#release();
  }
}
