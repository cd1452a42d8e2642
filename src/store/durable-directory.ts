import type * as promises from 'node:fs/promises';
import { join } from 'node:path';
import { storeError } from './store.js';

/** The file system, handed in so that tests can fill the disk. */
export type FileSystem = Pick<
  typeof promises,
  'open' | 'readFile' | 'rename' | 'link' | 'copyFile' | 'unlink' | 'mkdir' | 'lstat' | 'chmod' | 'readdir'
>;

/** Names one temporary file after another, so that no two writers of this process share one. */
let writes = 0;

/**
 * Files of one directory that are whole or absent, whenever the power goes: a text is written to a temporary file,
 * checked, forced to the disk, and only then takes its name.
 */
export class DurableDirectory {
  readonly path: string;
  readonly #fs: FileSystem;

  constructor(path: string, fs: FileSystem) {
    this.path = path;
    this.#fs = fs;
  }

  /** The text of a file, or `undefined` when there is none. */
  async read(name: string): Promise<string | undefined> {
    try {
      return await this.#fs.readFile(this.#at(name), 'utf8');
    } catch (error) {
      if (isCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  async list(): Promise<string[]> {
    try {
      return await this.#fs.readdir(this.path);
    } catch (error) {
      if (isCode(error, 'ENOENT')) return [];
      throw error;
    }
  }

  /** Whether the directory is there. One that is a link is refused: it would lead the secrets elsewhere. */
  async exists(): Promise<boolean> {
    try {
      const stats = await this.#fs.lstat(this.path);
      if (stats.isDirectory()) return true;
    } catch (error) {
      if (isCode(error, 'ENOENT')) return false;
      throw error;
    }
    throw storeError(`${this.path} should be a directory of its own, but is a link or a file`);
  }

  /** Makes the directory if needed, for its owner alone. */
  async prepare(): Promise<void> {
    if (!(await this.exists())) await this.#fs.mkdir(this.path, { recursive: true, mode: 0o700 });
    const { mode } = await this.#fs.lstat(this.path);
    if ((mode & 0o077) !== 0) await this.#fs.chmod(this.path, 0o700);
  }

  /** Writes a temporary file that is on the disk when this resolves, and gives its name. On failure none is left. */
  async writeTemporary(name: string, text: string): Promise<string> {
    const temporary = `${name}.${process.pid}-${++writes}.tmp`;
    try {
      const file = await this.#fs.open(this.#at(temporary), 'wx', 0o600);
      try {
        await file.writeFile(text, 'utf8');
        const { size } = await file.stat();
        if (size !== Buffer.byteLength(text)) throw storeError(`only ${size} bytes of ${temporary} could be written`);
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (error) {
      await this.removeIfThere(temporary).catch(() => undefined);
      throw error;
    }
    return temporary;
  }

  /** Gives a file another name, replacing what has it. */
  async rename(from: string, to: string): Promise<void> {
    await this.#fs.rename(this.#at(from), this.#at(to));
  }

  /** Gives a file a second name, or throws `EEXIST`. Where the file system knows no links, a copy is made. */
  async keepAs(from: string, to: string): Promise<void> {
    try {
      await this.#fs.link(this.#at(from), this.#at(to));
    } catch (error) {
      if (!isCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) throw error;
      await this.#fs.copyFile(this.#at(from), this.#at(to), EXCLUSIVE);
    }
  }

  async removeIfThere(name: string): Promise<void> {
    try {
      await this.#fs.unlink(this.#at(name));
    } catch (error) {
      if (!isCode(error, 'ENOENT')) throw error;
    }
  }

  /** Forces names, not only contents, to the disk. Some systems can't, and need not. */
  async sync(): Promise<void> {
    if (process.platform === 'win32') return;
    const directory = await this.#fs.open(this.path, 'r');
    try {
      await directory.sync();
    } catch (error) {
      if (!isCode(error, 'EINVAL', 'ENOTSUP')) throw error;
    } finally {
      await directory.close();
    }
  }

  /** Takes away access for others, where a file was created or restored with too much. */
  async protect(name: string): Promise<void> {
    const { mode } = await this.#fs.lstat(this.#at(name));
    // What a link points at is somebody else's.
    const isLink = (mode & TYPE_MASK) === LINK;
    if (!isLink && (mode & 0o077) !== 0) await this.#fs.chmod(this.#at(name), 0o600);
  }

  #at(name: string): string {
    return join(this.path, name);
  }
}

/** `fs.constants.S_IFMT` and `fs.constants.S_IFLNK`. */
const TYPE_MASK = 0o170000;
const LINK = 0o120000;

/** `fs.constants.COPYFILE_EXCL`. */
const EXCLUSIVE = 1;

export function isCode(error: unknown, ...codes: string[]): boolean {
  return codes.includes((error as { code?: string } | undefined)?.code ?? '');
}

/** Whether the process that wrote a temporary file can still be writing it. */
export function isWriterAlive(temporary: string): boolean {
  const pid = Number(/\.(\d+)-\d+\.tmp$/.exec(temporary)?.[1]);
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, 'EPERM');
  }
}
