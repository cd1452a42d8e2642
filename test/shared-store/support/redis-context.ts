import { STORE_KINDS, type StoreKind, type StoreKindName } from './store-kinds';
import { ReconnectingClient } from './reconnecting-client';

type Callback = (error: unknown, ...values: unknown[]) => void;

interface Config {
  port: number;
  /** The name of the client. A monitor distinguishes instances by their names. */
  name?: string;
  kind?: StoreKindName;
}

/**
 * A context store for Node-RED that keeps all values in Redis, and imitates one of the stores that people use. It has
 * only asynchronous access and no cache. The settings.js of the tests names this module.
 */
class RedisContext {
  readonly #client: ReconnectingClient;
  readonly #kind: StoreKind;

  constructor({ port, name = 'node-red', kind = 'hash' }: Config) {
    this.#kind = STORE_KINDS[kind];
    this.#client = new ReconnectingClient(port, name, this.#kind.retry);
  }

  async open(): Promise<void> {
    if (this.#kind.open === 'fails') await this.#client.connectOnce();
    if (this.#kind.open === 'waits') await this.#client.connected();
  }

  close(): Promise<void> {
    this.#client.close();
    return Promise.resolve();
  }

  get(scope: string, key: string | string[], callback?: Callback): void {
    answer(Promise.all([key].flat().map((one) => this.#read(scope, one))), callback);
  }

  set(scope: string, key: string | string[], value: unknown, callback?: Callback): void {
    const values = Array.isArray(key) ? [value].flat() : [value];
    const work = Promise.all([key].flat().map((one, index) => this.#write(scope, one, values[index])));
    answer(
      work.then(() => []),
      callback,
    );
  }

  keys(scope: string, callback?: Callback): void {
    answer(
      this.#keys(scope).then((keys) => [keys]),
      callback,
    );
  }

  async delete(scope: string): Promise<void> {
    const start = this.#kind.scope(scope);
    const names = (await this.#keys(scope)).map((key) => (start.endsWith(':') ? start + key : start));
    if (names.length > 0) await this.#client.ask(['DEL', ...names]);
  }

  /** Removes nothing, because another instance may use values of nodes that this instance does not have. */
  clean(): Promise<void> {
    return Promise.resolve();
  }

  async #read(scope: string, key: string): Promise<unknown> {
    const [reply = null] = await this.#client.ask(this.#kind.read(scope, key));
    const json = this.#kind.unpack(reply);
    return json === undefined ? undefined : (JSON.parse(json) as unknown);
  }

  async #write(scope: string, key: string, value: unknown): Promise<void> {
    const kind = this.#kind;
    const isGone = value === undefined;
    const commands = isGone ? kind.clear(scope, key) : kind.write(scope, key, JSON.stringify(value));
    await this.#client.ask(...commands);
  }

  async #keys(scope: string): Promise<string[]> {
    const start = this.#kind.scope(scope);
    const isHash = !start.endsWith(':');
    const [reply] = await this.#client.ask(isHash ? ['HKEYS', start] : ['KEYS', `${start}*`]);
    return [reply ?? []].flat().map((name) => (isHash ? String(name) : String(name).slice(start.length)));
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
