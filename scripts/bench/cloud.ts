import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keepTrackOf, tempFolder } from '../../test/live/harness/leftovers';
import { trusted } from '../../test/src/support/certificate';

/** Requests that the cloud has counted since its start. */
export interface CloudCounts {
  connections: number;
  requests: number;
  /** Number of calls, by the last part of their path. */
  calls: Record<string, number>;
}

/** The benchmark's cloud, in another process, so that its work is not measured. */
export class BenchCloud {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  static async start({ isTls = false, hubs = 1 } = {}): Promise<BenchCloud> {
    const child = fork(join(__dirname, 'cloud-process.js'), isTls ? ['tls'] : [], {
      env: { ...process.env, BENCH_HUBS: String(hubs) },
    });
    keepTrackOf(child);
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    return new BenchCloud(child, `${isTls ? 'https' : 'http'}://127.0.0.1:${port}/ui/0.2`);
  }

  async counts(): Promise<CloudCounts> {
    const answered = once(this.#child, 'message') as Promise<[{ counts: CloudCounts }]>;
    this.#child.send('counts');
    return (await answered)[0].counts;
  }

  /** Runs `work` and returns the counts of the requests made during it. */
  async during(work: () => Promise<unknown>): Promise<CloudCounts> {
    const before = await this.counts();
    await work();
    const after = await this.counts();
    const calls = Object.entries(after.calls).map(([call, count]) => [call, count - (before.calls[call] ?? 0)]);
    return {
      connections: after.connections - before.connections,
      requests: after.requests - before.requests,
      calls: Object.fromEntries(calls) as Record<string, number>,
    };
  }

  stop(): void {
    this.#child.disconnect();
  }
}

/** Returns the environment of a process that trusts the TLS certificate of the cloud. */
export function trustingEnv(): NodeJS.ProcessEnv {
  const path = join(tempFolder('certificate'), 'ca.pem');
  writeFileSync(path, trusted.cert);
  return { ...process.env, NODE_EXTRA_CA_CERTS: path };
}
