import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A proxy to a server on this machine. Closing the proxy makes the server unreachable for one client only. */
export class Gate {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  isShut = false;

  private constructor(server: Server, sockets: Set<Socket>) {
    this.#server = server;
    this.#sockets = sockets;
    ({ port: this.port } = server.address() as AddressInfo);
  }

  static async open(to: number): Promise<Gate> {
    const sockets = new Set<Socket>();
    const server = createServer((near) => {
      if (gate.isShut) {
        near.destroy();
        return;
      }
      const far = connect(to, '127.0.0.1');
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          sockets.delete(socket);
          other.destroy();
        });
        socket.pipe(other);
      }
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const gate = new Gate(server, sockets);
    return gate;
  }

  /** Closes all connections, and refuses new ones. */
  shut(): void {
    this.isShut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  reopen(): void {
    this.isShut = false;
  }

  async close(): Promise<void> {
    this.shut();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
