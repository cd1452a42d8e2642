import { randomBytes, randomInt } from 'node:crypto';
import { KeyedMutex } from '../async/locks.js';
import { type DurableDirectory, asideNameOf, isCode } from './durable-directory.js';
import { type Log, storeError } from './store.js';

const NAME = 'key';
const KEY_BYTES = 32;

/** How often a process tries to create the key while other processes create theirs. */
const ATTEMPTS = 20;

/**
 * The random key that encrypts everything in a directory. The key is in the file `key`, which only its owner can read.
 * Without the key, a copy of a state file is useless.
 */
export class KeyFile {
  readonly #directory: DurableDirectory;
  readonly #log: Log;
  readonly #mutex = new KeyedMutex();
  #known: Buffer | undefined;
  #isTidy = false;

  constructor(directory: DurableDirectory, log: Log) {
    this.#directory = directory;
    this.#log = log;
  }

  /** Returns the key, or `undefined` if there is none. Throws if it can't be read. */
  async read(): Promise<Buffer | undefined> {
    await this.#tidy();
    // If the key file was deleted or damaged while this process runs, the next save writes the known key back.
    return (this.#known = decode(await this.#directory.read(NAME)) ?? this.#known);
  }

  /** Returns the key. Creates it if there is none. If the file holds no valid key, sets the file aside first. */
  readOrCreate(): Promise<Buffer> {
    return this.#mutex.runExclusive(NAME, async () => {
      await this.#tidy();
      const found = decode(await this.#directory.read(NAME));
      if (found === undefined) return this.#create(this.#known ?? randomBytes(KEY_BYTES));
      await this.#directory.protect(NAME);
      return (this.#known = found);
    });
  }

  /**
   * Removes temporary files of processes that were killed while they created the key. Only the first call has an
   * effect.
   */
  async #tidy(): Promise<void> {
    if (this.#isTidy) return;
    this.#isTidy = true;
    for (const name of await this.#attempts().catch(() => [])) {
      if (!this.#directory.isWriterAlive(name)) await this.#directory.removeIfThere(name).catch(() => undefined);
    }
  }

  /** Creates the key file. If another process was faster, returns the key of that process. */
  async #create(key: Buffer): Promise<Buffer> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      // Let other processes go first only in the first half of the attempts: a process that was killed leaves its
      // temporary file forever, so waiting for it would never end.
      const published = await this.#publish(key, attempt <= ATTEMPTS / 2);
      if (published !== undefined) return (this.#known = published);
      await this.#directory.pause(randomInt(10 * attempt));
    }
    throw storeError('The key file is being created by other processes');
  }

  /**
   * Renames the key's temporary file to `key` and returns the published key. Returns `undefined` if another process
   * removed the temporary file. With `isYielding`, also returns `undefined` if another process has a temporary file
   * whose name sorts before ours.
   *
   * Needs no links and no locks: each process writes a temporary file, removes those of all other processes, and then
   * looks for a published key. The process that removes later also looks later, so no key ever replaces another.
   */
  async #publish(key: Buffer, isYielding: boolean): Promise<Buffer | undefined> {
    const directory = this.#directory;
    const ours = await directory.writeTemporary(NAME, `${key.toString('base64')}\n`);
    try {
      const others = (await this.#attempts()).filter((name) => name !== ours);
      if (isYielding && others.some((name) => name < ours)) return undefined;
      for (const other of others) await directory.removeIfThere(other);
      const content = await directory.readBytes(NAME);
      const theirs = decode(content?.toString());
      if (theirs !== undefined) return theirs;
      if (content !== undefined) await this.#setAside(content);
      await directory.rename(ours, NAME);
      await directory.sync();
      return key;
    } catch (error) {
      if (isCode(error, 'ENOENT')) return undefined;
      throw error;
    } finally {
      await directory.removeIfThere(ours).catch(() => undefined);
    }
  }

  /**
   * Copies an invalid key file. Does not remove the file itself, because another process may have written its key there
   * by now.
   */
  async #setAside(content: Buffer): Promise<void> {
    const aside = asideNameOf(NAME);
    await this.#directory.putAs(await this.#directory.writeTemporary(NAME, content), aside);
    this.#log.error(`The key file held no key: it was set aside as ${aside}.`);
  }

  /** Returns the names of the temporary files in which processes are creating the key. */
  async #attempts(): Promise<string[]> {
    return (await this.#directory.list()).filter((name) => /^key\.\d+-\d+\.tmp$/.test(name));
  }
}

function decode(text: string | undefined): Buffer | undefined {
  const key = Buffer.from(text?.trim() ?? '', 'base64');
  return key.length === KEY_BYTES ? key : undefined;
}
