import * as promises from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { FileSystem } from '../../../src/store/durable-directory.js';

/** A disk fault: an error code, a short write, or the end of the process, after which every step fails. */
export type DiskFault = `E${string}` | 'short write' | 'kill';

type AnyFunction = (...args: never[]) => Promise<unknown>;

const HANDLE_STEPS = ['writeFile', 'stat', 'sync', 'close'] as const;

/** The real file system, which also records its calls (steps) and can fail chosen steps. */
export class FaultyFs {
  /** The steps so far, such as `open` or `file.sync`; steps on directories are `directory.open` and so on. */
  readonly steps: string[] = [];
  #fault: { at: (step: string, place: number) => boolean; what: DiskFault } | undefined;
  #isDead = false;
  readonly #wait: ((step: string, path: string) => Promise<void>) | undefined;

  /** `wait` may delay each step. */
  constructor(wait?: (step: string, path: string) => Promise<void>) {
    this.#wait = wait;
  }

  /** Fails the step with this number, counted from 0. */
  failAt(place: number, fault: DiskFault): this {
    this.#fault = { at: (_step, now) => now === place, what: fault };
    return this;
  }

  /** Fails each step of this name. */
  failOn(name: string, fault: DiskFault): this {
    this.#fault = { at: (step) => step === name, what: fault };
    return this;
  }

  heal(): void {
    this.#fault = undefined;
    this.#isDead = false;
  }

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
      const [path, flags] = args;
      const isDirectory = flags === 'r';
      const step = isDirectory ? 'directory.open' : 'open';
      await this.#wait?.(step, String(path));
      this.#step(step);
      return this.#wrapHandle(await promises.open(...args), isDirectory ? 'directory' : 'file', String(path));
    },
  };

  #wrap<F extends AnyFunction>(name: string, real: F): F {
    const wrapped = async (...args: never[]): Promise<unknown> => {
      await this.#wait?.(name, String(args[0]));
      this.#step(name);
      return real(...args);
    };
    return wrapped as F;
  }

  #wrapHandle(file: FileHandle, kind: 'file' | 'directory', path: string): FileHandle {
    const wrapped: Record<string, unknown> = {};
    for (const name of HANDLE_STEPS) {
      const real = (file[name] as AnyFunction).bind(file) as (...args: unknown[]) => Promise<unknown>;
      wrapped[name] = async (...args: unknown[]): Promise<unknown> => {
        await this.#wait?.(`${kind}.${name}`, path);
        try {
          this.#step(`${kind}.${name}`);
        } catch (error) {
          // Close the descriptor, otherwise it outlives the test.
          if (name === 'close') await file.close();
          if (name !== 'writeFile' || (error as Error).message !== 'short write') throw error;
          const [text = ''] = args as [string | Buffer];
          return real(text.slice(0, text.length / 2));
        }
        return real(...args);
      };
    }
    return wrapped as unknown as FileHandle;
  }

  #step(name: string): void {
    if (this.#isDead) throw Object.assign(new Error('the process is dead'), { code: 'EDEAD' });
    const place = this.steps.push(name) - 1;
    const fault = this.#fault;
    if (fault?.at(name, place) !== true) return;
    if (fault.what === 'kill') this.#isDead = true;
    if (fault.what === 'short write' && name !== 'file.writeFile') return;
    throw Object.assign(new Error(fault.what), { code: fault.what === 'kill' ? 'EDEAD' : fault.what });
  }
}
