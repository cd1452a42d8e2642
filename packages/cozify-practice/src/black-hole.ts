import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

/** The data for the worker thread, which blocks until `gate` changes. */
export interface BlackHoleConfig {
  address: string;
  port: number;
  gate: SharedArrayBuffer;
}

/** At least as many connections as the system queues for a server that accepts none. */
const QUEUE = 8;

/**
 * A port of this machine that neither answers nor refuses connections, like a hub without power. A connection attempt
 * hangs until the client gives up.
 *
 * A worker thread listens and then sleeps, so that it accepts nothing. When the queue of the port is full, the system
 * drops new connections.
 */
export class BlackHole {
  readonly #worker: Worker;
  readonly #gate: Int32Array;
  readonly #fillers: Socket[] = [];

  private constructor(worker: Worker, gate: Int32Array) {
    this.#worker = worker;
    this.#gate = gate;
  }

  /** Opens the port. Rejects if it is taken. */
  static async open(address: string, port: number): Promise<BlackHole> {
    const gate = new SharedArrayBuffer(4);
    const config: BlackHoleConfig = { address, port, gate };
    const worker = new Worker(join(__dirname, 'black-hole-worker.js'), { workerData: config });
    const hole = new BlackHole(worker, new Int32Array(gate));
    await once(worker, 'message');
    await hole.#fill(address, port);
    return hole;
  }

  async close(): Promise<void> {
    for (const filler of this.#fillers) filler.destroy();
    const exited = once(this.#worker, 'exit');
    Atomics.store(this.#gate, 0, 1);
    Atomics.notify(this.#gate, 0);
    await exited;
  }

  /** Opens connections to fill the queue of the port, so that further connections hang. */
  async #fill(address: string, port: number): Promise<void> {
    for (let tried = 0; tried < QUEUE; tried++) {
      const filler = connect({ host: address, port });
      filler.on('error', () => undefined);
      this.#fillers.push(filler);
    }
    await once(this.#fillers[0] as Socket, 'connect');
  }
}
