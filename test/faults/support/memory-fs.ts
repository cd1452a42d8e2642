import type { FileSystem } from '../../../src/store/durable-directory.js';

interface MemoryFile {
  bytes: Buffer;
}

type Work = (...args: never[]) => unknown;

/** A disk in memory. It can be full, and keeps its files when a process dies; see {@link MemoryDisk.mount}. */
export class MemoryDisk {
  readonly files = new Map<string, MemoryFile>();
  readonly #directories = new Set<string>();
  isFull = false;
  /** Whether the disk supports hard links. */
  hasLinks = true;
  /** Whether file names are case-insensitive, as on macOS and Windows. */
  ignoresCase = false;

  /** Returns the text of a file; `undefined` if there is no such file. */
  read(path: string): string | undefined {
    return this.files.get(path)?.bytes.toString('utf8');
  }

  write(path: string, content: string | Buffer): void {
    this.files.set(path, { bytes: Buffer.from(content) });
  }

  /** Returns a copy of the disk, for reads that must not change it. */
  copy(): MemoryDisk {
    const copy = new MemoryDisk();
    for (const [path, { bytes }] of this.files) copy.write(path, bytes);
    for (const path of this.#directories) copy.#directories.add(path);
    return copy;
  }

  /** Returns the file system of one process. `beforeStep` runs before each operation, and may delay it or throw. */
  mount(beforeStep: () => void | Promise<void> = () => undefined): FileSystem {
    const step =
      <F extends Work>(work: F) =>
      (...args: Parameters<F>): Promise<unknown> =>
        Promise.resolve().then(async () => {
          await beforeStep();
          return work(...(this.ignoresCase ? (args.map(lowerCasePath) as Parameters<F>) : args));
        });
    const at = (path: string): MemoryFile => this.files.get(path) ?? fail('ENOENT');
    const fs = {
      readFile: step((path: string) => Buffer.from(at(path).bytes)),
      rename: step((from: string, to: string) => {
        this.files.set(to, at(from));
        if (from !== to) this.files.delete(from);
      }),
      link: step((from: string, to: string) => {
        if (!this.hasLinks) fail('EPERM');
        if (this.files.has(to)) fail('EEXIST');
        this.files.set(to, at(from));
      }),
      unlink: step((path: string) => void (this.files.delete(path) || fail('ENOENT'))),
      mkdir: step((path: string) => void this.#directories.add(path)),
      chmod: step(() => undefined),
      lstat: step((path: string) => {
        const isDirectory = this.#directories.has(path);
        if (!isDirectory) at(path);
        return { isDirectory: () => isDirectory, mode: isDirectory ? 0o40700 : 0o100600 };
      }),
      readdir: step((path: string) => {
        if (!this.#directories.has(path)) fail('ENOENT');
        return [...this.files.keys()]
          .filter((name) => name.startsWith(`${path}/`))
          .map((name) => name.slice(path.length + 1));
      }),
      open: step((path: string, flags: string) => this.#open(path, flags, step)),
    };
    return fs as unknown as FileSystem;
  }

  #open(path: string, flags: string, step: (work: Work) => Work): unknown {
    if (flags === 'r') return { sync: step(() => undefined), close: step(() => undefined) };
    if (this.files.has(path)) fail('EEXIST');
    const file: MemoryFile = { bytes: Buffer.alloc(0) };
    this.files.set(path, file);
    return {
      writeFile: step((text: string) => {
        file.bytes = Buffer.from(this.isFull ? text.slice(0, text.length / 2) : text);
        if (this.isFull) fail('ENOSPC');
      }),
      stat: step(() => ({ size: file.bytes.length })),
      sync: step(() => undefined),
      close: step(() => undefined),
    };
  }
}

/** Returns a path in lower case, and any other argument unchanged. */
function lowerCasePath(given: unknown): unknown {
  return typeof given === 'string' && given.startsWith('/') ? given.toLowerCase() : given;
}

function fail(code: string): never {
  throw Object.assign(new Error(code), { code });
}
