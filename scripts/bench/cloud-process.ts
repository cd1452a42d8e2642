// A minimal cloud in its own process: `cloud-process.js [tls]`. It counts its requests, and accepts every code and
// every token.
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { signJwt } from '../../test/simulator';
import { trusted } from '../../test/src/support/certificate';

const LIFE_S = 28 * 86_400;
const HUBS = Number(process.env['BENCH_HUBS'] ?? 1);

const counts = { connections: 0, requests: 0, calls: {} as Record<string, number> };

function hubId(index: number): string {
  return `hub-${index}`;
}

const keys = Object.fromEntries(
  Array.from({ length: HUBS }, (_, index) => [
    hubId(index),
    signJwt({ hub_id: hubId(index), hub_name: `Hub ${index}`, role: 32, exp: 2_000_000_000 }, 'secret'),
  ]),
);
const keysAnswer = JSON.stringify(keys);

/** Returns a token with all claims of a real token, so that parsing it takes as much time. */
function newToken(): string {
  const iat = Math.floor(Date.now() / 1000);
  const claims = {
    role: 32,
    iat,
    exp: iat + LIFE_S,
    user_id: 'user-1',
    kid: 'bench',
    iss: 'Cloud',
    jti: counts.requests,
  };
  return signJwt(claims, 'secret');
}

function answerTo(path: string, hubKey: unknown): string {
  const call = /([a-z_]+)(\?.*)?$/.exec(path)?.[1] ?? '';
  counts.calls[call] = (counts.calls[call] ?? 0) + 1;
  if (call === 'hubkeys') return keysAnswer;
  if (call === 'refreshsession' || call === 'emaillogin') return newToken();
  if (call === 'lan_ip') return '[]';
  if (path.endsWith('/hub/remote/hub')) {
    const [id = hubId(0)] = Object.entries(keys).find(([, key]) => key === hubKey) ?? [];
    return JSON.stringify({ hubId: id, name: 'Koti', version: '1.14.9.124', state: 'OK', connected: true });
  }
  return 'null';
}

const answer: RequestListener = (request, response) => {
  counts.requests += 1;
  request.resume();
  const body = answerTo(request.url ?? '', request.headers['x-hub-key']);
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }).end(body);
};

const isTls = process.argv[2] === 'tls';
const server = isTls ? createTlsServer(trusted, answer) : createServer(answer);
server.on(isTls ? 'secureConnection' : 'connection', () => (counts.connections += 1));
// Keep idle connections longer than any client does, so that the server never closes one.
server.keepAliveTimeout = 600_000;
server.listen({ host: '127.0.0.1', port: 0, backlog: 2048 }, () =>
  process.send?.({ port: (server.address() as AddressInfo).port }),
);

process.on('message', () => process.send?.({ counts }));
process.on('disconnect', () => process.exit());
