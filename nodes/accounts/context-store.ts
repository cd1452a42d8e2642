import type { NodeAPI } from 'node-red';
import { createHash, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { type AccountRecord, CozifyError, type Store } from '../../src/index.js';
import { accountShape, type Opened, seal, storeError, unseal } from '../../src/nodes-api.js';

/** The global context of any node; the callback form, because stores may be remote. */
export interface GlobalContext {
  get(key: string, store: string, callback: (error: unknown, value?: unknown) => void): void;
  set(key: string, value: unknown, store: string, callback: (error?: unknown) => void): void;
}

const DEADLINE_MS = 3_000;

/** Whether settings.js has a context store of that name: Node-RED would quietly take the default store for any other. */
export function hasContextStore(red: NodeAPI, name: string): boolean {
  return Object.keys(contextStores(red)).includes(name);
}

/** The one name of a store that settings.js has under two: `default` may only stand for another. */
export function storeNameOf(red: NodeAPI, name: string): string {
  const meant = name === 'default' ? contextStores(red)['default'] : undefined;
  return typeof meant === 'string' ? meant : name;
}

function contextStores(red: NodeAPI): Record<string, unknown> {
  return (red.settings['contextStorage'] as Record<string, unknown> | undefined) ?? {};
}

/** Keys derived so far, by credential secret: deriving one takes some hundred milliseconds on purpose. */
// eslint-disable-next-line no-restricted-syntax -- A cache: what is lost is derived anew.
const derived = new Map<string, Promise<Buffer>>();

/** What a store has said, or thrown, as far as it may be told: its text may hold anything. */
class StoreTrouble extends Error {
  /** A system's or a driver's word for what is wrong with the way there, or with the store as a whole. */
  readonly code: unknown;

  constructor(said: unknown) {
    super('The store has failed.');
    this.code = (said as { code?: unknown }).code;
  }
}

/** Throws an error that speaks of the store as a whole rather than of what was asked of it. */
function unlessAway(error: unknown): void {
  if (!(error instanceof StoreTrouble) || error.code !== undefined) throw error;
}

/**
 * An account's state in a context store of settings.js, under a key of its own in the global context, where moving
 * the node loses nothing. The editor shows what lies there, so it is encrypted, with a key from Node-RED's credential
 * secret.
 */
export class ContextStore implements Store<AccountRecord> {
  readonly identity: string;
  readonly isShared = true;
  readonly #red: NodeAPI;
  readonly #name: string;
  readonly #key: string;
  readonly #boundName: string;
  readonly #global: GlobalContext | undefined;
  #sequence = 0;

  constructor(red: NodeAPI, name: string, storageId: string, global: GlobalContext | undefined) {
    this.#red = red;
    this.#name = name;
    this.#global = global;
    this.#boundName = `context ${storageId}`;
    // A dot or a bracket in a context key is a path.
    const digest = createHash('sha256').update(storageId).digest('hex').slice(0, 16);
    this.#key = `cozify_${/^\w+$/.test(storageId) ? storageId : digest}`;
    this.identity = `${name}:${this.#key}`;
  }

  async load(): Promise<AccountRecord | null> {
    const secret = await this.#secret();
    const value = await this.#get(this.#key);
    if (value === undefined || value === null) return null;
    const opened = this.#open(value, secret);
    if (opened.is === 'good' && accountShape.fits(opened.content)) {
      this.#sequence = Math.max(this.#sequence, opened.sequence);
      return opened.content;
    }
    const aside = await this.#get(this.#aside);
    await this.#set(this.#aside, [...(Array.isArray(aside) ? (aside as unknown[]) : []), value]);
    await this.#clear(this.#key);
    this.#red.log.error(
      `[cozify] ${this.#key} in "${this.#name}" can't be repaired: it was set aside as ${this.#aside}.`,
    );
    return null;
  }

  async save(record: AccountRecord): Promise<void> {
    const secret = await this.#secret();
    // Throws where something lies there that is not ours to overwrite.
    this.#open(await this.#get(this.#key), secret);
    const sequence = this.#sequence + 1;
    await this.#set(this.#key, seal(record, secret, this.#boundName, sequence));
    this.#sequence = sequence;
  }

  async remove(): Promise<void> {
    // A store that is gone from settings.js keeps nothing that could be reached.
    if (!hasContextStore(this.#red, this.#name)) return;
    await this.#clear(this.#key);
    await this.#clear(this.#aside);
  }

  /** What a value holds. Throws for one that is to be left alone. */
  #open(value: unknown, secret: Buffer): Opened {
    const opened = unseal(typeof value === 'string' ? value : '', secret, this.#boundName);
    if (opened.is === 'newer') throw storeError('The state was written by a newer version of this package');
    if (opened.is === 'foreign') {
      throw storeError(
        'The state was encrypted with another credentialSecret: it is kept, and can be read with that one',
      );
    }
    return opened;
  }

  /** Where values beyond repair are kept. */
  get #aside(): string {
    return `${this.#key}_bad`;
  }

  #get(key: string): Promise<unknown> {
    return this.#read(key).catch((error: unknown) => this.#fail('read', error));
  }

  async #set(key: string, value: unknown): Promise<void> {
    await this.#write(key, value).catch((error: unknown) => this.#fail('written', error));
  }

  /**
   * Leaves nothing under a key. Some stores fail to set one to nothing, or keep then what they can't read themselves:
   * these get `null`, which reads as nothing too.
   */
  async #clear(key: string): Promise<void> {
    try {
      if (await this.#isClear(key)) return;
      await this.#write(key, undefined).catch(unlessAway);
      if (!(await this.#isClear(key))) await this.#write(key, null);
    } catch (error) {
      this.#fail('written', error);
    }
  }

  async #isClear(key: string): Promise<boolean> {
    try {
      const value = await this.#read(key);
      return value === undefined || value === null;
    } catch (error) {
      unlessAway(error);
      return false;
    }
  }

  #fail(verb: string, error: unknown): never {
    if (error instanceof CozifyError) throw error;
    throw storeError(`The state can't be ${verb} in context store "${this.#name}"`, error);
  }

  #read(key: string): Promise<unknown> {
    return this.#call((global, callback) => global.get(key, this.#name, callback));
  }

  #write(key: string, value: unknown): Promise<unknown> {
    return this.#call((global, callback) => global.set(key, value, this.#name, callback));
  }

  /** One call to the store, within its deadline. Rejects with what the store has said. */
  #call(make: (global: GlobalContext, callback: (error?: unknown, value?: unknown) => void) => void): Promise<unknown> {
    if (!hasContextStore(this.#red, this.#name)) {
      return Promise.reject(storeError(`There is no context store "${this.#name}" in settings.js`));
    }
    const global = this.#global;
    if (global === undefined) return Promise.reject(storeError('The context store is not there yet'));
    return new Promise((resolve, reject) => {
      const fail = (error: unknown): void => reject(new StoreTrouble(error));
      const timer = setTimeout(() => fail({ code: 'ETIMEDOUT' }), DEADLINE_MS);
      const callback = (error?: unknown, value?: unknown): void => {
        clearTimeout(timer);
        if (error === undefined || error === null) resolve(value);
        else fail(error);
      };
      try {
        make(global, callback);
      } catch (error) {
        callback(error ?? {});
      }
    });
  }

  #secret(): Promise<Buffer> {
    const { settings } = this.#red;
    const own: unknown = settings['credentialSecret'];
    if (own === false) {
      return Promise.reject(
        storeError('With credentialSecret: false in settings.js a context store would keep the login unprotected'),
      );
    }
    const stored = settings as unknown as { get(key: string): unknown };
    const secret = own ?? stored.get('_credentialSecret');
    if (typeof secret !== 'string' || secret === '') {
      return Promise.reject(storeError('A context store needs a credentialSecret in settings.js'));
    }
    const known =
      derived.get(secret) ?? promisify(scrypt)(secret, 'cozify context store', 32).then((key) => key as Buffer);
    derived.set(secret, known);
    return known;
  }
}
