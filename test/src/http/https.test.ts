import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createProxy, type Server as Proxy } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trusted } from '../support/certificate.js';

describe('HTTP client over TLS', () => {
  let folder: string;
  let server: Server;
  let connections = 0;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cozify-https-'));
    writeFileSync(join(folder, 'ca.pem'), trusted.cert);
    server = createServer(trusted, (_request, response) => response.end('yes')).listen(0, '127.0.0.1');
    // Longer than the client keeps a connection, so that a slow client finds it open.
    server.keepAliveTimeout = 120_000;
    server.on('secureConnection', () => (connections += 1));
    await once(server, 'listening');
  });
  after(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => (connections = 0));

  const portOf = (of: Server | Proxy): number => (of.address() as AddressInfo).port;

  /** Runs a process that trusts the certificate and calls the URL; returns its lines of output. */
  async function ask(url: string, env: Record<string, string> = {}): Promise<string[]> {
    const child = spawn(process.execPath, [join(__dirname, '../support/https-child.js'), url], {
      env: { PATH: process.env['PATH'], NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'), ...env },
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    await once(child, 'close');
    return output.trim().split('\n');
  }

  /** Opens a proxy that connects every client to our server, or refuses every client with this status. */
  async function openProxy(refusal?: string): Promise<Proxy> {
    const proxy = createProxy().listen(0, '127.0.0.1');
    proxy.on('connect', (_request, client) => {
      client.on('error', () => undefined);
      if (refusal !== undefined) {
        client.end(`HTTP/1.1 ${refusal}\r\nContent-Length: 2\r\n\r\nno`);
        return;
      }
      const upstream = connect(portOf(server), '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        upstream.pipe(client);
        client.pipe(upstream);
      });
      upstream.on('error', () => client.destroy());
    });
    await once(proxy, 'listening');
    return proxy;
  }

  it('sends replayable calls over one kept connection, and other calls over a new one', async () => {
    assert.deepEqual(await ask(`https://127.0.0.1:${portOf(server)}/`), Array(5).fill('200 yes'));
    assert.equal(connections, 2);
  });

  it('sends its calls through a proxy', async () => {
    const proxy = await openProxy();
    const answers = await ask('https://cloud.example/', { HTTPS_PROXY: `http://127.0.0.1:${portOf(proxy)}` });
    proxy.closeAllConnections();
    proxy.close();
    assert.deepEqual(answers, Array(5).fill('200 yes'));
  });

  for (const refusal of ['401 Unauthorized', '403 Forbidden', '407 Proxy Authentication Required', '502 Bad Gateway']) {
    it(`does not treat a ${refusal.slice(0, 3)} from a proxy as a response from the cloud`, async () => {
      const proxy = await openProxy(refusal);
      const answers = await ask('https://cloud.example/', { HTTPS_PROXY: `http://127.0.0.1:${portOf(proxy)}` });
      proxy.close();
      assert.deepEqual(answers, Array(5).fill('COZIFY_UNREACHABLE'));
    });
  }
});
