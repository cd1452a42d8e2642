import { type Clock, systemClock } from '../async/clock.js';
import { DurableDirectory, type Host, asideNameOf, type FileSystem } from './durable-directory.js';
import { type FileCall, FileCalls } from './file-calls.js';
import { KeyFile } from './key-file.js';
import { type Opened, seal, unseal } from './envelope.js';
import type { Shape } from '../schema.js';
import { createNoStore, type Log, type SaveOptions, type Store, storeError } from './store.js';

/** The operating system and the process that a directory depends on, and the clock for deadlines. */
export interface DirectoryHost extends Host {
  clock: Clock;
}

/** A directory for encrypted files, and the key they share. */
export class StateDirectory {
  readonly files: DurableDirectory;
  readonly key: KeyFile;
  readonly calls: FileCalls;
  readonly log: Log;

  constructor(path: string, log: Log, fs?: FileSystem, host: Partial<DirectoryHost> = {}) {
    this.files = new DurableDirectory(path, log, fs, host);
    this.key = new KeyFile(this.files, log);
    this.calls = new FileCalls(host.clock ?? systemClock);
    this.log = log;
  }

  /** Returns the names of all files in the directory. Throws `COZIFY_STORE`. */
  list(): Promise<string[]> {
    return this.calls.run('', `${this.files.path} can't be read`, () => this.files.list());
  }
}

type Candidate = { name: string } & Opened;

/**
 * A store in one encrypted file. Next to `<name>` there may be `<name>.last` (the last good copy),
 * `<name>.<writer>.tmp` (a running or interrupted save) and `<name>.bad-<time>` (a damaged file that was set aside,
 * never overwritten).
 */
export class FileStore<T> implements Store<T> {
  readonly identity: string;
  readonly #directory: StateDirectory;
  readonly #name: string;
  readonly #shape: Shape<T>;
  #sequence = 0;

  constructor(directory: StateDirectory, name: string, shape: Shape<T>) {
    this.identity = `${directory.files.path}/${name}`;
    this.#directory = directory;
    this.#name = name;
    this.#shape = shape;
  }

