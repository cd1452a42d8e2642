import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** A TCP server. The test writes the raw bytes of each response. */
export class RawServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Texts of the requests so far. */
  readonly requests: string[] = [];

  private constructor(answer: (socket: Socket, place: number) => void) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => {
        this.requests.push(bytes.toString());
        answer(socket, this.requests.length);
      });
    });
  }

  /** Starts a server. `answer` is called for each request with its socket and its number from 1. */
  static async start(answer: (socket: Socket, place: number) => void): Promise<RawServer> {
    const raw = new RawServer(answer);
    raw.#server.listen(0, '127.0.0.1');
    await once(raw.#server, 'listening');
    return raw;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  /** Number of connections so far. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Number of open connections. */
  get open(): number {
    return [...this.#sockets].filter((socket) => !socket.destroyed).length;
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

export const GOOD_ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
