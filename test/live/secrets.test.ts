import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { changed, Stage, type Answer } from './harness';

/** A secret in each of the forms in which it could lie about. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const shifted = [0, 1, 2].map((shift) =>
    // Whatever stands before it, the middle of its base64 is one of these three.
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(4, -4),
  );
  const parts = secret.split('.').filter((part) => part.length >= 16);
  return [secret, ...parts, bytes.toString('base64'), bytes.toString('hex'), ...shifted].filter(
    (form) => form.length >= 6,
  );
}

/** The files below a folder, other than installed packages. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules') return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

describe('secrets', () => {
  let stage: Stage;
  const answers: Answer[] = [];
  const secrets = new Set<string>();
  const ask = async (action: string, msg: Record<string, unknown> = {}) => {
    // What the message brought along itself says nothing.
    const answer = await stage.ask(action, msg);
    answers.push(msg['payload'] === undefined ? answer : { ...answer, payload: 'as it came' });
  };
  const remember = async () => {
    const { payload } = await stage.ask('token');
    if (typeof payload === 'string') secrets.add(payload);
    for (const hub of stage.simulator.hubs) secrets.add(hub.key(stage.email));
    for (const { token, hubKey } of stage.simulator.requests) {
      if (token !== undefined) secrets.add(token);
      if (hubKey !== undefined) secrets.add(hubKey);
    }
    for (const { code } of stage.simulator.mails) secrets.add(code);
  };

  before(async () => {
    const contextStorage = { default: { module: 'memory' }, disk: { module: 'localfilesystem' } };
    stage = await Stage.open({ nodeRed: { settings: { contextStorage, logLevel: 'trace' } } });
  });
  after(() => stage.close());

  /** A week in the life of an account, with everything that can go wrong. */
  async function live(store: string): Promise<void> {
    await stage.newAccount({ store });
    await ask('authenticate');
    await ask('authenticate', { otp: 'WRONG1' });
    await ask('authenticate', { otp: stage.code() });
    await remember();
    for (const action of ['ping', 'refresh', 'email']) await ask(action);
    await ask('refresh', { force: true });
    await remember();
    for (const fault of [
      { reset: true },
      { status: 200, body: '<html>' },
      { status: 500, body: [...secrets].join(' ') },
      { status: 401 },
    ]) {
      stage.simulator.clearFaults();
      stage.simulator.fault('hubkeys', fault);
      stage.simulator.fault('refreshsession', fault);
      stage.simulator.fault('logout', fault);
      await ask('ping');
      await ask('refresh', { force: true });
      await ask('authenticate', { otp: `${stage.code()} ` });
      await ask('authenticate', { remote: 'yes', otp: stage.code() });
      if (fault.status !== 401) await ask('reset', { logout: true });
    }
    stage.simulator.clearFaults();
    await ask('ping');
    await ask('authenticate', { trustHub: false });
    await ask('set-token', { payload: 'a line\nbreak-in-a-canary-token' });
    secrets.add('break-in-a-canary-token');
    await stage.deploy(changed(stage.flows, stage.accountId, { name: 'Renamed' }), 'nodes');
    await ask('ping');
    await remember();
  }

  const assertClean = (where: string, text: string) => {
    for (const secret of secrets) {
      const form = formsOf(secret).find((candidate) => text.includes(candidate));
      assert.equal(form, undefined, `${where} holds a secret`);
    }
  };

  it('the scan finds one where there is one', () => {
    secrets.add('a.very-secret-canary-of-ours.x');
    for (const text of [
      'very-secret-canary-of-ours',
      Buffer.from('?a.very-secret-canary-of-ours.x').toString('base64'),
    ]) {
      assert.throws(() => assertClean('this', `before ${text} after`), /holds a secret/);
    }
    secrets.clear();
  });

  for (const store of ['', 'disk']) {
    it(`are nowhere to be read with the state in ${store === '' ? 'files' : 'a context store'}`, async () => {
      await live(store);
      assert.ok(secrets.size >= 6, `${secrets.size} secrets to look for`);
      assert.ok(stage.nodeRed.log.includes('[trace]'));
      assertClean('the log', stage.nodeRed.log);
      assertClean('a message', JSON.stringify(answers));
      for (const path of [
        '/flows',
        '/settings',
        '/nodes',
        '/context/global',
        '/context/flow/test-tab',
        `/context/node/${stage.accountId}`,
        `/credentials/cozify-account/${stage.accountId}`,
        `/cozify/accounts/${stage.accountId}`,
      ]) {
        assertClean(path, (await stage.nodeRed.admin('GET', path)).text);
      }
      await stage.nodeRed.stop();
      for (const file of filesBelow(stage.nodeRed.userDir)) assertClean(file, readFileSync(file, 'latin1'));
      await stage.nodeRed.launch();
      assertClean('the log', stage.nodeRed.log);
    });
  }

  it('are in no URL, except for the address that the service wants there', () => {
    for (const { path } of stage.simulator.requests) assertClean('a URL', decodeURIComponent(path));
  });
});
