import { parentPort, workerData } from 'node:worker_threads';
import { HomeCache } from '../../../src/devices/home/home-cache';
import { parseHubAnswer } from '../../../src/devices/home/hub-answer';
import { systemClock } from '../../../src/nodes-api';

/**
 * The input of this worker thread. The worker applies a hub's answer to a home cache, and reports the error code and
 * the CPU time in milliseconds.
 */
const { answer, isList } = workerData as { answer: string; isList: boolean };
const home = new HomeCache({ hub: 'hub', language: 'fi', clock: systemClock });
const before = process.cpuUsage();
let code: unknown = 'none';
try {
  const parsed = parseHubAnswer(answer);
  if (isList) home.load('device', parsed);
  else home.applyPoll(parsed, { isFull: true });
} catch (error) {
  ({ code } = error as { code?: unknown });
}
const { user, system } = process.cpuUsage(before);
parentPort?.postMessage({ code, cpuMs: (user + system) / 1000 });
