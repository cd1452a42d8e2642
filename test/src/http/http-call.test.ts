import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHttp, type HttpRequest } from '../../../src/http/http-client.js';
import { GOOD_ANSWER, RawServer } from '../support/answers.js';
import { FullServer } from '../support/full-server.js';
import { failure } from '../support/stage.js';
import { until } from '../../support/wait.js';

describe('HTTP call', () => {
  let http: ReturnType<typeof createHttp>;
  let raw: RawServer | undefined;

  beforeEach(() => {
    http = createHttp();
  });

  afterEach(async () => {
    http.close();
    await raw?.stop();
    raw = undefined;
  });

  function request(url: string, options: Partial<HttpRequest> = {}): HttpRequest {
    const limits = { deadlineMs: 60_000, maxBytes: 1_000 };
    return { method: 'GET', url, peer: 'The hub', ...limits, isReplayable: false, isLan: true, ...options };
  }

  async function answering(answer: (socket: Socket, place: number) => void): Promise<RawServer> {
    return (raw = await RawServer.start(answer));
  }

  const unreachable = (url: string, options?: Partial<HttpRequest>) =>
    failure(http.send(request(url, options)), 'COZIFY_UNREACHABLE');

  it('leaves no listener on its signal after the answer', async () => {
    const { url } = await answering((socket) => socket.end(GOOD_ANSWER));
    const { signal } = new AbortController();
    await http.send(request(url, { signal }));
    assert.deepEqual(getEventListeners(signal, 'abort'), []);
  });

  describe('with nothing sent', () => {
    it('ends at the connection timeout, before its deadline', async () => {
      const full = await FullServer.start();
      try {
        const { message, isUnsent } = await unreachable(full.url, { connectMs: 300 });
        assert.match(message, /no connection within 0\.3 s/);
        assert.equal(isUnsent, true);
      } finally {
        await full.stop();
      }
    });

    it('ends when its deadline passes during the TLS handshake', async () => {
      const silent = await answering(() => undefined);
      const { isUnsent } = await unreachable(silent.url.replace('http:', 'https:'), { deadlineMs: 300 });
      assert.equal(isUnsent, true);
    });
  });

  it('waits for its answer until the deadline once connected', async () => {
    const server = await answering((socket) => void sleep(3_500).then(() => socket.end(GOOD_ANSWER)));
    assert.equal((await http.send(request(server.url, { connectMs: 3_000 }))).body, 'ok');
  });

  describe('a change with canFollow', () => {
    const change = (url: string) => request(url, { method: 'PUT', body: '[]', canFollow: true });

    it('reuses its connection', async () => {
      const server = await answering((socket) => socket.write(GOOD_ANSWER));
      for (let sent = 0; sent < 5; sent++) await http.send(change(server.url));
      assert.equal(server.requests.length, 5);
      assert.ok(server.connections < 5);
    });

    it('opens a new connection if the server has closed the old one', async () => {
      const server = await answering((socket) => socket.write(GOOD_ANSWER));
      await http.send(change(server.url));
      await until('the end of the connection', () => server.open === 0);
      await http.send(change(server.url));
      assert.equal(server.connections, 2);
    });

    it('is sent once though its kept connection is dead', async () => {
      const server = await answering((socket, index) => {
        if (index === 1) socket.write(GOOD_ANSWER);
        else socket.resetAndDestroy();
      });
      await http.send(change(server.url));
      const { isUnsent } = await failure(http.send(change(server.url)), 'COZIFY_UNREACHABLE');
      assert.deepEqual([isUnsent, server.requests.length], [undefined, 2]);
    });
  });
});
