import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tempFolder } from '../../live/harness';
import { keepTrackOf } from '../../live/harness/leftovers';
import { debianProgram, howToGet, type DebianProgram } from '../../support/debian-program';
import { freePort } from '../../support/ports';
import { until } from '../../support/wait';
import { RedisClient } from './resp';

const REDIS: DebianProgram = {
  name: 'a Redis server',
  package: 'redis-server',
  variable: 'REDIS_SERVER',
  paths: ['redis-server'],
  versionFlag: '--version',
};

/** A real Redis server on a free port of 127.0.0.1, which keeps everything in memory only. */
export class RedisServer {
  readonly port: number;
  #child: ChildProcess | undefined;

  private constructor(port: number) {
    this.port = port;
  }

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort());
    await server.launch();
    return server;
  }

  /** Starts the server, for the first time or again: on the same port, without data. */
  async launch(): Promise<void> {
    const where = ['--bind', '127.0.0.1', '--port', String(this.port), '--dir', tempFolder('redis')];
    const child = spawn(debianProgram(REDIS), [...where, '--save', '', '--appendonly', 'no'], { stdio: 'ignore' });
    keepTrackOf(child);
    this.#child = child;
    await until('Redis to answer', () => this.#answers(child));
  }

  /** Stops answering without closing connections, like a server that hangs. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Stops the server and discards its data. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async #answers(child: ChildProcess): Promise<boolean> {
    if (child.exitCode !== null)
      throw new Error(`Redis ended with ${child.exitCode} instead of starting. ${howToGet(REDIS)}`);
    const client = new RedisClient(this.port);
    try {
      return (await client.ask('PING')) === 'PONG';
    } catch {
      return false;
    } finally {
      client.close();
    }
  }
}
