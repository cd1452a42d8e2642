import { setTimeout as sleep } from 'node:timers/promises';
import { hubKeys } from '../../src/cloud/cloud-api.js';
import { createHttp } from '../../src/http/http-client.js';
import { runInChildProcess } from './child-process';
import { BenchCloud, trustingEnv } from './cloud';
import { countRow, type Section } from './report';

const BURSTS = 20;
const BURST = 16;
const GAP_MS = 8_000;

interface Options {
  url: string;
  times: number;
}

function cloudAt(url: string) {
  return { baseUrl: url, send: createHttp().send, now: () => Date.now() };
}

/** Runs in its own process: makes bursts of parallel calls. */
export async function bursts({ url, times }: Options): Promise<void> {
  const cloud = cloudAt(url);
  for (let burst = 0; burst < times; burst++) {
    await Promise.all(Array.from({ length: BURST }, () => hubKeys(cloud, 'a-token-of-the-benchmark')));
  }
}

/** Runs in its own process: makes single calls with pauses between them. */
export async function trickle({ url, times }: Options): Promise<void> {
  const cloud = cloudAt(url);
  for (let call = 0; call < times; call++) {
    if (call > 0) await sleep(GAP_MS);
    await hubKeys(cloud, 'a-token-of-the-benchmark');
  }
}

/** Counts the TLS handshakes for bursts of calls, and for single calls every 8 seconds over `minutes`. */
export async function measureConnections(minutes: number): Promise<Section> {
  const cloud = await BenchCloud.start({ isTls: true });
  const calls = Math.round((minutes * 60_000) / GAP_MS);
  const inBursts = await cloud.during(() =>
    runInChildProcess('connections', 'bursts', { url: cloud.url, times: BURSTS }, { env: trustingEnv() }),
  );
  const spaced = await cloud.during(() =>
    runInChildProcess('connections', 'trickle', { url: cloud.url, times: calls }, { env: trustingEnv() }),
  );
  cloud.stop();
  return {
    title: 'Connections',
    measured: 'library',
    about: 'TLS handshakes, counted at the cloud.',
    rows: [
      countRow(
        `handshakes for ${BURSTS} bursts of ${BURST} calls`,
        BURST,
        inBursts.connections,
        `${inBursts.requests} calls`,
      ),
      countRow(`handshakes for calls ${GAP_MS / 1000} s apart`, 1, spaced.connections, `${calls} calls`),
    ],
  };
}
