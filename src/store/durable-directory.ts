import { randomInt } from 'node:crypto';
import * as promises from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Log, storeError } from './store.js';

/** The file system functions in use. Can be replaced, for example to simulate a full disk. */
export type FileSystem = Pick<
  typeof promises,
  'open' | 'readFile' | 'rename' | 'link' | 'unlink' | 'mkdir' | 'lstat' | 'chmod' | 'readdir'
>;

/** The operating system and the process. Can be replaced to act as another system or process. */
export interface Host {
  platform: NodeJS.Platform;
  /**
   * Eight digits that distinguish this process from other processes with the same pid: earlier processes, or processes
   * in other containers.
   */
  life: string;
  pause(delayMs: number): Promise<unknown>;
}

/** Delays between attempts on Windows, in milliseconds. A virus scanner or a backup may lock a file for a moment. */
const BUSY_RETRIES_MS = [10, 40, 100, 250, 600];

/** Error codes for fsync of a file, on file systems that have no fsync. */
const NO_SYNC = ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];
/** Error codes for fsync of a directory, on systems that can't sync directories. */
const NO_DIRECTORY_SYNC = [...NO_SYNC, 'EPERM', 'EISDIR', 'EACCES', 'EBADF'];

/** The last eight digits of the start time of this process, in milliseconds since 1970. */
const LIFE = String(Math.floor(performance.timeOrigin) % 1e8).padStart(8, '0');

/** The file that keeps the directory out of a surrounding git repository. */
const GITIGNORE = '.gitignore';

/**
 * A directory whose files are complete or absent after a power loss. Each text is written to a temporary file, checked
 * and synced; then the file is renamed. Links, modes and fsync are optional, because some file systems don't have them.
 */
export class DurableDirectory {
  readonly path: string;
  readonly #log: Log;
  readonly #fs: FileSystem;
  readonly #host: Host;
  readonly #warned = new Set<string>();
  #isKeptFromGit = false;

  constructor(path: string, log: Log, fs: FileSystem = promises, host: Partial<Host> = {}) {
    this.path = path;
    this.#log = log;
    this.#fs = fs;
    this.#host = { platform: process.platform, life: LIFE, pause: (delayMs) => sleep(delayMs), ...host };
  }

  /** Returns the text of a file, or `undefined` if there is none. */
  async read(name: string): Promise<string | undefined> {
    return (await this.readBytes(name))?.toString('utf8');
  }

