import { scryptSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { AccountRecord } from '../../../src/index.js';
import { accountShape, unseal } from '../../../src/nodes-api.js';
import { tempFolder } from '../../live/harness';
import { type StoreKind, STORE_KINDS, type StoreKindName } from './store-kinds';
import { RedisServer } from './redis-server';
import { RedisClient } from './resp';

/** The credentialSecret of all instances. The key of the shared state is derived from it. */
export const SECRET = 'a-secret-that-all-instances-share';

/** A store that several instances of Node-RED share: Redis or a folder. */
export interface SharedPlace {
  /**
   * Returns the store's entry for `contextStorage` in settings.js. `name` is the name of the instance, and `port` the
   * port of its Redis or proxy.
   */
  storage(name: string, port?: number): Record<string, unknown>;
  /** Returns the sealed (encrypted) state of an account in the store, if there is one. */
  sealed(accountId: string): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Returns the key of an account's state in the global context. */
export const contextKey = (accountId: string): string => `cozify_${accountId}`;

/** A Redis server that the tests start. Values have the same form as in a Redis context store that people use. */
export class RedisPlace implements SharedPlace {
  readonly server: RedisServer;
  readonly kind: StoreKindName;
  readonly #client: RedisClient;

  private constructor(server: RedisServer, kind: StoreKindName) {
    this.server = server;
    this.kind = kind;
    this.#client = new RedisClient(server.port);
  }

  get #kind(): StoreKind {
    return STORE_KINDS[this.kind];
  }

  static async open(kind: StoreKindName = 'hash'): Promise<RedisPlace> {
    return new RedisPlace(await RedisServer.start(), kind);
  }

  storage(name: string, port = this.server.port): Record<string, unknown> {
    // Node-RED looks for the module of a store beside its own stores, so the path is relative to these.
    const stores = dirname(require.resolve('@node-red/runtime/lib/nodes/context/index.js'));
    const module = relative(stores, require.resolve('./redis-context')).replaceAll('\\', '/');
    return { module, config: { port, name, kind: this.kind } };
  }

  async sealed(accountId: string): Promise<string | undefined> {
    const json = this.#kind.unpack(await this.#client.ask(...this.#kind.read('global', contextKey(accountId))));
    return json === undefined ? undefined : ((JSON.parse(json) as string | null) ?? undefined);
  }

  /** Writes a sealed state, as a process that still has an older state would do. */
  async put(accountId: string, sealed: string): Promise<void> {
    const commands = this.#kind.write('global', contextKey(accountId), JSON.stringify(sealed));
    for (const words of commands) await this.#client.ask(...words);
  }

  /** Returns all stored data as one text, with compressed values unpacked. Tests search it for secrets. */
  async everything(): Promise<string> {
    const names = await this.#client.ask('KEYS', '*');
    const contents = [names].flat().map((name) => this.#content(String(name)));
    return JSON.stringify([names, await Promise.all(contents)]);
  }

  async #content(name: string): Promise<unknown> {
    if (this.kind === 'hash') return this.#client.ask('HGETALL', name);
    const content = String(await this.#client.ask('GET', name));
    return [content, this.#kind.unwrap(content)];
  }

  async close(): Promise<void> {
    this.#client.close();
    await this.server.stop();
  }
}

/** Node-RED's own `localfilesystem`, without its cache, in one folder. */
export class FolderPlace implements SharedPlace {
  readonly folder = tempFolder('shared');

  storage(): Record<string, unknown> {
    return { module: 'localfilesystem', config: { dir: this.folder, cache: false } };
  }

  sealed(accountId: string): Promise<string | undefined> {
    return Promise.resolve(this.#read()?.[contextKey(accountId)]);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #read(): Record<string, string> | undefined {
    try {
      const text = readFileSync(join(this.folder, 'context', 'global', 'global.json'), 'utf8');
      return JSON.parse(text) as Record<string, string>;
    } catch {
      return undefined;
    }
  }
}

const key = scryptSync(SECRET, 'cozify context store', 32);

/** Decrypts the state of an account. Throws if it was sealed for another account, or is damaged. */
function openState(sealed: string, accountId: string): AccountRecord {
  const opened = unseal(sealed, key, `context ${accountId}`);
  if (opened.is !== 'good' || !accountShape.fits(opened.content)) throw new Error(`The state is ${opened.is}.`);
  return opened.content;
}

/** Returns the cloud token in a sealed state; `null` if there is no login. */
export function tokenIn(sealed: string | undefined, accountId: string): string | null {
  if (sealed === undefined) return null;
  return openState(sealed, accountId).clouds[0]?.login?.token ?? null;
}
