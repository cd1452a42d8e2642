import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A script that listens, prints its port and then blocks its process, so that it accepts no connection. */
const LISTENER = `
  const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    require('node:fs').writeSync(1, String(server.address().port));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;

/** More connections than the system queues for a backlog of one. */
const WAITING = 16;

/** A server with a full backlog, like that of a hung host: it never accepts a connection. */
export class FullServer {
  readonly #process: ChildProcess;
  readonly #waiting: Socket[] = [];
  readonly url: string;

  private constructor(process: ChildProcess, port: number) {
    this.#process = process;
    this.url = `http://127.0.0.1:${port}/`;
    for (let index = 0; index < WAITING; index++) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      this.#waiting.push(socket);
    }
  }

  static async start(): Promise<FullServer> {
    const child = spawn(process.execPath, ['-e', LISTENER]);
    const [port] = (await once(child.stdout, 'data')) as [Buffer];
    return new FullServer(child, Number(port));
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, 'close');
    this.#process.kill('SIGKILL');
    for (const socket of this.#waiting) socket.destroy();
    await ended;
  }
}
