import assert from 'node:assert/strict';
import type { OutgoingHttpHeaders } from 'node:http';
import { Stage, type CozifyReport } from './harness';

const bearer = (user: string): OutgoingHttpHeaders => ({ Authorization: `Bearer ${user}` });

describe('admin endpoints with adminAuth, under another admin root', () => {
  let stage: Stage;
  const call = (method: string, action: string, headers: OutgoingHttpHeaders) => {
    const path = `/cozify/accounts/${stage.accountId}${action}`;
    return stage.nodeRed.admin(method, path, method === 'GET' ? undefined : {}, headers);
  };
  const POSTS = ['/otp', '/authenticate', '/reset', '/identify', '/command'];

  before(async () => {
    const adminUsers = { owner: '*', reader: 'read', writer: ['cozify.write'], stranger: 'flows.read' };
    stage = await Stage.open({ nodeRed: { settings: { adminUsers, httpAdminRoot: '/admin' } } });
    stage.nodeRed.adminHeaders = bearer('owner');
    await stage.newLogin();
  });
  after(() => stage.close());

  it('serve one who may do everything', async () => {
    const reply = await call('GET', '', bearer('owner'));
    assert.equal((reply.body as CozifyReport).state, 'authenticated');
  });

  for (const [user, headers] of Object.entries({ nobody: { Authorization: '' }, stranger: bearer('stranger') })) {
    it(`tell ${user} nothing, by Node-RED's own 401`, async () => {
      const requests = stage.simulator.count('*');
      const replies = [await call('GET', '', headers), await call('GET', '/things', headers)];
      for (const action of POSTS) replies.push(await call('POST', action, headers));
      for (const reply of replies) {
        assert.equal(reply.status, 401);
        assert.ok(!reply.text.includes(stage.email));
      }
      assert.equal(stage.simulator.count('*'), requests);
    });
  }

  it('let a read-only user read, and nothing else', async () => {
    const reply = await call('GET', '', bearer('reader'));
    assert.equal(reply.status, 200);
    assert.equal((await call('GET', '/things', bearer('reader'))).status, 200);
    for (const action of POSTS) assert.equal((await call('POST', action, bearer('reader'))).status, 401, action);
    assert.equal((await stage.snapshot()).state, 'authenticated');
  });

  it('refuse what another web site could send even with a good token', async () => {
    for (const action of POSTS) {
      const reply = await call('POST', action, { ...bearer('owner'), 'Sec-Fetch-Site': 'cross-site' });
      assert.equal(reply.status, 403, action);
    }
    assert.equal((await stage.snapshot()).state, 'authenticated');
  });

  it('let one who may write log out', async () => {
    assert.equal((await call('POST', '/reset', bearer('writer'))).status, 200);
    assert.equal((await stage.snapshot()).state, 'otp-required');
  });
});
