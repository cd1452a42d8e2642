// Calls an https server several times over kept and new connections, and prints the results.
import { createHttp } from '../../../src/http/http-client.js';

async function main(): Promise<void> {
  const url = process.argv[2] ?? '';
  const http = createHttp();
  for (const isReplayable of [true, true, true, false, true]) {
    const request = {
      method: 'GET',
      url,
      peer: 'The cloud',
      deadlineMs: 60_000,
      maxBytes: 10_000,
      isLan: false,
    } as const;
    const result = await http.send({ ...request, isReplayable }).then(
      ({ status, body }) => `${status} ${body}`,
      (error: { code?: string }) => error.code,
    );
    console.log(result);
  }
  http.close();
}

void main();
