import { ACCOUNT } from './fleet';
import { type StoreKind, STORE_KINDS } from './store-kinds';
import { contextKey, type RedisPlace, tokenIn } from './shared-places';
import { RedisClient } from './resp';

/** A read or a save of the shared state in Redis by an instance. */
export interface StoreAccess {
  at: number;
  /** The name of the Redis client that the instance uses. */
  who: string;
  what: 'read' | 'saved';
  /** The token in the saved state. Absent for a read. */
  token?: string | null;
}

const LINE = /^(\d+\.\d+) \[\d+ (\S+)\] (.*)$/;

/** Returns the words of a command in the form in which Redis prints them after `MONITOR`. */
const quoted = (words: readonly string[]): string => words.map((word) => JSON.stringify(word)).join(' ');

/** Records all commands that clients send to Redis. */
export class Monitor {
  /** All lines of `MONITOR`. */
  readonly lines: string[] = [];
  readonly accesses: StoreAccess[] = [];
  readonly #client: RedisClient;
  readonly #names = new Map<string, string>();

  readonly #kind: StoreKind;
  /** The words of the command that reads the state, as they appear in a line of `MONITOR`. */
  readonly #read: string;
  /** The words of the command that saves the state, up to the saved value, as they appear in a line of `MONITOR`. */
  readonly #save: string;

  private constructor(client: RedisClient, kind: StoreKind) {
    this.#client = client;
    this.#kind = kind;
    this.#read = quoted(kind.read('global', contextKey(ACCOUNT)));
    const save = kind.write('global', contextKey(ACCOUNT), '').find((words) => words.length > 1) ?? [];
    this.#save = quoted(save.slice(0, -1));
    client.onPush = (line) => this.#note(String(line));
  }

  /** Starts a monitor. The monitor knows the names of only those clients that connect later. */
  static async start(place: RedisPlace): Promise<Monitor> {
    const client = new RedisClient(place.server.port);
    await client.ask('MONITOR');
    return new Monitor(client, STORE_KINDS[place.kind]);
  }

  stop(): void {
    this.#client.close();
  }

  #note(line: string): void {
    this.lines.push(line);
    const [, seconds, address = '', words = ''] = LINE.exec(line) ?? [];
    const at = Number(seconds) * 1000;
    const who = this.#names.get(address) ?? address;
    if (words.startsWith('"CLIENT"')) this.#names.set(address, / "([^"]*)"$/.exec(words)?.[1] ?? address);
    if (words === this.#read) this.accesses.push({ at, who, what: 'read' });
    if (!words.startsWith(`${this.#save} `)) return;
    // Redis escapes quotes and backslashes as JSON does.
    const json = this.#kind.unwrap(JSON.parse(words.slice(this.#save.length + 1)) as string);
    const sealed = (JSON.parse(json) as string | null) ?? undefined;
    this.accesses.push({ at, who, what: 'saved', token: tokenIn(sealed, ACCOUNT) });
  }
}
