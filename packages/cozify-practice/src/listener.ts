import { once, setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIPv4, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a server that opens again waits for its port to become free. */
const TIMEOUT_MS = 180_000;

/** Answers one request; `signal` is aborted when the server closes. */
export type Handler = (request: IncomingMessage, response: ServerResponse, signal: AbortSignal) => Promise<void>;

/** An HTTP server on 127.0.0.0/8. It can be closed together with all its connections, and opened again. */
export class Listener {
  readonly address: string;
  readonly #handler: Handler;
  #port: number;
  #hasBeenOpen = false;
  #open: { server: Server; closing: AbortController } | undefined;

  /**
   * `port`: 0 means any free port when the server first opens, and the same port after that. Throws for an address that
   * is not loopback.
   */
  constructor(address: string, port: number, handler: Handler) {
    if (!isIPv4(address) || !address.startsWith('127.')) throw new Error(`${address} is not within 127.0.0.0/8`);
    this.address = address;
    this.#port = port;
    this.#handler = handler;
  }

  /** The port; 0 before the server has opened for the first time. */
  get port(): number {
    return this.#port;
  }

  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  async open(): Promise<void> {
    if (this.#open) return;
    const closing = new AbortController();
    setMaxListeners(0, closing.signal);
    const server = createServer((request, response) => void this.#answer(request, response, closing.signal));
    // Keep idle connections longer than any client does, so that only faults close a connection during a request.
    server.keepAliveTimeout = 120_000;
    this.#open = { server, closing };
    try {
      await this.#listen(server, closing.signal);
    } catch (error) {
      this.#open = undefined;
      throw error;
    }
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Retries if the port is in use, because another test may have taken it while the server was closed. */
  async #listen(server: Server, signal: AbortSignal): Promise<void> {
    const deadline = Date.now() + (this.#hasBeenOpen ? TIMEOUT_MS : 0);
    for (;;) {
      try {
        server.listen({ host: this.address, port: this.#port, backlog: 2048 });
        await once(server, 'listening');
        this.#hasBeenOpen = true;
        return;
      } catch (error) {
        const isOccupied = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
        if (!isOccupied || signal.aborted || Date.now() >= deadline) throw error;
        await sleep(20);
      }
    }
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    const { server, closing } = this.#open;
    this.#open = undefined;
    closing.abort();
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
    try {
      await this.#handler(request, response, signal);
    } catch (error) {
      // A closed connection is normal. Any other error is a bug in the simulator.
      if (signal.aborted || response.destroyed) return;
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(`The simulator failed: ${String(error)}`);
    }
  }
}