  /** Returns the bytes of a file, or `undefined` if there is none. */
  async readBytes(name: string): Promise<Buffer | undefined> {
    try {
      return await this.#fs.readFile(this.#at(name));
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

  /**
   * Whether the directory exists. Throws if its path is a link, because the secrets would then be written to another
   * place.
   */
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

  /** Creates the directory if needed, readable by its owner only, and keeps it out of git. */
  async prepare(): Promise<void> {
    const isNew = !(await this.exists());
    if (isNew) await this.#fs.mkdir(this.path, { recursive: true, mode: 0o700 });
    const { mode } = await this.#fs.lstat(this.path);
    if ((mode & 0o077) !== 0) await this.#restrict(this.path, 0o700);
    if (isNew || !this.#isKeptFromGit) await this.#keepFromGit();
  }

  /** Writes and syncs a temporary file and returns its name. Removes the file if that fails. */
  async writeTemporary(name: string, content: string | Buffer): Promise<string> {
    const temporary = `${name}.${process.pid}-${this.#host.life}${randomInt(1e6, 1e7)}.tmp`;
    try {
      const file = await this.#fs.open(this.#at(temporary), 'wx', 0o600);
      try {
        await file.writeFile(content, 'utf8');
        const { size } = await file.stat();
        if (size !== Buffer.byteLength(content))
          throw storeError(`only ${size} bytes of ${temporary} could be written`);
        await file.sync().catch(unlessCode(...NO_SYNC));
      } finally {
        await file.close();
      }
    } catch (error) {
      await this.removeIfThere(temporary).catch(() => undefined);
      throw error;
    }
    return temporary;
  }

  /** Whether the process that made a temporary file is still running and may still be writing it. */
  isWriterAlive(temporary: string): boolean {
    const [, number, rest] = /\.(\d+)-(\d+)\.tmp$/.exec(temporary) ?? [];
    const pid = Number(number);
    if (!Number.isSafeInteger(pid) || pid <= 0) return false;
    if (pid === process.pid) return rest?.startsWith(this.#host.life) === true;
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      return isCode(error, 'EPERM');
    }
  }

  /** Renames a file. Replaces an existing file with the new name. */
  async rename(from: string, to: string): Promise<void> {
    await this.#retryWhileBusy(() => this.#fs.rename(this.#at(from), this.#at(to)));
  }

  /**
   * Stores the content of a file under a second name as well: as a hard link, or as a copy if the file system has no
   * links.
   */
  async keepAs(from: string, to: string): Promise<void> {
    await this.removeIfThere(to);
    try {
      await this.#fs.link(this.#at(from), this.#at(to));
    } catch (error) {
      // Another process has just created this link.
      if (isCode(error, 'EEXIST')) return;
      if (isCode(error, 'ENOSPC', 'EIO')) throw error;
      const content = await this.readBytes(from);
      if (content !== undefined) await this.putAs(await this.writeTemporary(from, content), to);
    }
  }

  /** Renames a temporary file to its final name. Removes it if that fails. */
  async putAs(temporary: string, name: string): Promise<void> {
    try {
      await this.rename(temporary, name);
    } catch (error) {
      await this.removeIfThere(temporary).catch(() => undefined);
      throw error;
    }
  }

  async removeIfThere(name: string): Promise<void> {
    await this.#retryWhileBusy(() => this.#fs.unlink(this.#at(name))).catch(unlessCode('ENOENT'));
  }

  /**
   * Syncs the directory, so that the names are on the disk as well as the contents. Never throws: some systems can't
   * sync a directory. Any other failure is only logged, because the renamed file is still there.
   */
  async sync(): Promise<void> {
    if (this.#host.platform === 'win32') return;
    try {
      const directory = await this.#fs.open(this.path, 'r');
      try {
        await directory.sync();
      } finally {
        await directory.close();
      }
    } catch (error) {
      if (isCode(error, ...NO_DIRECTORY_SYNC)) return;
      this.#log.warn(`The disk has not confirmed the changes in ${this.path}${inBrackets(error)}.`);
    }
  }

  /** Removes other users' access to a file, because a backup may have restored the file with too many permissions. */
  async protect(name: string): Promise<void> {
    const { mode } = await this.#fs.lstat(this.#at(name));
    // Keep the permissions of a link, because its target may belong to another program.
    const isLink = (mode & TYPE_MASK) === LINK;
    if (!isLink && (mode & 0o077) !== 0) await this.#restrict(this.#at(name), 0o600);
  }

  /** Waits before another attempt. */
  async pause(delayMs: number): Promise<void> {
    await this.#host.pause(delayMs);
  }

  /**
   * Changes the permissions of a file or directory. Only logs a warning on failure: the file may belong to another
   * user, or the file system may have no permissions.
   */
  async #restrict(path: string, mode: number): Promise<void> {
    try {
      await this.#fs.chmod(path, mode);
    } catch (error) {
      this.#warnOnce(`Others may have access to ${this.path}, and it can't be taken away${inBrackets(error)}.`, 'mode');
    }
  }

  /**
   * Writes a `.gitignore`, because Node-RED's user directory may be in a git repository, which would otherwise include
   * the state and the key. Keeps an existing file.
   */
  async #keepFromGit(): Promise<void> {
    try {
      const text = await this.read(GITIGNORE);
      // A process that was killed between creating and filling the file leaves an empty one.
      if (text === '') await this.removeIfThere(GITIGNORE);
      if (text === undefined || text === '') {
        const file = await this.#fs.open(this.#at(GITIGNORE), 'wx', 0o600);
        try {
          await file.writeFile('*\n', 'utf8');
        } finally {
          await file.close();
        }
      }
      this.#isKeptFromGit = true;
    } catch (error) {
      // Another process has just created the file.
      if (isCode(error, 'EEXIST')) return;
      this.#warnOnce(`${this.#at(GITIGNORE)} can't be written${inBrackets(error)}: keep the files out of git.`, 'git');
    }
  }

  /** Repeats the work on Windows while a virus scanner or a backup holds the file. */
  async #retryWhileBusy(work: () => Promise<void>): Promise<void> {
    for (const delayMs of this.#host.platform === 'win32' ? BUSY_RETRIES_MS : []) {
      try {
        return await work();
      } catch (error) {
        if (!isCode(error, 'EPERM', 'EACCES', 'EBUSY')) throw error;
        await this.pause(delayMs);
      }
    }
    await work();
  }

  #warnOnce(line: string, about: string): void {
    if (!this.#warned.has(about)) this.#log.warn(line);
    this.#warned.add(about);
  }

  #at(name: string): string {
    return join(this.path, name);
  }
}

/** The bits of a file's mode that contain its type, `fs.constants.S_IFMT`. */
const TYPE_MASK = 0o170000;
/** The type of a symbolic link, `fs.constants.S_IFLNK`. */
const LINK = 0o120000;

/** Returns a handler for `catch` that rethrows an error unless it has one of these codes. */
function unlessCode(...codes: string[]): (error: unknown) => void {
  return (error) => {
    if (!isCode(error, ...codes)) throw error;
  };
}

function inBrackets(error: unknown): string {
  const { code } = error as { code?: string };
  return code === undefined ? '' : ` (${code})`;
}

/** Whether an error has one of these codes, such as `ENOENT`. */
export function isCode(error: unknown, ...codes: string[]): boolean {
  return codes.includes((error as { code?: string } | undefined)?.code ?? '');
}

/** Returns a name under which a damaged file is kept, such as `key.bad-1772000000000-12345`. */
export function asideNameOf(name: string): string {
  return `${name}.bad-${Date.now()}-${randomInt(1e9)}`;
}
