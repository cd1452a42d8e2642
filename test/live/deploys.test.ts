import assert from 'node:assert/strict';
import { linkSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { changed, Stage, TAB, tempFolder, until, without, type CozifyReport } from './harness';

const DAY_MS = 24 * 3_600_000;

/**
 * A module that is preloaded into Node-RED. It moves Node-RED's clock by the milliseconds in a file beside the module.
 */
const SET_CLOCK = `
const { readFileSync } = require('node:fs');
const { now } = Date;
Date.now = () => now() + Number(readFileSync(__dirname + '/clock-offset', 'utf8'));
`;

/** A module that is preloaded into Node-RED. It prints a line for each sync of a file. */
const COUNT_SYNCS = `
require('node:fs/promises').open(__filename).then((file) => {
  const { sync } = Object.getPrototypeOf(file);
  Object.getPrototypeOf(file).sync = function () {
    process.stdout.write('@@sync\\n');
    return sync.call(this);
  };
  return file.close();
});
`;

describe('Deploys', () => {
  let stage: Stage;
  let contextFile: string;
  let clockFile: string;
  /** Sets the offset of Node-RED's clock. */
  const setClock = (offsetMs: number): void => writeFileSync(clockFile, String(offsetMs));
  const post = (action: string, body: object) =>
    stage.nodeRed.admin('POST', `/cozify/accounts/${stage.accountId}/${action}`, body);

  before(async () => {
    const folder = tempFolder('deploys');
    clockFile = join(folder, 'clock-offset');
    setClock(0);
    const preload = join(folder, 'preload.js');
    writeFileSync(preload, COUNT_SYNCS + SET_CLOCK);
    contextFile = join(folder, 'context', 'global', 'global.json');
    const disk = { module: 'localfilesystem', config: { dir: folder, cache: false } };
    const contextStorage = { default: { module: 'memory' }, disk };
    stage = await Stage.open({
      nodeRed: { settings: { contextStorage }, env: { NODE_OPTIONS: `--require ${preload}` } },
    });
  });
  after(() => stage.close());

  const syncs = (): number => stage.nodeRed.log.split('@@sync').length - 1;
  const isIn = (file: string): boolean => readFileSync(file, 'utf8').includes(`cozify_${stage.accountId}`);
  const isInContext = (): boolean => isIn(contextFile);

  /**
   * Runs `work` while the context store can not be read. `awayFile` is the path of its file during that time. A link to
   * a folder replaces the file in one step, because a missing file would be an empty store.
   */
  async function whileContextIsAway(work: (awayFile: string) => Promise<void>): Promise<void> {
    const [awayFile, linkFile] = [`${contextFile}.away`, `${contextFile}.link`];
    linkSync(contextFile, awayFile);
    symlinkSync(dirname(contextFile), linkFile);
    renameSync(linkFile, contextFile);
    try {
      await work(awayFile);
    } finally {
      renameSync(awayFile, contextFile);
    }
  }

  for (const isRestarted of [false, true]) {
    const also = isRestarted ? ', even after a restart' : '';
    it(`keep the login when they choose another store while the old one is unreachable${also}`, async () => {
      const id = `by-name-${isRestarted}`.replaceAll('-', '_');
      await stage.newLogin({ id, store: 'disk' });
      // A Deploy right away would replace the events node before its first message.
      await stage.untilTopic('authenticated');
      const token = (await stage.ask('token')).payload;
      await whileContextIsAway(async () => {
        await stage.deploy(changed(stage.flows, stage.accountId, { store: '' }));
        stage.assertFailure(await stage.ask('ping'), 'COZIFY_STORE');
        if (!isRestarted) return;
        await stage.nodeRed.restart('SIGKILL');
        stage.assertFailure(await stage.ask('ping'), 'COZIFY_STORE');
        const reply = await stage.nodeRed.admin('GET', `/cozify/accounts/${stage.accountId}`);
        assert.equal(reply.status, 503, reply.text);
      });
      assert.equal((await stage.ask('token')).payload, token);
      assert.equal((await stage.ask('ping')).output, 1);
      const times = stage.topics().filter((topic) => topic === 'otp-required').length;
      assert.equal(times, 1, 'only when the account was new');
      await until('the copy to go', () => !isInContext());
    });
  }

  it('delete the secrets of an account when its store is back, even after a restart', async () => {
    await stage.newLogin({ id: 'to_be_deleted', store: 'disk' });
    assert.ok(isInContext());
    await whileContextIsAway(async (awayFile) => {
      await stage.deploy(without(stage.flows, stage.accountId));
      await until('a line in the log', () => stage.log().includes('is still there'));
      await stage.nodeRed.restart('SIGKILL');
      assert.ok(isIn(awayFile));
    });
    await stage.deploy(stage.flows);
    await until('the secrets to go', () => !isInContext());
  });

  it('make few syncs when they remove thousands of other nodes', async () => {
    await stage.newLogin();
    const notes = Array.from({ length: 3_000 }, (_, number) => ({
      ...{ id: `note-${number}`, type: 'comment', z: TAB, name: 'a note', info: '', x: 500, y: 40, wires: [] },
    }));
    const { flows } = stage;
    await stage.deploy([...flows, ...notes], 'nodes');
    const before = syncs();
    assert.ok(before > 0, 'syncs are counted');
    await stage.deploy(flows, 'nodes');
    for (let times = 0; times < 5; times += 1) assert.equal((await stage.ask('ping')).output, 1);
    assert.ok(syncs() - before < 10, `${syncs() - before} times`);
  });

  describe('during a login in the dialog', () => {
    /**
     * Requests a code in the dialog and logs in with it, until the cloud has received the code. `answer` releases the
     * cloud's answer.
     */
    async function askCloud(): Promise<{ reply: ReturnType<typeof post>; answer: () => void }> {
      const target = { email: stage.email, cloudUrl: stage.simulator.cloudUrl };
      assert.equal((await post('otp', target)).status, 202);
      const held = stage.simulator.hold('emaillogin');
      const reply = post('authenticate', { ...target, otp: stage.code() });
      await until('the question to the cloud', () => held.isAsked);
      return { reply, answer: () => held.release() };
    }

    for (const [number, type, times] of [
      ['one Deploy', 'full', 1],
      ['one Deploy of modified nodes', 'nodes', 1],
      ['three Deploys', 'full', 3],
    ] as const) {
      it(`hand the login to the deployed account, with its snapshot in the dialog: ${number}`, async () => {
        await stage.newAccount();
        const { flows } = stage;
        await stage.deploy(without(flows, stage.accountId));
        const { reply, answer } = await askCloud();
        for (let time = 0; time < times; time += 1) await stage.deploy(flows, type);
        answer();
        const { status, body, text } = await reply;
        assert.equal(status, 200, text);
        const { id, state, loginEmail, lastRefresh } = body as CozifyReport;
        assert.deepEqual([id, state, loginEmail], [stage.accountId, 'authenticated', stage.email]);
        assert.equal(lastRefresh, (await stage.snapshot()).lastRefresh);
        assert.equal((await stage.ask('ping')).output, 1);
        await stage.nodeRed.restart('SIGKILL');
        assert.equal((await stage.ask('ping')).output, 1);
        assert.equal(stage.simulator.mails.filter(({ to }) => to === stage.email).length, 1);
      });
    }

    it('hand the login of a deployed account to its new node', async () => {
      await stage.newAccount();
      const { reply, answer } = await askCloud();
      await stage.deploy(changed(stage.flows, stage.accountId, { name: 'New' }));
      answer();
      const { status, body, text } = await reply;
      assert.equal(status, 200, text);
      assert.equal((body as CozifyReport).account, 'New');
      assert.equal((await stage.ask('ping')).output, 1);
    });
  });

  for (const [offset, offsetMs] of [
    ['two days behind', -2 * DAY_MS],
    ['two days ahead', 2 * DAY_MS],
  ] as const) {
    it(`adopt a login made with a clock ${offset}`, async () => {
      await stage.newAccount();
      const { flows } = stage;
      await stage.deploy(without(flows, stage.accountId));
      const target = { email: stage.email, cloudUrl: stage.simulator.cloudUrl };
      try {
        setClock(offsetMs);
        assert.equal((await post('otp', target)).status, 202);
        assert.equal((await post('authenticate', { ...target, otp: stage.code() })).status, 200);
      } finally {
        setClock(0);
      }
      assert.equal((await stage.snapshot()).state, 'authenticated');
      await stage.deploy(flows);
      assert.equal((await stage.ask('ping')).output, 1);
    });
  }
});
