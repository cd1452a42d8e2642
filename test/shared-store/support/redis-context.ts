import { RedisClient } from './resp';

type Callback = (error: unknown, ...values: unknown[]) => void;

interface Config {
  port: number;
  /** How the client calls itself, so that a monitor can tell instances apart. */
  name?: string;
}

/** Each scope is a hash of this name and the scope's; its fields are the keys, their values JSON. */
const PREFIX = 'node-red:';

/**
 * A context store for Node-RED that keeps everything in Redis, for tests: asynchronous access only, no cache. It is
 * what a user's settings.js would name as a module.
 */
class RedisContext {
  readonly #client: RedisClient;
  readonly #name: string;

  constructor({ port, name = 'node-red' }: Config) {
    this.#client = new RedisClient(port);
    this.#name = name;
  }

  /** Does not wait for Redis: a Node-RED must start without it. */
  open(): Promise<void> {
    void this.#client.ask('CLIENT', 'SETNAME', this.#name).catch(() => undefined);
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#client.close();
    return Promise.resolve();
  }

  get(scope: string, key: string | string[], callback?: Callback): void {
    const keys = [key].flat();
    const work = this.#client.ask('HMGET', PREFIX + scope, ...keys).then((values) => {
      if (!Array.isArray(values)) throw new Error('Redis gave no list.');
      return values.map((value): unknown => (typeof value === 'string' ? JSON.parse(value) : undefined));
    });
    answer(work, callback);
  }

  set(scope: string, key: string | string[], value: unknown, callback?: Callback): void {
    const values = Array.isArray(key) ? [value].flat() : [value];
    const work = Promise.all(
      [key].flat().map((name, index) => {
        const json = JSON.stringify(values[index] ?? null);
        const isGone = values[index] === undefined;
        return isGone
          ? this.#client.ask('HDEL', PREFIX + scope, name)
          : this.#client.ask('HSET', PREFIX + scope, name, json);
      }),
    );
    answer(
      work.then(() => []),
      callback,
    );
  }

  keys(scope: string, callback?: Callback): void {
    answer(
      this.#client.ask('HKEYS', PREFIX + scope).then((keys) => [keys]),
      callback,
    );
  }

  async delete(scope: string): Promise<void> {
    await this.#client.ask('DEL', PREFIX + scope);
  }

  /** Nothing is cleaned: what one instance has no node for, another may use. */
  clean(): Promise<void> {
    return Promise.resolve();
  }
}

function answer(work: Promise<unknown[]>, callback: Callback | undefined): void {
  if (callback === undefined) {
    work.catch(() => undefined);
    throw new Error('This store can be used asynchronously only.');
  }
  work.then(
    (values) => callback(null, ...values),
    (error: unknown) => callback(error),
  );
}

// `export =`, because Node-RED calls the module itself.
export = (config: Config): RedisContext => new RedisContext(config);
