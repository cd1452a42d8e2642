import assert from 'node:assert/strict';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { createHttp, type HttpRequest } from '../../../src/http/http-client.js';
import { RawServer } from '../support/answers.js';
import { failure } from '../support/stage.js';

const TEXT = '{"hub-1":"äö€"}'.repeat(40);

describe('Compressed response', () => {
  const http = createHttp();
  let raw: RawServer | undefined;

  afterEach(async () => {
    await raw?.stop();
    raw = undefined;
  });
  after(() => http.close());

  /** Serves this body. Returns a function that fetches it, by default with a replayable and a non-replayable call. */
  async function answersTo(
    encoding: string,
    body: Buffer,
    maxBytes = 10_000,
  ): Promise<(calls?: boolean[]) => Promise<string[]>> {
    const head = `HTTP/1.1 200 OK\r\nContent-Encoding: ${encoding}\r\nContent-Length: ${body.length}\r\n\r\n`;
    const server = (raw = await RawServer.start((socket) => socket.write(Buffer.concat([Buffer.from(head), body]))));
    const request: HttpRequest = {
      ...{ method: 'GET', url: server.url, peer: 'The hub', deadlineMs: 60_000, maxBytes, isLan: true },
      isReplayable: false,
    };
    return async (calls = [true, false]) => {
      const bodies: string[] = [];
      for (const isReplayable of calls) bodies.push((await http.send({ ...request, isReplayable })).body);
      return bodies;
    };
  }

  for (const [encoding, pack] of [
    ['gzip', gzipSync],
    ['GZIP', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const) {
    it(`is unpacked from ${encoding}`, async () => {
      assert.deepEqual(await (await answersTo(encoding, pack(TEXT)))(), [TEXT, TEXT]);
    });
  }

  it('is unpacked from raw deflate', async () => {
    assert.deepEqual(await (await answersTo('deflate', deflateRawSync(TEXT)))(), [TEXT, TEXT]);
  });

  it('is unchanged with the encoding identity', async () => {
    assert.deepEqual(await (await answersTo('identity', Buffer.from(TEXT)))(), [TEXT, TEXT]);
  });

  it('may be empty', async () => {
    assert.deepEqual((await (await answersTo('gzip', Buffer.alloc(0)))())[0], '');
  });

  it('is refused if it is too long once unpacked', async () => {
    for (const pack of [gzipSync, deflateSync, brotliCompressSync]) {
      const encoding = pack === gzipSync ? 'gzip' : pack === deflateSync ? 'deflate' : 'br';
      const ask = await answersTo(encoding, pack('a'.repeat(10_001)));
      for (const isReplayable of [true, false]) {
        assert.match((await failure(ask([isReplayable]), 'COZIFY_BAD_ANSWER')).message, /more than 10000 bytes/);
      }
      await raw?.stop();
    }
  });

  it('is accepted if it has exactly maxBytes', async () => {
    const body = 'a'.repeat(10_000);
    assert.deepEqual(await (await answersTo('gzip', gzipSync(body)))(), [body, body]);
  });

  for (const [encoding, pack] of [
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const) {
    it(`is refused if it is not ${encoding}`, async () => {
      const ask = await answersTo(encoding, Buffer.from('this is nothing that was packed'));
      for (const isReplayable of [true, false]) {
        assert.match((await failure(ask([isReplayable]), 'COZIFY_BAD_ANSWER')).message, /unpacked/);
      }
    });

    it(`is refused if ${encoding} ends too soon`, async () => {
      const ask = await answersTo(encoding, pack(TEXT).subarray(0, -12));
      for (const isReplayable of [true, false]) await failure(ask([isReplayable]), 'COZIFY_BAD_ANSWER');
    });
  }

  it('loses its byte order mark', async () => {
    assert.deepEqual(await (await answersTo('gzip', gzipSync(`\uFEFF${TEXT}`)))(), [TEXT, TEXT]);
  });
});
