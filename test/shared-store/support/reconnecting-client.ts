import { setTimeout as delay } from 'node:timers/promises';
import { type Reply, RedisClient, ReplyError } from './resp';

/** Options of a client for the time when Redis is unavailable. */
export interface RetryOptions {
  /**
   * Number of retries of a failed connection attempt after which waiting commands fail. With 0, commands fail after the
   * first attempt.
   */
  retries: number;
  /** Whether commands in flight are sent again after a lost connection instead of failing. */
  isSentAgain: boolean;
}

const LONGEST_PAUSE_MS = 2_000;
const PAUSE_STEP_MS = 50;

/** A Redis client that reconnects, and queues commands until it is connected, as drivers do. */
export class ReconnectingClient {
  readonly #client: RedisClient;
  readonly #name: string;
  readonly #retry: RetryOptions;
  #isConnected = false;
  #connecting: Promise<void> | undefined;
  #isClosed = false;

  constructor(port: number, name: string, retry: RetryOptions) {
    this.#client = new RedisClient(port);
    this.#name = name;
    this.#retry = retry;
    this.#client.onLoss = () => (this.#isConnected = false);
  }

  /** Sends commands together, and returns the reply to each. */
  async ask(...commands: string[][]): Promise<Reply[]> {
    for (;;) {
      await this.connected();
      try {
        return await Promise.all(commands.map((words) => this.#client.ask(...words)));
      } catch (error) {
        if (error instanceof ReplyError || !this.#retry.isSentAgain) throw error;
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
  async connectOnce(): Promise<void> {
    await this.#client.ask('CLIENT', 'SETNAME', this.#name);
  }

  close(): void {
    this.#isClosed = true;
    this.#client.close();
  }

  async #connect(): Promise<void> {
    for (let retries = 0; ; retries += 1) {
      try {
        await this.connectOnce();
        this.#isConnected = true;
        return;
      } catch (error) {
        // As in real Redis drivers, this error has no `code`, because it does not come from the operating system.
        if (this.#isClosed || retries >= this.#retry.retries)
          throw retries === 0 ? error : new Error('Too many tries.');
      }
      await delay(Math.min((retries + 1) * PAUSE_STEP_MS, LONGEST_PAUSE_MS));
    }
  }
}
