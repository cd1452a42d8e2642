import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below those that a system hands out by itself (from 32768 on Linux), so that no server or connection of a test that
 * runs at the same time gets one between being found free here and being taken by the program it is for; nor are there
 * any among them that browsers refuse.
 */
const FIRST = 20_000;
const LAST = 32_000;

/** A port of 127.0.0.1 on which nobody listens, for a program that must be told which one to take. */
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
