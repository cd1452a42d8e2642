import { createServer } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import type { BlackHoleOrder } from './black-hole';

const { address, port, gate } = workerData as BlackHoleOrder;
const server = createServer();
server.listen({ host: address, port, backlog: 1 }, () => {
  parentPort?.postMessage('listening');
  // From here on this thread sleeps: the system keeps a connection or two, and nobody accepts them.
  Atomics.wait(new Int32Array(gate), 0, 0);
  server.close();
  parentPort?.close();
  process.exit();
});
