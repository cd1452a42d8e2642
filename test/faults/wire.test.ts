import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { RawServer } from '../src/support/answers.js';
import { untrusted } from '../src/support/certificate.js';
import { EMAIL } from '../src/support/stage.js';
import { refused, type Step, STEPS, steps, take } from './support/calls.js';
import { Home } from './support/home.js';
import { faultTable, type Row } from './support/table.js';

type Spoil = (home: Home) => Promise<unknown> | void;

/** Redirects requests for the cloud to a server that answers with `answer`. */
async function talking(home: Home, answer: (socket: Socket) => void): Promise<RawServer> {
  const server = await RawServer.start(answer);
  home.onEnd(() => server.stop());
  home.detour = (url) => new URL(`${url.pathname}${url.search}`, server.url);
  return server;
}

/** Redirects requests for the cloud to another origin, past any proxy that the machine is configured to use. */
const leading =
  (origin: string): Spoil =>
  (home) => {
    const before = process.env['no_proxy'];
    process.env['no_proxy'] = '*';
    home.onEnd(() => {
      if (before === undefined) delete process.env['no_proxy'];
      else process.env['no_proxy'] = before;
    });
    home.patience = 0.05;
    home.detour = (url) => new URL(url.pathname, origin);
  };

/**
 * Redirects requests to a TLS server whose certificate nobody has signed. Asserts at the end that the server got no
 * request.
 */
async function untrustedServer(home: Home): Promise<void> {
  let requests = 0;
  const server = createServer(untrusted, () => requests++).listen(0, '127.0.0.1');
  server.on('tlsClientError', () => undefined);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  home.detour = (url) => new URL(url.pathname, `https://127.0.0.1:${port}`);
  home.onEnd(() => {
    server.close();
    server.closeAllConnections();
    assert.equal(requests, 0, 'nothing is sent to a stranger');
  });
}

/**
 * Redirects requests to a server without TLS where TLS is expected. Asserts at the end that the server got no token.
 */
async function plainServer(home: Home): Promise<void> {
  const server = await talking(home, (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'));
  home.detour = (url) => new URL(url.pathname, server.url.replace('http:', 'https:'));
  home.onEnd(() => assert.ok(!server.requests.some((text) => text.includes(home.token))));
}

async function refusing(home: Home): Promise<void> {
  const server = await RawServer.start(() => undefined);
  const { url } = server;
  await server.stop();
  home.detour = () => new URL(url);
}

const saying =
  (text: string): Spoil =>
  (home) =>
    talking(home, (socket) => socket.end(text));

const FAULTS: [string, Spoil][] = [
  ['a refused connection', refusing],
  ['an unreachable network', leading('http://255.255.255.255:81')],
  ['a certificate that nobody has signed', untrustedServer],
  ['no TLS where it should be', plainServer],
  ['an end in the headers', saying('HTTP/1.1 200 OK\r\nContent-Le')],
  ['chunks without sense', saying('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n')],
  ['headers without end', saying(`HTTP/1.1 200 OK\r\nX: ${'a'.repeat(100_000)}`)],
];

const onRefresh = FAULTS.map(([what, spoil]): Row<Home> => ({
  fault: `${what} on refresh`,
  expected: 'keep (COZIFY_UNREACHABLE)',
  run: async (home) => {
    await spoil(home);
    const error = await refused(home, take(home, 'refresh'), 'COZIFY_UNREACHABLE');
    assert.equal(error.statusCode, undefined);
    assert.equal(home.account.snapshot().reachable, false);
    assert.equal(home.sent.length, 1, 'sent once');
  },
}));

const atBoot = FAULTS.slice(0, 4).map(([what, spoil]): Row<Home> => ({
  fault: `${what} at boot`,
  expected: 'keep: logged in from disk, without a request',
  run: async (home) => {
    await home.close();
    await spoil(home);
    await home.start();
    const { state, saved, lastRefresh } = home.account.snapshot();
    assert.deepEqual([state, saved, lastRefresh !== null], ['authenticated', true, true]);
    assert.equal(home.sent.length, 0);
  },
}));

const deadlines = steps.map((step: Step): Row<Home> => ({
  fault: `a call of ${step}, with any answer`,
  expected: 'has a deadline of 15 s and a cap well under 1 MiB',
  run: async (home) => {
    await take(home, step);
    const [request] = home.sent;
    assert.ok(request && request.url.endsWith(STEPS[step]));
    assert.deepEqual([request.deadlineMs, request.maxBytes <= 1_000_000], [15_000, true]);
  },
}));

const cutOff: Row<Home> = {
  fault: 'a good token of unannounced length, whose connection ends after 90 characters',
  expected: 'keep (COZIFY_BAD_ANSWER)',
  run: async (home) => {
    const half = home.simulator.issueToken(EMAIL).slice(0, 90);
    await talking(home, (socket) => socket.end(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n${half}`));
    await refused(home, take(home, 'refresh'), 'COZIFY_BAD_ANSWER');
  },
};

faultTable('The wire', () => Home.open(), [...onRefresh, ...atBoot, ...deadlines, cutOff]);
