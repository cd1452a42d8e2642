import { randomInt } from 'node:crypto';
import * as promises from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FileSystem, isCode } from './file-system.js';
import { type Log, storeError } from './store.js';

/** The system around the files, handed in so that tests can be on another one, or another process, and need not wait. */
export interface Host {
  platform: NodeJS.Platform;
  /** Eight digits that tell this process from an earlier one, or one in another container, that has the same number. */
  life: string;
  pause(delayMs: number): Promise<unknown>;
}

/** How long Windows is given, try after try, to let go of a file that somebody looks at. */
const BUSY_RETRIES_MS = [10, 40, 100, 250, 600];

/** What systems answer that know no forcing to the disk; of a directory they put it in more ways. */
const NO_SYNC = ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];
const NO_DIRECTORY_SYNC = [...NO_SYNC, 'EPERM', 'EISDIR', 'EACCES', 'EBADF'];

/** When this process began: the last eight digits of its ms since 1970. */
const LIFE = String(Math.floor(performance.timeOrigin) % 1e8).padStart(8, '0');

/** Keeps everything in the directory out of a repository around it. */
const GITIGNORE = '.gitignore';

/**
 * Files of one directory that are whole or absent, whenever the power goes: a text is written to a temporary file,
 * checked, forced to the disk, and only then takes its name. What a file system can't do (links, modes, forcing) is
 * done without.
 */
export class DurableDirectory {
  readonly path: string;
  readonly #log: Log;
  readonly #fs: FileSystem;
  readonly #host: Host;
  readonly #said = new Set<string>();
  #isKeptFromGit = false;

  constructor(path: string, log: Log, fs: FileSystem = promises, host: Partial<Host> = {}) {
    this.path = path;
    this.#log = log;
    this.#fs = fs;
    this.#host = { platform: process.platform, life: LIFE, pause: (delayMs) => sleep(delayMs), ...host };
  }

  /** The text of a file, or `undefined` when there is none. */
  async read(name: string): Promise<string | undefined> {
    return (await this.readBytes(name))?.toString('utf8');
  }

  /** As {@link read}, byte by byte. */
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

  /** Makes the directory if needed, for its owner alone, and keeps it out of git. */
  async prepare(): Promise<void> {
    const isNew = !(await this.exists());
    if (isNew) await this.#fs.mkdir(this.path, { recursive: true, mode: 0o700 });
    const { mode } = await this.#fs.lstat(this.path);
    if ((mode & 0o077) !== 0) await this.#restrict(this.path, 0o700);
    if (isNew || !this.#isKeptFromGit) await this.#keepFromGit();
  }

  /** Writes a temporary file that is on the disk when this resolves, and gives its name. On failure none is left. */
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

  /** Whether the process that wrote a temporary file can still be writing it, as this one can at another place. */
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

  /** Gives a file another name, replacing what has it. */
  async rename(from: string, to: string): Promise<void> {
    await this.#insist(() => this.#fs.rename(this.#at(from), this.#at(to)));
  }

  /** Gives a file a second name, in place of what has that one. Where the file system makes no link, it is a copy. */
  async keepAs(from: string, to: string): Promise<void> {
    await this.removeIfThere(to);
    try {
      await this.#fs.link(this.#at(from), this.#at(to));
    } catch (error) {
      // Somebody else has just kept it.
      if (isCode(error, 'EEXIST')) return;
      if (isCode(error, 'ENOSPC', 'EIO')) throw error;
      const content = await this.readBytes(from);
      if (content !== undefined) await this.putAs(await this.writeTemporary(from, content), to);
    }
  }

  /** Gives a temporary file its name. On failure it is removed. */
  async putAs(temporary: string, name: string): Promise<void> {
    try {
      await this.rename(temporary, name);
    } catch (error) {
      await this.removeIfThere(temporary).catch(() => undefined);
      throw error;
    }
  }

  async removeIfThere(name: string): Promise<void> {
    await this.#insist(() => this.#fs.unlink(this.#at(name))).catch(unlessCode('ENOENT'));
  }

  /**
   * Forces names, not only contents, to the disk. Some systems can't, and need not; and what a disk in trouble does not
   * confirm has its name all the same. So this never fails, but says the latter in the log.
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

  /** Takes away access for others, where a file was created or restored with too much. */
  async protect(name: string): Promise<void> {
    const { mode } = await this.#fs.lstat(this.#at(name));
    // What a link points at is somebody else's.
    const isLink = (mode & TYPE_MASK) === LINK;
    if (!isLink && (mode & 0o077) !== 0) await this.#restrict(this.#at(name), 0o600);
  }

  /** Lets some time pass before something is tried again. */
  async pause(delayMs: number): Promise<void> {
    await this.#host.pause(delayMs);
  }

  /** Not everybody may change a mode: the files may be another user's, or the file system knows none. */
  async #restrict(path: string, mode: number): Promise<void> {
    try {
      await this.#fs.chmod(path, mode);
    } catch (error) {
      this.#warnOnce(`Others may have access to ${this.path}, and it can't be taken away${inBrackets(error)}.`, 'mode');
    }
  }

  /** Whoever keeps the user directory in a repository would commit state and key together. A file of their own stays. */
  async #keepFromGit(): Promise<void> {
    try {
      const text = await this.read(GITIGNORE);
      // Empty, it is what a process left that was killed between the two steps.
      if (text === '') await this.removeIfThere(GITIGNORE);
      if (text === undefined || text === '') {
        const file = await this.#fs.open(this.#at(GITIGNORE), 'wx', 0o600);
        await file.writeFile('*\n', 'utf8').finally(() => file.close());
      }
      this.#isKeptFromGit = true;
    } catch (error) {
      // Somebody else has just made it.
      if (isCode(error, 'EEXIST')) return;
      this.#warnOnce(`${this.#at(GITIGNORE)} can't be written${inBrackets(error)}: keep the files out of git.`, 'git');
    }
  }

  /** On Windows, a virus scanner or a backup that looks at a file holds it for moments. */
  async #insist(work: () => Promise<void>): Promise<void> {
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
    if (!this.#said.has(about)) this.#log.warn(line);
    this.#said.add(about);
  }

  #at(name: string): string {
    return join(this.path, name);
  }
}

/** `fs.constants.S_IFMT` and `fs.constants.S_IFLNK`. */
const TYPE_MASK = 0o170000;
const LINK = 0o120000;

/** For `catch`: passes an error on unless it has one of these codes. */
function unlessCode(...codes: string[]): (error: unknown) => void {
  return (error) => {
    if (!isCode(error, ...codes)) throw error;
  };
}

function inBrackets(error: unknown): string {
  const { code } = error as { code?: string };
  return code === undefined ? '' : ` (${code})`;
}
