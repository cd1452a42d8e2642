import { createServer } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import type { BlackHoleConfig } from './black-hole';

const { address, port, gate } = workerData as BlackHoleConfig;
const server = createServer();
server.listen({ host: address, port, backlog: 1 }, () => {
  parentPort?.postMessage('listening');
  // Blocks this thread from here on. The system queues one or two connections, and nothing accepts them.
  Atomics.wait(new Int32Array(gate), 0, 0);
  server.close();
  parentPort?.close();
  process.exit();
});
