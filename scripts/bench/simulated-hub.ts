import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { keepTrackOf } from '../../test/live/harness/leftovers';
import type { Order, Told } from './simulator-process';

/** A simulated hub and its cloud in another process. */
export class BenchHub {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(start: NonNullable<Order['start']>): Promise<{ hub: BenchHub; told: Told }> {
    const child = fork(join(__dirname, 'simulator-process.js'));
    keepTrackOf(child);
    const hub = new BenchHub(child);
    return { hub, told: await hub.tell({ start }) };
  }

  async tell(order: Order): Promise<Told> {
    const answered = once(this.#child, 'message') as Promise<[Told]>;
    this.#child.send(order);
    return (await answered)[0];
  }

  stop(): void {
    this.#child.disconnect();
  }
}
