import { ACCOUNT } from './fleet';
import type { RedisPlace } from './shared-places';
import { tokenIn } from './shared-places';
import { RedisClient } from './resp';

/** Something that an instance did with the shared state in Redis. */
export interface StoreAccess {
  at: number;
  /** The instance, as its client calls itself. */
  who: string;
  what: 'read' | 'saved';
  /** The token that was saved. */
  token?: string | null;
}

const LINE = /^(\d+\.\d+) \[\d+ (\S+)\] "(\w+)" (.*)$/;
const STATE = `"node-red:global" "cozify_${ACCOUNT}"`;

/** Watches everything that any client asks of Redis. */
export class Monitor {
  /** Every line, as Redis gives it. */
  readonly lines: string[] = [];
  readonly accesses: StoreAccess[] = [];
  readonly #client: RedisClient;
  readonly #names = new Map<string, string>();

  private constructor(client: RedisClient) {
    this.#client = client;
    client.onPush = (line) => this.#note(String(line));
  }

  /** Clients that connect from now on are known by name. */
  static async start(place: RedisPlace): Promise<Monitor> {
    const client = new RedisClient(place.server.port);
    await client.ask('MONITOR');
    return new Monitor(client);
  }

  stop(): void {
    this.#client.close();
  }

  #note(line: string): void {
    this.lines.push(line);
    const [, seconds, address = '', command = '', words = ''] = LINE.exec(line) ?? [];
    const at = Number(seconds) * 1000;
    const who = this.#names.get(address) ?? address;
    if (command === 'CLIENT') this.#names.set(address, / "([^"]*)"$/.exec(words)?.[1] ?? address);
    if (!words.startsWith(STATE)) return;
    if (command === 'HMGET') this.accesses.push({ at, who, what: 'read' });
    if (command !== 'HSET') return;
    // Redis escapes quotes and backslashes as JSON does.
    const sealed = JSON.parse(JSON.parse(words.slice(STATE.length + 1)) as string) as string;
    this.accesses.push({ at, who, what: 'saved', token: tokenIn(sealed, ACCOUNT) });
  }
}
