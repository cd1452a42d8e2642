import assert from 'node:assert/strict';
import type { OutgoingHttpHeaders } from 'node:http';
import { sleep, Stage, type CozifyReport, type Reply } from './harness';

const bearer = (user: string): OutgoingHttpHeaders => ({ Authorization: `Bearer ${user}` });
const POSTS = ['/otp', '/authenticate', '/reset', '/identify', '/command'];

describe('Account dialog with adminAuth and another admin root', () => {
  const adminUsers = { owner: '*', reader: 'read', writer: ['cozify.write'], stranger: 'flows.read' };
  const stage = Stage.forSuite({ nodeRed: { settings: { adminUsers, httpAdminRoot: '/admin' } } });
  const call = (id: string, action: string, body?: object, headers?: OutgoingHttpHeaders): Promise<Reply> =>
    stage.nodeRed.admin(body === undefined ? 'GET' : 'POST', `/cozify/accounts/${id}${action}`, body, headers);
  const stateOf = async (id: string): Promise<string> => ((await call(id, '')).body as CozifyReport).state;

  before(() => {
    stage.nodeRed.adminHeaders = bearer('owner');
  });

  it('logs in before the first Deploy, and keeps the login over a restart', async () => {
    const [id, email, { cloudUrl }] = ['ahead', 'ahead@example.fi', stage.simulator];
    assert.equal(await stateOf(id), 'otp-required');
    assert.equal((await call(id, '/otp', { email, cloudUrl })).status, 202);
    const otp = stage.simulator.latestCode(email);
    assert.equal((await call(id, '/authenticate', { email, cloudUrl, otp })).status, 200);
    await stage.nodeRed.restart('SIGKILL');
    assert.equal(await stateOf(id), 'authenticated');
    await stage.newAccount({ id, email });
    assert.equal((await stage.ask('ping')).output, 1);
    assert.equal(stage.simulator.mails.length, 1);
  });

  it('shows the login at every moment of five Deploys', async () => {
    await stage.newLogin();
    const shown = new Set<string>();
    let isDeploying = true;
    const deploying = (async () => {
      for (let times = 0; times < 5; times += 1) await stage.deploy(stage.flows);
      isDeploying = false;
    })();
    while (isDeploying) {
      const { status, body } = await call(stage.accountId, '');
      const { state, email } = body as CozifyReport;
      shown.add(`${status} ${state} ${email}`);
      await sleep(2);
    }
    await deploying;
    assert.deepEqual([...shown], [`200 authenticated ${stage.email}`]);
  });

  it('lets a reader read, a writer log out, and a stranger do nothing', async () => {
    const { accountId: id, simulator } = stage;
    const requests = simulator.count('*');
    for (const headers of [
      ...[{ Authorization: '' }, bearer('stranger'), { Authorization: 'Basic b3duZXI6b3duZXI=' }],
      { Authorization: '', 'Sec-Fetch-Site': 'same-origin' },
      { Authorization: '', 'Sec-Fetch-Site': 'none', 'X-Forwarded-For': '127.0.0.1' },
      { Authorization: '', Origin: stage.nodeRed.url, Cookie: 'access_token=owner' },
    ]) {
      const replies = [await call(id, '', undefined, headers), await call(id, '/things', undefined, headers)];
      for (const action of POSTS) replies.push(await call(id, action, {}, headers));
      for (const { status, text } of replies) assert.deepEqual([status, text.includes(stage.email)], [401, false]);
    }
    assert.equal(simulator.count('*'), requests);
    assert.equal((await call(id, '', undefined, bearer('reader'))).status, 200);
    assert.equal((await call(id, '/things', undefined, bearer('reader'))).status, 200);
    for (const action of POSTS) assert.equal((await call(id, action, {}, bearer('reader'))).status, 401, action);
    const foreign = { ...bearer('owner'), 'Sec-Fetch-Site': 'cross-site' };
    assert.equal((await call(id, '', undefined, foreign)).status, 403);
    for (const action of POSTS) assert.equal((await call(id, action, {}, foreign)).status, 403, action);
    assert.equal(await stateOf(id), 'authenticated');
    assert.equal((await call(id, '/reset', {}, bearer('writer'))).status, 200);
    assert.equal(await stateOf(id), 'otp-required');
  });
});
