// Free ports for programs that tests start.
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * The range of ports. It is below the ports that systems assign themselves (from 32768 on Linux), so that no other
 * server or connection takes a free port before the test's program does. Browsers allow all ports of the range.
 */
const FIRST = 20_000;
const LAST = 32_000;

/** Returns a free port of 127.0.0.1, for a program that needs a given port. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST + 1));
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