  load(): Promise<T | null> {
    return this.#run(`${this.#name} can't be read`, async () => {
      const { files, key } = this.#directory;
      if (!(await files.exists())) return null;
      const candidates = await this.#candidates(await key.read());
      const best = newest(candidates);
      if (candidates.some((candidate) => candidate.is === 'newer')) {
        throw storeError(`${this.#name} was written by a newer version of this package and is not used`);
      }
      await this.#tidy(candidates, best);
      if (best === undefined) return null;
      this.#sequence = Math.max(this.#sequence, best.sequence);
      return best.content as T;
    });
  }

  save(content: T, options: SaveOptions = {}): Promise<void> {
    return this.#run(`${this.#name} can't be saved`, async ({ throwIfLate }) => {
      const { files, key } = this.#directory;
      await files.prepare();
      const secret = await key.readOrCreate();
      const current = await this.#open(this.#name, secret);
      if (current?.is === 'newer') throw storeError(`${this.#name} is of a newer version of this package`);
      if (current?.is === 'good') this.#sequence = Math.max(this.#sequence, current.sequence);
      const sequence = this.#sequence + 1;
      const temporary = await files.writeTemporary(this.#name, seal(content, secret, this.#name, sequence));
      try {
        throwIfLate();
        if (current?.is === 'good') await files.keepAs(this.#name, this.#last);
        else if (current !== undefined) await this.#setAside(this.#name, current.is);
        throwIfLate();
        await files.rename(temporary, this.#name);
      } catch (error) {
        await files.removeIfThere(temporary).catch(() => undefined);
        throw error;
      }
      this.#sequence = sequence;
      await this.#settle(options);
    });
  }

  remove(): Promise<void> {
    return this.#run(`${this.#name} can't be removed`, async ({ throwIfLate }) => {
      const { files } = this.#directory;
      if (!(await files.exists())) return;
      for (const name of [...(await this.#relatives()), this.#name]) {
        throwIfLate();
        await files.removeIfThere(name);
      }
      await files.sync();
    });
  }

  /** Cleans up after the rename. The content is saved by then, so a failure here must not fail the save. */
  async #settle({ isFinal = false }: SaveOptions): Promise<void> {
    const { files, log } = this.#directory;
    if (isFinal) {
      await files.removeIfThere(this.#last).catch(() => log.warn(`${this.#last}, an earlier copy, is still there.`));
    }
    await files.sync();
  }

  get #last(): string {
    return `${this.#name}.last`;
  }

  /** Returns the names of the copies and temporary files that belong to this file. */
  async #relatives(): Promise<string[]> {
    const names = await this.#directory.files.list();
    return names.filter((name) => {
      const rest = name.startsWith(`${this.#name}.`) ? name.slice(this.#name.length + 1) : '';
      return rest === 'last' || /^bad-\d+(-\d+)?$/.test(rest) || /^\d+-\d+\.tmp$/.test(rest);
    });
  }

  async #candidates(key: Buffer | undefined): Promise<Candidate[]> {
    const relatives = (await this.#relatives()).filter((name) => !/\.bad-[\d-]+$/.test(name));
    const found: Candidate[] = [];
    for (const name of [this.#name, ...relatives]) {
      const opened = await this.#open(name, key);
      if (opened !== undefined) found.push({ name, ...opened });
    }
    return found;
  }

  async #open(name: string, key: Buffer | undefined): Promise<Opened | undefined> {
    const text = await this.#directory.files.read(name);
    if (text === undefined) return undefined;
    const opened = unseal(text, key, this.#name);
    return opened.is === 'good' && !this.#shape.fits(opened.content) ? { is: 'broken' } : opened;
  }

  /**
   * Sets broken files aside and removes old temporary files. If the best copy is a temporary file of an interrupted
   * save, renames it to the final name.
   */
  async #tidy(candidates: Candidate[], best: Candidate | undefined): Promise<void> {
    const { files, log } = this.#directory;
    for (const { name, is } of candidates) {
      const isTemporary = name.endsWith('.tmp');
      if (isTemporary && name !== best?.name && !files.isWriterAlive(name)) {
        await files.removeIfThere(name).catch(() => undefined);
      } else if (!isTemporary && is !== 'good') {
        await this.#setAside(name, is).catch(() => log.warn(`${name} could not be set aside.`));
      }
    }
    // A process that is still writing renames the file itself.
    if (best?.name.endsWith('.tmp') === true && !files.isWriterAlive(best.name)) {
      await files.rename(best.name, this.#name).catch(() => log.warn(`${best.name} could not be renamed.`));
    }
    if (best === undefined && candidates.some(({ name }) => !name.endsWith('.tmp'))) {
      log.error(`${this.#name} has no good copy left. Its content is lost: log in again.`);
    }
  }

  async #setAside(name: string, is: Opened['is']): Promise<void> {
    const aside = asideNameOf(this.#name);
    await this.#directory.files.rename(name, aside);
    const reason = is === 'foreign' ? 'was encrypted with another key, and opens only with that one' : 'is damaged';
    this.#directory.log.error(`${name} ${reason}: it was set aside as ${aside}.`);
  }

  #run<R>(failure: string, work: (call: FileCall) => Promise<R>): Promise<R> {
    return this.#directory.calls.run(this.#name, failure, work);
  }
}

/**
 * Opens the store of a file in a directory. Without a directory, returns a store that keeps nothing:
 * {@link createNoStore}.
 */
export function openFile<T>(directory: StateDirectory | undefined, name: string, shape: Shape<T>): Store<T> {
  return directory === undefined ? createNoStore(name) : new FileStore(directory, name, shape);
}

function newest(candidates: Candidate[]): (Candidate & { is: 'good' }) | undefined {
  return candidates
    .filter((candidate): candidate is Candidate & { is: 'good' } => candidate.is === 'good')
    .sort((a, b) => b.sequence - a.sequence)[0];
}
