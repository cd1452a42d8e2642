import { randomBytes } from 'node:crypto';
import { type DurableDirectory, isCode, isWriterAlive } from './durable-directory.js';
import { storeError, type Log } from './store.js';

const NAME = 'key';
const KEY_BYTES = 32;

/**
 * The random key that everything in a directory is encrypted with: a file `key` of its own, readable by its owner
 * alone. A backup or a copy of a state file without it is worth nothing.
 */
export class KeyFile {
  readonly #directory: DurableDirectory;
  readonly #log: Log;
  #known: Buffer | undefined;
  #isTidy = false;

  constructor(directory: DurableDirectory, log: Log) {
    this.#directory = directory;
    this.#log = log;
  }

  /** The key, or `undefined` when there is none (any more). Throws when it can't be read. */
  async read(): Promise<Buffer | undefined> {
    await this.#tidy();
    const text = await this.#directory.read(NAME);
    const key = text === undefined ? undefined : decode(text);
    // A key deleted while we run is not lost: it is written back by the next save.
    if (text === undefined) return this.#known;
    if (key !== undefined) this.#known = key;
    return key ?? this.#known;
  }

  /** The key, created when there is none. A file that holds none is set aside. */
  async readOrCreate(): Promise<Buffer> {
    await this.#tidy();
    const text = await this.#directory.read(NAME);
    const found = text === undefined ? undefined : decode(text);
    if (found !== undefined) {
      await this.#directory.protect(NAME);
      return (this.#known = found);
    }
    if (text !== undefined) {
      const aside = `${NAME}.bad-${Date.now()}`;
      await this.#directory.rename(NAME, aside);
      this.#log.error(`The key file held no key: it was set aside as ${aside}.`);
    }
    return this.#create(this.#known ?? randomBytes(KEY_BYTES));
  }

  /** Removes what a process left that was killed while it made the key, once in the life of ours. */
  async #tidy(): Promise<void> {
    if (this.#isTidy) return;
    this.#isTidy = true;
    for (const name of await this.#directory.list().catch(() => [])) {
      const isLeftOver = /^key\.\d+-\d+\.tmp$/.test(name) && !isWriterAlive(name);
      if (isLeftOver) await this.#directory.removeIfThere(name).catch(() => undefined);
    }
  }

  async #create(key: Buffer): Promise<Buffer> {
    const temporary = await this.#directory.writeTemporary(NAME, `${key.toString('base64')}\n`);
    try {
      // A link, because it fails when another process was faster, whose key then counts.
      await this.#directory.keepAs(temporary, NAME);
      await this.#directory.sync();
      return (this.#known = key);
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error;
      const theirs = decode((await this.#directory.read(NAME)) ?? '');
      if (theirs === undefined) throw storeError('The key file was created by another process and is not readable yet');
      return (this.#known = theirs);
    } finally {
      await this.#directory.removeIfThere(temporary).catch(() => undefined);
    }
  }
}

function decode(text: string): Buffer | undefined {
  const key = Buffer.from(text.trim(), 'base64');
  return key.length === KEY_BYTES ? key : undefined;
}
