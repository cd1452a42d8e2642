import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tempFolder } from '../../live/harness';
import { keepTrackOf } from '../../live/harness/leftovers';
import { freePort } from '../../support/ports';
import { until } from '../../support/wait';
import { RedisClient } from './resp';

const HOW_TO =
  'These tests need a Redis server: install it (Debian: apt-get install redis-server), or set REDIS_SERVER to its path.';

/** Time limit for each step of the installation, long enough for a slow connection. */
const INSTALL_DEADLINE_MS = 300_000;

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
    const child = spawn(redisBinary(), [...where, '--save', '', '--appendonly', 'no'], { stdio: 'ignore' });
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
    if (child.exitCode !== null) throw new Error(`Redis ended with ${child.exitCode} instead of starting. ${HOW_TO}`);
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

let binary: string | undefined;

/**
 * Returns the path of the server: the variable REDIS_SERVER, or the installed program. Installs the Debian package if
 * this process runs as root.
 */
function redisBinary(): string {
  binary ??= process.env['REDIS_SERVER'] ?? 'redis-server';
  if (runs(binary)) return binary;
  const isInstallable = process.env['REDIS_SERVER'] === undefined && process.getuid?.() === 0 && runs('apt-get');
  if (isInstallable) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'redis-server']]) {
      spawnSync('apt-get', args, { stdio: 'ignore', env, timeout: INSTALL_DEADLINE_MS });
    }
  }
  if (!runs(binary)) throw new Error(`${binary} can't be run. ${HOW_TO}`);
  return binary;
}

function runs(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}
