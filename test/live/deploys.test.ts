import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { changed, Stage, TAB, tempFolder, until, without } from './harness';

/** Loaded into Node-RED: writes a line for each time that this package has the disk confirm something. */
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

  before(async () => {
    const folder = tempFolder('deploys');
    const preload = join(folder, 'count-syncs.js');
    writeFileSync(preload, COUNT_SYNCS);
    contextFile = join(folder, 'context', 'global', 'global.json');
    const disk = { module: 'localfilesystem', config: { dir: folder, cache: false } };
    const contextStorage = { default: { module: 'memory' }, disk };
    stage = await Stage.open({
      nodeRed: { settings: { contextStorage }, env: { NODE_OPTIONS: `--require ${preload}` } },
    });
  });
  after(() => stage.close());

  const syncs = (): number => stage.nodeRed.log.split('@@sync').length - 1;
  const isInContext = (): boolean => readFileSync(contextFile, 'utf8').includes(`cozify_${stage.accountId}`);

  /** Takes the context store away, and gives what brings it back as it was. */
  function takeContextAway(): () => void {
    renameSync(contextFile, `${contextFile}.away`);
    mkdirSync(contextFile);
    return () => {
      rmdirSync(contextFile);
      renameSync(`${contextFile}.away`, contextFile);
    };
  }

  for (const isRestarted of [false, true]) {
    const also = isRestarted ? ', over a restart too' : '';
    it(`choosing another store while the old one is away cost no login${also}`, async () => {
      const id = `by-name-${isRestarted}`.replaceAll('-', '_');
      await stage.newLogin({ id, store: 'disk' });
      const token = (await stage.ask('token')).payload;
      const bringBack = takeContextAway();
      await stage.deploy(changed(stage.flows, stage.accountId, { store: '' }));
      stage.assertFailure(await stage.ask('ping'), 'COZIFY_STORE');
      if (isRestarted) {
        await stage.nodeRed.restart('SIGKILL');
        stage.assertFailure(await stage.ask('ping'), 'COZIFY_STORE');
        const reply = await stage.nodeRed.admin('GET', `/cozify/accounts/${stage.accountId}`);
        assert.equal(reply.status, 503, reply.text);
      }
      bringBack();
      assert.equal((await stage.ask('token')).payload, token);
      assert.equal((await stage.ask('ping')).output, 1);
      assert.deepEqual(stage.topics().includes('otp-required'), true, 'when it was new');
      assert.equal(stage.topics().filter((topic) => topic === 'otp-required').length, 1, 'and never again');
      await until('the copy to go', () => !isInContext());
    });
  }

  it('delete the secrets of an account when its store is back, over a restart too', async () => {
    await stage.newLogin({ id: 'to_be_deleted', store: 'disk' });
    assert.ok(isInContext());
    const bringBack = takeContextAway();
    await stage.deploy(without(stage.flows, stage.accountId));
    await until('a line in the log', () => stage.log().includes('is still there'));
    await stage.nodeRed.restart('SIGKILL');
    bringBack();
    assert.ok(isInContext());
    await stage.deploy(stage.flows);
    await until('the secrets to go', () => !isInContext());
  });

  it('that remove thousands of other nodes keep the disk no busier than others', async () => {
    await stage.newLogin();
    const notes = Array.from({ length: 3_000 }, (_, number) => ({
      ...{ id: `note-${number}`, type: 'comment', z: TAB, name: 'a note', info: '', x: 500, y: 40, wires: [] },
    }));
    const { flows } = stage;
    await stage.deploy([...flows, ...notes], 'nodes');
    const before = syncs();
    assert.ok(before > 0, 'they are counted');
    await stage.deploy(flows, 'nodes');
    for (let times = 0; times < 5; times += 1) assert.equal((await stage.ask('ping')).output, 1);
    assert.ok(syncs() - before < 10, `${syncs() - before} times`);
  });
});
