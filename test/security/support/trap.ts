import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A foreign server on this machine that answers each request and records all received data. */
export class Trap {
  readonly port: number;
  readonly #server: Server;
  readonly #received: string[] = [];
  #connections = 0;

  private constructor(server: Server) {
    this.#server = server;
    ({ port: this.port } = server.address() as AddressInfo);
  }

  /** Opens a trap that answers each request with status 200 and `body`. */
  static async open(body = 'null'): Promise<Trap> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      trap.#connections += 1;
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        trap.#received.push(chunk.toString('latin1'));
        socket.end(
          `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        );
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const trap = new Trap(server);
    server.once('close', () => sockets.forEach((socket) => socket.destroy()));
    return trap;
  }

  /** Number of connections so far. */
  get connections(): number {
    return this.#connections;
  }

  /** All received data, as sent over the wire. */
  get received(): string {
    return this.#received.join('\n');
  }

  async close(): Promise<void> {
    this.#server.close();
    await once(this.#server, 'close');
  }
}
