import * as promises from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { FileSystem } from '../../../src/store/durable-directory.js';

type AnyFunction = (...args: never[]) => Promise<unknown>;

/**
 * The real file system, but calls can hang as on a broken network share. Hanging calls finish when the share is back.
 */
export class HangingFs {
  /** Calls that have hung, such as `readFile /…/a1.json`. */
  readonly hung: string[] = [];
  #isHanging: (call: string) => boolean = () => false;
  #release: () => void = () => undefined;
  #back: Promise<void> = Promise.resolve();

  readonly fs: FileSystem = {
    readFile: this.#wrap<typeof promises.readFile>('readFile', promises.readFile),
    rename: this.#wrap('rename', promises.rename),
    link: this.#wrap('link', promises.link),
    unlink: this.#wrap('unlink', promises.unlink),
    mkdir: this.#wrap<typeof promises.mkdir>('mkdir', promises.mkdir),
    lstat: this.#wrap<typeof promises.lstat>('lstat', promises.lstat),
    chmod: this.#wrap('chmod', promises.chmod),
    readdir: this.#wrap<typeof promises.readdir>('readdir', promises.readdir),
    open: async (...args) => {
      await this.#pass(`open ${String(args[0])}`);
      return this.#wrapHandle(await promises.open(...args), String(args[0]));
    },
  };

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

  async #pass(call: string): Promise<void> {
    if (!this.#isHanging(call)) return;
    this.hung.push(call);
    await this.#back;
  }

  #wrap<F extends AnyFunction>(name: string, real: F): F {
    const wrapped = async (...args: never[]): Promise<unknown> => {
      await this.#pass(`${name} ${String(args[0])}`);
      return real(...args);
    };
    return wrapped as F;
  }

  #wrapHandle(file: FileHandle, path: string): FileHandle {
    const wrap = (name: 'writeFile' | 'stat' | 'sync' | 'close'): AnyFunction => {
      const real = (file[name] as AnyFunction).bind(file);
      return async (...args) => {
        await this.#pass(`file.${name} ${path}`);
        return real(...args);
      };
    };
    const handle = { writeFile: wrap('writeFile'), stat: wrap('stat'), sync: wrap('sync'), close: wrap('close') };
    return handle as unknown as FileHandle;
  }
}
