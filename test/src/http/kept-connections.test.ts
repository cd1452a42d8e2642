import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import sinon from 'sinon';
import { HttpPool, type HttpClient, type HttpRequest } from '../../../src/http/http-client.js';
import { until } from '../../support/wait.js';
import { GOOD_ANSWER, RawServer } from '../support/answers.js';

describe('Kept connections', () => {
  let pool: HttpPool;
  let http: HttpClient;
  let server: RawServer;

  beforeEach(async () => {
    pool = new HttpPool();
    http = pool.open();
    server = await RawServer.start((socket) => socket.write(GOOD_ANSWER));
  });
  afterEach(async () => {
    sinon.restore();
    http.close();
    await server.stop();
  });

  const request = (options: Partial<HttpRequest> = {}): HttpRequest => ({
    ...{ method: 'GET', url: server.url, peer: 'The hub', deadlineMs: 60_000, maxBytes: 1_000 },
    ...{ isLan: true, isReplayable: true, ...options },
  });
  const together = (count: number, client = http) =>
    Promise.all(Array.from({ length: count }, () => client.send(request())));

  it('are reused by each later round of 16 concurrent calls', async () => {
    for (let moment = 0; moment < 4; moment++) await together(16);
    assert.equal(server.connections, 16);
  });

  it('stay open over a pause of 75 s', async () => {
    // Read before the first call, because the machine may stop after it.
    const now = Date.now();
    await together(1);
    sinon.stub(Date, 'now').returns(now + 75_000);
    await http.send(request());
    assert.equal(server.connections, 1);
  });

  it('are replaced after the machine has slept for 8 hours', async () => {
    await together(3);
    const now = Date.now();
    sinon.stub(Date, 'now').returns(now + 8 * 3_600_000);
    await http.send(request());
    assert.equal(server.connections, 4);
    await until('the end of the old ones', () => server.open === 1);
  });

  it('are closed with the last account that uses them', async () => {
    const other = pool.open();
    await together(2, other);
    other.close();
    other.close();
    await together(2);
    assert.equal(server.connections, 2);
    http.close();
    await until('the end of each connection', () => server.open === 0);
  });

  it('can be opened again by a later account', async () => {
    http.close();
    http = pool.open();
    assert.deepEqual((await together(2)).length, 2);
  });

  it('are replaced by new ones after a restart of the server', async () => {
    // A call that has waited is not resent, even if only the machine has stopped.
    sinon.stub(performance, 'now').returns(0);
    const old = new WeakSet<Socket>();
    await server.stop();
    server = await RawServer.start((socket) => {
      if (old.has(socket)) socket.resetAndDestroy();
      else socket.write(GOOD_ANSWER);
      old.add(socket);
    });
    await together(8);
    const answers = await together(8);
    assert.deepEqual(
      answers.map(({ body }) => body),
      Array(8).fill('ok'),
    );
    assert.equal(server.connections, 16);
  });
});
