import assert from 'node:assert/strict';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { Simulator } from '../simulator';

type Headers = Record<string, string>;

describe('Practice home and other web sites', () => {
  let simulator: Simulator;

  before(async () => {
    simulator = await Simulator.start();
  });
  after(() => simulator.stop());

  /** Sends a request with the headers that a browser sets, because `fetch` does not allow these headers. */
  async function send(method: string, path: string, headers: Headers, body?: object): Promise<number> {
    const { port } = new URL(simulator.origin);
    return new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
        resolve(answer.statusCode ?? 0);
        if (path === '/live') answer.destroy();
        else void text(answer);
      });
      sent.once('error', reject);
      sent.end(body && JSON.stringify(body));
    });
  }

  const lampCommand = (type: string) => {
    const [hub] = simulator.hubs;
    assert.ok(hub);
    const { id } = hub.home.device('Olohuoneen lamppu');
    return { hub: hub.id, listing: 'devices', elements: [{ id, type }] };
  };
  const own = (): string => new URL(simulator.origin).host;
  const PATHS = ['/', '/live', '/mailbox', '/control/state', '/control/home'];

  it('refuses commands of other web sites', async () => {
    const foreign: Headers[] = [
      { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'empty' },
      { 'Sec-Fetch-Site': 'same-site', 'Sec-Fetch-Mode': 'cors', 'Sec-Fetch-Dest': 'empty' },
      { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' },
      { Origin: 'https://evil.example' },
      { Origin: 'http://127.0.0.1:1' },
      { Origin: 'null' },
      { Host: 'evil.example' },
      { Host: `evil.example:${new URL(simulator.origin).port}`, 'Sec-Fetch-Site': 'same-origin' },
      { Host: '192.168.1.5', 'Sec-Fetch-Site': 'same-origin' },
    ];
    for (const headers of foreign) {
      const text = JSON.stringify(headers);
      assert.equal(await send('POST', '/control/command', headers, lampCommand('CMD_DEVICE_ON')), 403, text);
      assert.equal(await send('POST', '/control/next-code', headers, { code: 'KNOWN1' }), 403, text);
    }
    assert.deepEqual(simulator.hubs[0]?.log.commands, []);
  });

  it('refuses pages to other web sites and their frames', async () => {
    const foreign: Headers[] = [
      { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'script' },
      { 'Sec-Fetch-Site': 'same-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'iframe' },
      { Origin: 'https://evil.example' },
      { Host: 'evil.example' },
    ];
    for (const path of PATHS) {
      for (const headers of foreign)
        assert.equal(await send('GET', path, headers), 403, path + JSON.stringify(headers));
    }
  });

  it('serves its own page, programs, and links from other sites', async () => {
    const { port } = new URL(simulator.origin);
    const good: Headers[] = [
      {},
      { 'Sec-Fetch-Site': 'none', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' },
      { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' },
      { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'cors' },
      { Host: `localhost:${port}` },
      { Host: `[::1]:${port}` },
    ];
    for (const headers of good) {
      for (const path of ['/', '/live', '/mailbox', '/control/state']) {
        assert.equal(await send('GET', path, headers), 200, path + JSON.stringify(headers));
      }
    }
    for (const headers of [{ 'Sec-Fetch-Site': 'same-origin' }, { Origin: `http://${own()}` }, {}] as Headers[]) {
      assert.equal(await send('POST', '/control/command', headers, lampCommand('CMD_DEVICE_OFF')), 200);
    }
  });
});
