import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { assertFailure, Stage } from '../live/harness';
import { untrusted } from '../src/support/certificate';

describe('a cloud with an untrusted certificate', () => {
  let stage: Stage;
  let stranger: Server;
  /** Number of requests that have reached the server with the untrusted certificate. */
  let asked = 0;

  before(async () => {
    stranger = createServer(untrusted, (_request, response) => {
      asked += 1;
      response.end('null');
    }).listen(0, '127.0.0.1');
    stranger.on('tlsClientError', () => undefined);
    await once(stranger, 'listening');
    // Turns off the certificate checks of Node-RED, because some users do this for another node.
    stage = await Stage.open({ nodeRed: { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } } });
  });
  after(async () => {
    await stage.close();
    stranger.close();
  });

  const strangersUrl = (): string => `https://127.0.0.1:${(stranger.address() as AddressInfo).port}/ui/0.2`;

  it('receives no data, even if NODE_TLS_REJECT_UNAUTHORIZED turns checks off', async () => {
    await stage.newAccount({ cloudUrl: strangersUrl() });
    await stage.ask('set-token', { payload: 'a-token-that-nobody-may-see' });
    for (const [action, msg] of [
      ['ping', {}],
      ['refresh', { force: true }],
      ['authenticate', {}],
      ['authenticate', { trustCloud: false }],
      ['authenticate', { otp: 'P7BQ8E' }],
      ['reset', { logout: true }],
    ] as const) {
      assertFailure(await stage.ask(action, msg), 'COZIFY_UNREACHABLE');
    }
    const id = stage.accountId;
    assert.equal((await stage.nodeRed.admin('POST', `/cozify/accounts/${id}/otp`, {})).status, 504);
    assert.equal(asked, 0);
    const { state, reachable } = await stage.snapshot();
    assert.deepEqual([state, reachable], ['authenticated', false], 'and no login is lost by that');
  });
});
