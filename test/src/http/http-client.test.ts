import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { inspect } from 'node:util';
import sinon from 'sinon';
import { systemClock } from '../../../src/async/clock.js';
import { createHttp, type HttpRequest } from '../../../src/http/http-client.js';
import { GOOD_ANSWER, RawServer } from '../support/answers.js';
import { untrusted } from '../support/certificate.js';
import { failure } from '../support/stage.js';
import { packageRoot } from '../../nodes/support/package-root.js';
import { until } from '../../support/wait.js';

const SECRET = 'eyJhbGciOiJIUzUxMiJ9.very.secret';

describe('HTTP client', () => {
  let http: ReturnType<typeof createHttp>;
  let raw: RawServer | undefined;

  beforeEach(() => {
    http = createHttp();
  });

  afterEach(async () => {
    sinon.restore();
    http.close();
    await raw?.stop();
    raw = undefined;
  });

  function request(url: string, options: Partial<HttpRequest> = {}): HttpRequest {
    const headers = { Authorization: SECRET };
    const limits = { deadlineMs: 60_000, maxBytes: 1_000 };
    return { method: 'GET', url, peer: 'The cloud', ...limits, isReplayable: false, isLan: false, headers, ...options };
  }

  async function answering(answer: (socket: Socket, place: number) => void): Promise<RawServer> {
    return (raw = await RawServer.start(answer));
  }

  const answerTo = async (text: string, options?: Partial<HttpRequest>) => {
    const server = await answering((socket) => socket.end(text));
    return http.send(request(server.url, options));
  };

  it('returns the status, headers and body of any response', async () => {
    const answer = await answerTo('HTTP/1.1 503 No\r\nX-Some-Thing: 1\r\nContent-Length: 4\r\n\r\n"a"\n');
    assert.deepEqual([answer.status, answer.body, answer.headers['x-some-thing']], [503, '"a"\n', '1']);
  });

  for (const isReplayable of [true, false]) {
    it(`calls onResponse at the first byte of the response (${isReplayable ? 'direct' : 'axios'})`, async () => {
      let socket: Socket | undefined;
      const server = await answering((opened) => void (socket = opened));
      let isBegun = false;
      const answer = http.send(request(server.url, { isReplayable, onResponse: () => void (isBegun = true) }));
      await until('the request', () => socket);
      assert.equal(isBegun, false);
      socket?.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"');
      await until('the beginning of the answer', () => isBegun);
      socket?.end('a"\n');
      assert.equal((await answer).body, '"a"\n');
    });
  }

  it('sends a user agent with name, version and address', async () => {
    const server = await answering((socket) => socket.end(GOOD_ANSWER));
    await http.send(request(server.url, { isReplayable: true }));
    await http.send(request(server.url, { method: 'POST', body: '{}' }));
    const about = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
    const expected = `node-red-cozify/${about.version} (+https://github.com/cozify-community/node-red-cozify)`;
    const agents = server.requests.map((text) => /^user-agent: (.*)\r$/im.exec(text)?.[1]);
    assert.deepEqual(agents, [expected, expected]);
  });

  it('returns JSON as text', async () => {
    assert.equal((await answerTo('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"a":1}')).body, '{"a":1}');
  });

  it('follows no redirect', async () => {
    const stranger = await RawServer.start((socket) => socket.end(GOOD_ANSWER));
    try {
      const answer = await answerTo(`HTTP/1.1 302 Found\r\nLocation: ${stranger.url}\r\nContent-Length: 0\r\n\r\n`);
      assert.equal(answer.status, 302);
      assert.equal(stranger.connections, 0);
    } finally {
      await stranger.stop();
    }
  });

  const unreachable: [string, (socket: Socket) => void, deadlineMs?: number][] = [
    ['headers that never come', () => undefined, 300],
    ['a body that comes too slowly', (socket) => drip(socket), 300],
    ['a reset before the response', (socket) => socket.resetAndDestroy()],
    ['a connection that ends before the response', (socket) => socket.end()],
    ['a body that is cut short', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nshort')],
    ['a reset in the middle of the body', (socket) => resetInTheMiddle(socket)],
    ['something that is not HTTP', (socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')],
  ];
  for (const [problem, answer, deadlineMs] of unreachable) {
    it(`fails with COZIFY_UNREACHABLE on ${problem}, in time, without isUnsent and without the token in the error`, async () => {
      const server = await answering(answer);
      for (const isReplayable of [false, true]) {
        const before = server.requests.length;
        const sent = http.send(
          request(server.url, { isReplayable, ...(deadlineMs === undefined ? {} : { deadlineMs }) }),
        );
        const error = await failure(sent, 'COZIFY_UNREACHABLE');
        assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(SECRET));
        // On a busy machine, a short deadline may pass before anything is sent.
        if (server.requests.length > before) assert.equal(error.isUnsent, undefined);
      }
      assert.ok(server.requests.length <= 2, 'a new connection is not tried twice');
      if (deadlineMs === undefined) assert.equal(server.requests.length, 2);
    });
  }

  it('fails with COZIFY_UNREACHABLE and isUnsent on a refused connection and an unknown host', async () => {
    const server = await answering(() => undefined);
    const { url } = server;
    await server.stop();
    raw = undefined;
    for (const at of [url, 'https://cozify.invalid/']) {
      assert.equal((await failure(http.send(request(at)), 'COZIFY_UNREACHABLE')).isUnsent, true);
    }
  });

  it('refuses a self-signed certificate before it sends anything, even if NODE_TLS_REJECT_UNAUTHORIZED is 0', async () => {
    // Turns off the certificate checks of Node.js, because some users do this for another program.
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    let asked = 0;
    const server = createServer(untrusted, () => asked++).listen(0, '127.0.0.1');
    server.on('tlsClientError', () => undefined);
    await once(server, 'listening');
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    try {
      for (const isReplayable of [true, false]) {
        const { isUnsent } = await failure(http.send(request(url, { isReplayable })), 'COZIFY_UNREACHABLE');
        assert.equal(isUnsent, true);
      }
      assert.equal(asked, 0);
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      server.close();
      server.closeAllConnections();
    }
  });

  it('never falls back to plain HTTP', async () => {
    const server = await answering((socket) => socket.end(GOOD_ANSWER));
    await failure(http.send(request(server.url.replace('http:', 'https:'))), 'COZIFY_UNREACHABLE');
    assert.ok(server.requests.every((text) => !text.includes(SECRET)));
  });

  it('stops reading at maxBytes', async () => {
    let sent = 0;
    const server = await answering((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const more = (): void => {
        if (!socket.destroyed && (sent += 65_536) < 1e8) socket.write(Buffer.alloc(65_536, 'a'), more);
      };
      more();
    });
    await failure(http.send(request(server.url)), 'COZIFY_BAD_ANSWER');
    assert.ok(sent < 2e7);
  });

  it('accepts a body of exactly maxBytes', async () => {
    assert.equal((await answerTo(`HTTP/1.1 200 OK\r\n\r\n${'a'.repeat(1_000)}`)).body.length, 1_000);
  });

  it('fails with COZIFY_CLOSED when it is aborted', async () => {
    const server = await answering(() => undefined);
    const closing = new AbortController();
    const hanging = http.send(request(server.url, { signal: closing.signal }));
    await until('the request', () => server.requests.length === 1);
    closing.abort();
    await failure(hanging, 'COZIFY_CLOSED');
    await failure(http.send(request(server.url, { signal: closing.signal })), 'COZIFY_CLOSED');
    assert.equal(server.requests.length, 1);
  });

  describe('a kept connection that is dead', () => {
    /** The time of the client in milliseconds. It stands still, because a call that has waited is not resent. */
    let nowMs: number;

    beforeEach(() => {
      nowMs = 0;
      sinon.stub(performance, 'now').callsFake(() => nowMs);
    });

    /**
     * Starts a server that answers the first request, keeps its connection open, and resets it at the second request.
     */
    const dying = () =>
      answering((socket, index) => (index === 2 ? socket.resetAndDestroy() : socket.write(GOOD_ANSWER)));

    it('resends a replayable call on a new connection', async () => {
      const server = await dying();
      const harmless = request(server.url, { isReplayable: true });
      await http.send(harmless);
      assert.equal((await http.send(harmless)).body, 'ok');
      assert.equal(server.requests.length, 3);
      assert.equal(server.connections, 2);
    });

    it('resends a replayable call only once', async () => {
      const server = await answering((socket, index) => {
        if (index === 1) socket.write(GOOD_ANSWER);
        else socket.resetAndDestroy();
      });
      const harmless = request(server.url, { isReplayable: true });
      await http.send(harmless);
      await failure(http.send(harmless), 'COZIFY_UNREACHABLE');
      assert.equal(server.requests.length, 3);
    });

    it('resends a call with only the remaining time of its deadline', async () => {
      const timers = sinon.spy(systemClock, 'setTimeout');
      const server = await answering((socket, index) => {
        if (index === 2) nowMs += 1_000;
        if (index === 2) socket.resetAndDestroy();
        else socket.write(GOOD_ANSWER);
      });
      const harmless = request(server.url, { isReplayable: true, deadlineMs: 60_000 });
      await http.send(harmless);
      await http.send(harmless);
      assert.equal(server.requests.length, 3, 'the call was resent');
      assert.deepEqual(
        timers.args.map(([, delayMs]) => delayMs),
        [60_000, 60_000, 59_000],
      );
    });

    it('does not resend a call that had waited for 12 s', async () => {
      const server = await answering((socket, index) => {
        if (index === 2) nowMs += 12_000;
        if (index === 2) socket.resetAndDestroy();
        else socket.write(GOOD_ANSWER);
      });
      const held = request(server.url, { isReplayable: true });
      await http.send(held);
      await failure(http.send(held), 'COZIFY_UNREACHABLE');
      assert.equal(server.requests.length, 2, 'otherwise a restarting gateway gets twice the calls');
    });

    it('never resends a change, and sends it on a new connection', async () => {
      const server = await dying();
      await http.send(request(server.url, { isReplayable: true }));
      await failure(http.send(request(server.url, { method: 'POST', body: '{}' })), 'COZIFY_UNREACHABLE');
      assert.equal(server.requests.length, 2);
      assert.equal(server.connections, 2);
    });
  });

  describe('with a proxy in the environment', () => {
    const names = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'all_proxy', 'no_proxy', 'NO_PROXY'];
    const before = new Map(names.map((name) => [name, process.env[name]]));
    let proxy: RawServer;

    beforeEach(async () => {
      proxy = await RawServer.start((socket) => socket.end(GOOD_ANSWER));
      useProxy(proxy.url);
    });

    function useProxy(url: string): void {
      for (const name of names) process.env[name] = /no_proxy/i.test(name) ? '' : url;
    }

    afterEach(async () => {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      await proxy.stop();
    });

    /** Starts a proxy that answers CONNECT with `text` and then sends nothing. */
    const silentAfter = (text: string): Promise<RawServer> =>
      answering((socket) => {
        if (raw?.requests.at(-1)?.startsWith('CONNECT ') === true) socket.write(text);
      });

    it('connects directly to a cloud on this machine', async () => {
      assert.equal((await answerTo(GOOD_ANSWER)).body, 'ok');
      assert.equal(proxy.connections, 0);
    });

    it('connects directly to a hub on the LAN, but through the proxy to a cloud elsewhere', async () => {
      const url = 'http://169.254.255.254:1/';
      // Whether the request succeeds depends on the machine, so check only that the proxy gets no connection.
      await http.send(request(url, { isLan: true, deadlineMs: 300 })).catch(() => undefined);
      assert.equal(proxy.connections, 0);
      await http.send(request(url));
      assert.equal(proxy.connections, 1);
    });

    const OPENED = 'HTTP/1.1 200 Connection established\r\n';
    const silences: [string, string, string][] = [
      ['never answers', 'http', ''],
      ['requires TLS and never shakes hands', 'https', ''],
      ['opens a tunnel to nowhere', 'http', `${OPENED}\r\n`],
      ['never ends its response', 'http', `${OPENED}X-More: `],
    ];
    for (const [fault, scheme, text] of silences) {
      for (const url of ['http://cloud.example/', 'https://cloud.example/']) {
        for (const isReplayable of [true, false]) {
          const call = `${isReplayable ? 'a replayable' : 'a non-replayable'} ${url.split(':')[0]} call`;

          it(`closes the connection to a proxy that ${fault}, at the deadline of ${call}`, async () => {
            const silent = await silentAfter(text);
            useProxy(silent.url.replace('http', scheme));
            const calls = [1, 2, 3].map(() => http.send(request(url, { isReplayable, deadlineMs: 300 })));
            for (const sent of calls) await failure(sent, 'COZIFY_UNREACHABLE');
            // On a busy machine, a deadline may pass before its call has a connection.
            assert.ok(silent.connections <= 3);
            await until('the end of each connection', () => silent.open === 0);
          });

          it(`closes the connection to a proxy that ${fault}, at the abort of ${call}`, async () => {
            const silent = await silentAfter(text);
            useProxy(silent.url.replace('http', scheme));
            const closing = new AbortController();
            const sent = http.send(request(url, { isReplayable, deadlineMs: 60_000, signal: closing.signal }));
            await until('a request to the proxy', () => silent.requests.length > 0);
            closing.abort();
            await failure(sent, 'COZIFY_CLOSED');
            await until('the end of the connection', () => silent.open === 0);
          });
        }
      }
    }
  });
});

function drip(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n');
  const timer = setInterval(() => socket.write('a'), 50);
  socket.on('close', () => clearInterval(timer));
}

function resetInTheMiddle(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\npart', () =>
    setTimeout(() => socket.resetAndDestroy(), 30),
  );
}
