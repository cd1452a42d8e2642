import { scryptSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { AccountRecord } from '../../../src/index.js';
import { accountShape, unseal } from '../../../src/nodes-api.js';
import { tempFolder } from '../../live/harness';
import { RedisServer } from './redis-server';
import { RedisClient } from './resp';

/** The credentialSecret of all instances, from which the key of the shared state is made. */
export const SECRET = 'a-secret-that-all-instances-share';

/** Where several Node-RED keep one login together: what goes into their settings.js, and what lies there. */
export interface SharedPlace {
  /** The store of settings.js that leads here; `name` is the instance's, `port` its way to a server. */
  storage(name: string, port?: number): Record<string, unknown>;
  /** The sealed state of an account as it lies there, if any does. */
  sealed(accountId: string): Promise<string | undefined>;
  /** Puts a sealed state back, as another process would that knows no better. */
  put(accountId: string, sealed: string): Promise<void>;
  /** Everything that lies there, to be searched. */
  everything(): Promise<string>;
  close(): Promise<void>;
}

const keyOf = (accountId: string): string => `cozify_${accountId}`;
const HASH = 'node-red:global';

/** A Redis server that the tests start. */
export class RedisPlace implements SharedPlace {
  readonly server: RedisServer;
  readonly #client: RedisClient;

  private constructor(server: RedisServer) {
    this.server = server;
    this.#client = new RedisClient(server.port);
  }

  static async open(): Promise<RedisPlace> {
    return new RedisPlace(await RedisServer.start());
  }

  storage(name: string, port = this.server.port): Record<string, unknown> {
    // Node-RED looks a module that is named by a text up beside its own stores.
    const stores = dirname(require.resolve('@node-red/runtime/lib/nodes/context/index.js'));
    const module = relative(stores, require.resolve('./redis-context')).replaceAll('\\', '/');
    return { module, config: { port, name } };
  }

  async sealed(accountId: string): Promise<string | undefined> {
    const json = await this.#client.ask('HGET', HASH, keyOf(accountId));
    return typeof json === 'string' ? (JSON.parse(json) as string) : undefined;
  }

  async put(accountId: string, sealed: string): Promise<void> {
    await this.#client.ask('HSET', HASH, keyOf(accountId), JSON.stringify(sealed));
  }

  async everything(): Promise<string> {
    const names = await this.#client.ask('KEYS', '*');
    const hashes = [names].flat().map((name) => this.#client.ask('HGETALL', String(name)));
    return JSON.stringify([names, await Promise.all(hashes)]);
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
    const content = this.#read();
    return Promise.resolve(content === undefined ? undefined : content[keyOf(accountId)]);
  }

  put(): Promise<void> {
    return Promise.reject(new Error('Not needed.'));
  }

  everything(): Promise<string> {
    return Promise.resolve(JSON.stringify(this.#read()));
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

/** What a sealed state holds. */
export function openState(sealed: string, accountId: string): AccountRecord {
  const opened = unseal(sealed, key, `context ${accountId}`);
  if (opened.is !== 'good' || !accountShape.fits(opened.content)) throw new Error(`The state is ${opened.is}.`);
  return opened.content;
}

/** The cloud token in a sealed state, `null` when there is no login. */
export function tokenIn(sealed: string | undefined, accountId: string): string | null {
  if (sealed === undefined) return null;
  return openState(sealed, accountId).clouds[0]?.login?.token ?? null;
}
