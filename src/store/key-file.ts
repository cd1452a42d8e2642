import { randomBytes, randomInt } from 'node:crypto';
import { KeyedMutex } from '../async/keyed-mutex.js';
import type { DurableDirectory } from './durable-directory.js';
import { asideNameOf, isCode } from './file-system.js';
import { type Log, storeError } from './store.js';

const NAME = 'key';
const KEY_BYTES = 32;

/** How often a key is put forward while other processes put theirs forward at the same moment. */
const ATTEMPTS = 20;

/**
 * The random key that everything in a directory is encrypted with: a file `key` of its own, readable by its owner
 * alone. A backup or a copy of a state file without it is worth nothing.
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

  /** The key, or `undefined` when there is none (any more). Throws when it can't be read. */
  async read(): Promise<Buffer | undefined> {
    await this.#tidy();
    // A key deleted or damaged while we run is not lost: it is written back by the next save.
    return (this.#known = decode(await this.#directory.read(NAME)) ?? this.#known);
  }

  /** The key, created when there is none. A file that holds none is set aside. */
  readOrCreate(): Promise<Buffer> {
    return this.#mutex.runExclusive(NAME, async () => {
      await this.#tidy();
      const found = decode(await this.#directory.read(NAME));
      if (found === undefined) return this.#create(this.#known ?? randomBytes(KEY_BYTES));
      await this.#directory.protect(NAME);
      return (this.#known = found);
    });
  }

  /** Removes what a process left that was killed while it made the key, once in the life of ours. */
  async #tidy(): Promise<void> {
    if (this.#isTidy) return;
    this.#isTidy = true;
    for (const name of await this.#attempts().catch(() => [])) {
      if (!this.#directory.isWriterAlive(name)) await this.#directory.removeIfThere(name).catch(() => undefined);
    }
  }

  /** Puts a key in force, or finds the one that another process was faster with. */
  async #create(key: Buffer): Promise<Buffer> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      // Those who give way to each other are soon done; but who left an attempt behind and died never is.
      const inForce = await this.#publish(key, attempt <= ATTEMPTS / 2);
      if (inForce !== undefined) return (this.#known = inForce);
      await this.#directory.pause(randomInt(10 * attempt));
    }
    throw storeError('The key file is being created by other processes');
  }

  /**
   * Gives the key its name, and gives the key that is then in force; `undefined` when another process withdrew ours, or
   * has one that ours gives way to.
   * No file system has to know links or locks for this: each process first writes its key to a file that it can only
   * rename while it is there, then withdraws all others, and only then looks whether a key is in force. Of two, the one
   * that withdraws later has also looked later, so that no key ever replaces another.
   */
  async #publish(key: Buffer, isGivingWay: boolean): Promise<Buffer | undefined> {
    const directory = this.#directory;
    const ours = await directory.writeTemporary(NAME, `${key.toString('base64')}\n`);
    try {
      const others = (await this.#attempts()).filter((name) => name !== ours);
      if (isGivingWay && others.some((name) => name < ours)) return undefined;
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

  /** Keeps what lies where the key should be. The file itself stays: by now another process may have put a key there. */
  async #setAside(content: Buffer): Promise<void> {
    const aside = asideNameOf(NAME);
    await this.#directory.putAs(await this.#directory.writeTemporary(NAME, content), aside);
    this.#log.error(`The key file held no key: it was set aside as ${aside}.`);
  }

  /** The keys that processes are about to put in force. */
  async #attempts(): Promise<string[]> {
    return (await this.#directory.list()).filter((name) => /^key\.\d+-\d+\.tmp$/.test(name));
  }
}

function decode(text: string | undefined): Buffer | undefined {
  const key = Buffer.from(text?.trim() ?? '', 'base64');
  return key.length === KEY_BYTES ? key : undefined;
}
