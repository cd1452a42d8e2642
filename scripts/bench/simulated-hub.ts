import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { keepTrackOf } from '../../test/live/harness/leftovers';
import type { Request, Reply } from './simulator-process';

/** A simulated hub and its cloud in another process. */
export class BenchHub {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(start: NonNullable<Request['start']>): Promise<{ hub: BenchHub; reply: Reply }> {
    const child = fork(join(__dirname, 'simulator-process.js'));
    keepTrackOf(child);
    const hub = new BenchHub(child);
    return { hub, reply: await hub.request({ start }) };
  }

  async request(request: Request): Promise<Reply> {
    const answered = once(this.#child, 'message') as Promise<[Reply]>;
    this.#child.send(request);
    return (await answered)[0];
  }

  stop(): void {
    this.#child.disconnect();
  }
}
