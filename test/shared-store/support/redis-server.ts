import { tempFolder } from '../../live/harness';
import type { DebianProgram } from '../../support/debian-program';
import { freePort } from '../../support/ports';
import { ServerProgram } from '../../support/server-program';

const REDIS: DebianProgram = {
  name: 'a Redis server',
  package: 'redis-server',
  variable: 'REDIS_SERVER',
  paths: ['redis-server'],
  versionFlag: '--version',
};

/** A real Redis server on a free port of 127.0.0.1, which keeps everything in memory only. */
export class RedisServer extends ServerProgram {
  static async start(): Promise<RedisServer> {
    const server = new RedisServer(REDIS, await freePort());
    await server.launch();
    return server;
  }

  /** Starts the server, for the first time or again: on the same port, without data. */
  async launch(): Promise<void> {
    const where = ['--bind', '127.0.0.1', '--port', String(this.port), '--dir', tempFolder('redis')];
    await this.run([...where, '--save', '', '--appendonly', 'no']);
  }

  /** Stops answering without closing connections, like a server that hangs. */
  freeze(): void {
    this.send('SIGSTOP');
  }

  thaw(): void {
    this.send('SIGCONT');
  }
}
