import { setTimeout as delay } from 'node:timers/promises';
import { type Reply, RedisClient, ReplyError } from './resp';

export interface Patience {
  /** Number of connection attempts after which waiting commands fail. With 0, they fail at once. */
  tries: number;
  /** Whether commands in flight are sent again after a lost connection instead of failing. */
  isSentAgain: boolean;
}

const LONGEST_PAUSE_MS = 2_000;
const PAUSE_STEP_MS = 50;

/** A Redis client that reconnects, and queues commands until it is connected, as drivers do. */
export class PatientClient {
  readonly #client: RedisClient;
  readonly #name: string;
  readonly #patience: Patience;
  #isConnected = false;
  #connecting: Promise<void> | undefined;
  #isClosed = false;

  constructor(port: number, name: string, patience: Patience) {
    this.#client = new RedisClient(port);
    this.#name = name;
    this.#patience = patience;
    this.#client.onLoss = () => (this.#isConnected = false);
  }

  /** Sends commands together, and returns the reply to each. */
  async ask(...commands: string[][]): Promise<Reply[]> {
    for (;;) {
      await this.connected();
      try {
        return await Promise.all(commands.map((words) => this.#client.ask(...words)));
      } catch (error) {
        if (error instanceof ReplyError || !this.#patience.isSentAgain) throw error;
      }
    }
  }

  /** Resolves once Redis answers. */
  async connected(): Promise<void> {
    if (this.#isConnected) return;
    this.#connecting ??= this.#connect().finally(() => (this.#connecting = undefined));
    await this.#connecting;
  }

  /** Tries once to connect, and sets the name of the client. */
  async greet(): Promise<void> {
    await this.#client.ask('CLIENT', 'SETNAME', this.#name);
  }

  close(): void {
    this.#isClosed = true;
    this.#client.close();
  }

  async #connect(): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      try {
        await this.greet();
        this.#isConnected = true;
        return;
      } catch (error) {
        // As in real Redis drivers, this error has no `code`, because it does not come from the operating system.
        if (this.#isClosed || tries >= this.#patience.tries) throw tries === 0 ? error : new Error('Too many tries.');
      }
      await delay(Math.min((tries + 1) * PAUSE_STEP_MS, LONGEST_PAUSE_MS));
    }
  }
}
