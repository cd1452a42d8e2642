import type { NodeAPI } from 'node-red';
import { createHash, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type { AccountRecord, Clock, Store } from '../../src/index.js';
import { accountShape, CozifyError, type Opened, seal, storeError, unseal } from '../../src/nodes-api.js';
import { ContextCalls, type GlobalContext, StoreTrouble } from './context-calls.js';

export type { GlobalContext };

/**
 * Whether settings.js has a context store with this name. Node-RED silently uses the default store for an unknown name.
 */
export function hasContextStore(red: NodeAPI, name: string): boolean {
  return Object.keys(contextStores(red)).includes(name);
}

/** Returns the real name of a store, because `default` may be an alias of another store in settings.js. */
export function storeNameOf(red: NodeAPI, name: string): string {
  const meant = name === 'default' ? contextStores(red)['default'] : undefined;
  return typeof meant === 'string' ? meant : name;
}

function contextStores(red: NodeAPI): Record<string, unknown> {
  return (red.settings['contextStorage'] as Record<string, unknown> | undefined) ?? {};
}

/** Derived keys, by credential secret. Deriving a key is deliberately slow: it takes a few hundred milliseconds. */
// oxlint-disable-next-line house/no-module-state -- A cache of derived keys, shared by all accounts: losing it costs time only.
const derived = new Map<string, Promise<Buffer>>();

/** Suffix of the context key under which damaged values are kept. */
const ASIDE = '_bad';

/** Rethrows an error unless it concerns only one call. An error with a code means that the whole store has failed. */
function rethrowIfStoreFailed(error: unknown): void {
  if (!(error instanceof StoreTrouble) || error.code !== undefined) throw error;
}

/**
 * Stores an account's state in a context store of settings.js, under its own key in the global context, so that the
 * state survives moving the node. The editor shows context data, so the state is encrypted with a key derived from
 * Node-RED's credential secret.
 */
export class ContextStore implements Store<AccountRecord> {
  readonly identity: string;
  readonly isShared = true;
  readonly #red: NodeAPI;
  readonly #name: string;
  readonly #key: string;
  readonly #boundName: string;
  readonly #global: () => GlobalContext | undefined;
  readonly #clock: Clock | undefined;
  #sequence = 0;

  /** `clock` measures the deadlines of calls. Defaults to the system's clock. */
  constructor(red: NodeAPI, name: string, storageId: string, global: () => GlobalContext | undefined, clock?: Clock) {
    this.#red = red;
    this.#name = name;
    this.#global = global;
    this.#clock = clock;
    this.#boundName = `context ${storageId}`;
    // Use a digest for an id that is not safe as a key. A dot or a bracket in a context key makes it a path, and some
    // stores ignore case. A key that ends with the suffix for damaged values could belong to another account.
    const isOwnKey = /^[a-z0-9_]+$/.test(storageId) && !storageId.endsWith(ASIDE);
    const digest = createHash('sha256').update(storageId).digest('hex').slice(0, 16);
    this.#key = `cozify_${isOwnKey ? storageId : digest}`;
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
    // Throws if the stored value must not be overwritten.
    this.#open(await this.#get(this.#key), secret);
    const sequence = this.#sequence + 1;
    await this.#set(this.#key, seal(record, secret, this.#boundName, sequence));
    this.#sequence = sequence;
  }

  async remove(): Promise<void> {
    // Nothing can be deleted from a store that was removed from settings.js.
    if (!hasContextStore(this.#red, this.#name)) return;
    if (this.#calls().mayStillSave(this.#key)) this.#fail('written', new StoreTrouble({ code: 'ETIMEDOUT' }));
    await this.#clear(this.#key);
    await this.#clear(this.#aside);
  }

  /** Decrypts a stored value. Throws for a value that must not be overwritten. */
  #open(value: unknown, secret: Buffer): Opened {
    const opened = unseal(typeof value === 'string' ? value : '', secret, this.#boundName);
    if (opened.is === 'newer') throw storeError('The state was written by a newer version of this package');
    if (opened.is === 'foreign') {
      throw storeError(
        'The state was encrypted with another credentialSecret: it is kept, and can be read with that secret only',
      );
    }
    return opened;
  }

  /** The context key under which damaged values are kept. */
  get #aside(): string {
    return `${this.#key}${ASIDE}`;
  }

  #get(key: string): Promise<unknown> {
    return this.#read(key).catch((error: unknown) => this.#fail('read', error));
  }

  async #set(key: string, value: unknown): Promise<void> {
    await this.#write(key, value).catch((error: unknown) => this.#fail('written', error));
  }

  /**
   * Clears a key. Some stores can't set a key to `undefined`, or can't read it afterwards. For these stores, sets
   * `null`, which also counts as empty.
   */
  async #clear(key: string): Promise<void> {
    try {
      if (await this.#isClear(key)) return;
      await this.#write(key, undefined).catch(rethrowIfStoreFailed);
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
      rethrowIfStoreFailed(error);
      return false;
    }
  }

  #fail(verb: string, error: unknown): never {
    if (error instanceof CozifyError) throw error;
    throw storeError(`The state can't be ${verb} in context store "${this.#name}"`, error);
  }

  async #read(key: string): Promise<unknown> {
    return this.#calls().get(key);
  }

  async #write(key: string, value: unknown): Promise<unknown> {
    return this.#calls().set(key, value);
  }

  #calls(): ContextCalls {
    if (!hasContextStore(this.#red, this.#name)) {
      throw storeError(`There is no context store "${this.#name}" in settings.js`);
    }
    const global = this.#global();
    if (global === undefined) throw storeError('The context store is not ready yet');
    return new ContextCalls(global, this.#name, this.#clock);
  }

  #secret(): Promise<Buffer> {
    const { settings } = this.#red;
    const own: unknown = settings['credentialSecret'];
    if (own === false) {
      return Promise.reject(
        storeError(
          'With credentialSecret: false in settings.js a context store would hold the login without encryption',
        ),
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
