import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { changed, Stage, type CozifyReport } from './harness';

describe('logins in waiting: the dialog on an account that is not deployed', () => {
  let stage: Stage;
  let waiting = 0;
  const post = (action: string, body: unknown, id = stage.accountId) =>
    stage.nodeRed.admin('POST', `/cozify/accounts/${encodeURIComponent(id)}/${action}`, body);
  const get = (id: string) => stage.nodeRed.admin('GET', `/cozify/accounts/${encodeURIComponent(id)}`);

  before(async () => {
    stage = await Stage.open();
  });
  after(() => stage.close());

  /** Logs in under an id that no flow has yet, as the dialog of a new account does. */
  async function logInAhead(): Promise<{ id: string; email: string }> {
    waiting += 1;
    const [id, email] = [`waiting-${waiting}`, `waiting${waiting}@example.fi`];
    const { cloudUrl } = stage.simulator;
    assert.equal((await post('otp', { email, cloudUrl }, id)).status, 202);
    const code = stage.simulator.latestCode(email);
    const reply = await post('authenticate', { email, cloudUrl, otp: code }, id);
    assert.equal(reply.status, 200, reply.text);
    assert.equal((reply.body as CozifyReport).state, 'authenticated');
    return { id, email };
  }
  const stateOf = async (id: string) => ((await get(id)).body as CozifyReport).state;
  const deployed = (id: string, email: string, more = {}) =>
    stage.newAccount({ id, email, ...more }).then(() => stage.ask('ping'));

  it('tell of one that never logged in', async () => {
    const reply = await get('never-seen');
    assert.equal(reply.status, 200);
    const { id, state, email, hubs } = reply.body as CozifyReport;
    assert.deepEqual({ id, state, email, hubs }, { id: 'never-seen', state: 'otp-required', email: null, hubs: [] });
  });

  it('keep a login that a Deploy takes up, without another code', async () => {
    const { id, email } = await logInAhead();
    assert.equal(await stateOf(id), 'authenticated');
    assert.equal((await deployed(id, email)).output, 1);
    assert.equal(stage.simulator.mails.filter(({ to }) => to === email).length, 1);
  });

  it('keep a login over a restart', async () => {
    const { id, email } = await logInAhead();
    await stage.nodeRed.restart('SIGKILL');
    assert.equal(await stateOf(id), 'authenticated');
    assert.equal((await deployed(id, email)).output, 1);
  });

  it('keep a code that is on its way over the Deploy', async () => {
    const [id, email] = ['pending', 'pending@example.fi'];
    const { cloudUrl } = stage.simulator;
    assert.equal((await post('otp', { email, cloudUrl }, id)).status, 202);
    assert.equal((await deployed(id, email)).output, 2);
    assert.equal((await stage.ask('authenticate', { otp: stage.code() })).output, 1);
    assert.equal(stage.simulator.mails.filter(({ to }) => to === email).length, 1);
  });

  it('drop it on reset', async () => {
    const { id, email } = await logInAhead();
    assert.equal((await post('reset', {}, id)).status, 200);
    assert.equal(await stateOf(id), 'otp-required');
    assert.equal((await deployed(id, email)).output, 2);
  });

  it('give it to no account with another address or cloud', async () => {
    const first = await logInAhead();
    assert.equal((await deployed(first.id, 'someone-else@example.fi')).output, 2);
    const second = await logInAhead();
    const cloudUrl = stage.simulator.cloudUrl.replace('127.0.0.1', 'localhost');
    assert.equal((await deployed(second.id, second.email, { cloudUrl })).output, 2);
  });

  it('keep twenty at most, and let the oldest go', async () => {
    await stage.newAccount();
    const all = [];
    for (let number = 0; number < 21; number += 1) all.push(await logInAhead());
    const [oldest, second] = all;
    const newest = all.at(-1);
    assert.ok(oldest && second && newest);
    assert.equal(await stateOf(oldest.id), 'otp-required');
    assert.equal(await stateOf(second.id), 'authenticated');
    assert.equal(await stateOf(newest.id), 'authenticated');
  });

  it('let a changed cloud of a deployed account wait for its Deploy', async () => {
    await stage.newLogin();
    const token = (await stage.ask('token')).payload;
    const cloudUrl = stage.simulator.cloudUrl.replace('127.0.0.1', 'localhost');
    assert.equal((await post('otp', { cloudUrl })).status, 202);
    const reply = await post('authenticate', { cloudUrl, otp: stage.code() });
    assert.equal(reply.status, 200, reply.text);
    assert.equal((await stage.ask('token')).payload, token, 'nothing has changed yet');
    await stage.deploy(changed(stage.flows, stage.accountId, { cloudUrl }));
    assert.equal((await stage.ask('ping')).output, 1);
    assert.notEqual((await stage.ask('token')).payload, token);
  });

  for (const id of ['../../outside', '..', 'a/b', 'CON', '__proto__', 'ä ö']) {
    it(`write nothing outside their folder for the id ${id}`, async () => {
      const around = () => [stage.nodeRed.userDir, dirname(stage.nodeRed.userDir)].flatMap((dir) => readdirSync(dir));
      const before = around();
      const { cloudUrl } = stage.simulator;
      const reply = await post('otp', { email: `p${id.length}@example.fi`, cloudUrl }, id);
      assert.ok(reply.status < 500, `${reply.status} ${reply.text}`);
      assert.deepEqual(
        around().filter((name) => !before.includes(name) && name !== 'cozify'),
        [],
      );
      await post('reset', {}, id);
    });
  }
});
