import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import nodeRed, { type NodeAPI } from 'node-red';
import helper from 'node-red-node-test-helper';
import sinon from 'sinon';
import { AccountRegistry } from '../../../nodes/accounts/account-registry';
import { assertSnapshot, post } from '../support/admin-client';
import { accountNode, placed, testFlow, type FlowNode } from '../support/flow';
import { Stage } from '../support/stage';
import { sleep, until } from '../../support/wait';

const CREDENTIALS = { one: { email: 'one@example.fi' }, two: { email: 'two@example.fi' } };

describe('AccountRegistry', () => {
  const stage = Stage.forSuite();

  const one = (properties: Record<string, unknown> = {}): FlowNode => accountNode({ id: 'one', ...properties });
  const two = (): FlowNode => accountNode({ id: 'two' });
  const load = (flow: FlowNode[], isKept = false): Promise<void> =>
    stage.load(flow, { credentials: CREDENTIALS, isKept });
  const deploy = (flow: FlowNode[], type?: 'full' | 'flows' | 'nodes'): Promise<void> =>
    stage.deploy(flow, type, CREDENTIALS);

  const files = (): string[] => {
    const folder = join(stage.userDir, 'cozify');
    return existsSync(folder) ? readdirSync(folder) : [];
  };
  const filesOf = (id: string): string[] => files().filter((name) => name.startsWith(`${id}.json`));
  const untilGone = (id: string): Promise<boolean> => until(`the files of ${id} to go`, () => filesOf(id).length === 0);

  async function assertKept(id = 'one'): Promise<void> {
    await sleep(100);
    assert.ok(filesOf(id).includes(`${id}.json`), `${id} is kept; there is ${files().join(', ')}`);
  }

  describe('Deploy that removes an account', () => {
    for (const type of ['full', 'flows', 'nodes'] as const) {
      it(`deletes all files of that account and no other (${type} Deploy)`, async () => {
        await load(testFlow(one(), two()));
        for (const id of ['one', 'two']) {
          const account = await stage.logIn(id);
          await account.refresh({ force: true });
        }
        writeFileSync(join(stage.userDir, 'cozify', 'one.json.bad-1-2'), 'set aside');
        assert.ok(filesOf('one').length >= 2);
        await deploy(testFlow(two()), type);
        await untilGone('one');
        await assertKept('two');
        assert.equal((await stage.account('two').ping()).value, true);
      });
    }

    it('deletes the files of an account that was disabled at the start', async () => {
      await load(testFlow(one(), two()));
      await stage.logIn('one');
      await load(testFlow(one({ d: true }), two()), true);
      await assertKept();
      await deploy(testFlow(two()));
      await untilGone('one');
    });

    it('deletes the files in the store used before "store" was changed', async () => {
      await load(testFlow(one(), two()));
      await stage.logIn('one');
      await deploy(testFlow(one({ store: 'no-such-store' }), two()));
      await deploy(testFlow(two()));
      await untilGone('one');
    });

    it('deletes the files during a renewal, and does not restore them when the late answer comes', async () => {
      await load(testFlow(one(), two()));
      const account = await stage.logIn('one');
      const held = stage.simulator.hold('refreshsession');
      const asked = account.refresh({ force: true }).catch(() => undefined);
      await until('the renewal', () => held.isAsked);
      await deploy(testFlow(two())).catch(() => undefined);
      await asked;
      await untilGone('one');
      held.release();
      await sleep(100);
      assert.deepEqual(filesOf('one'), []);
    });

    it('deletes the pending login', async () => {
      await load(testFlow(one(), two()));
      const cloudUrl = stage.simulator.cloudUrl.replace('127.0.0.1', 'localhost');
      assertSnapshot(await post('otp', { cloudUrl, email: 'one@example.fi' }, 'one'), 202, 'otp-sent');
      assert.ok(files().includes('+pending.json'));
      await deploy(testFlow(two()));
      await until('the file to go', () => !files().some((name) => name.includes('pending')));
    });
  });

  it('deletes the other accounts when one deletion fails', async () => {
    await load(testFlow(one(), two()));
    for (const id of ['one', 'two']) await stage.logIn(id);
    await deploy(testFlow(one({ store: 'no-such-store' }), two()));
    await deploy(testFlow());
    for (const id of ['one', 'two']) await untilGone(id);
  });

  it('keeps the login of an account that is pointed at another cloud and back', async () => {
    await load(testFlow(one(), two()));
    await stage.logIn('one');
    await deploy(testFlow(one({ cloudUrl: 'https://api.cozify.fi/ui/0.2' }), two()));
    await assertKept();
    await deploy(testFlow(one(), two()));
    assert.equal((await stage.account('one').ping()).value, true);
  });

  it('logs a failed deletion', async () => {
    await load(testFlow(one(), two()));
    await stage.logIn('one');
    const file = join(stage.userDir, 'cozify', 'one.json');
    rmSync(file);
    mkdirSync(file);
    await deploy(testFlow(two()));
    const lines = (): string => JSON.stringify(helper.log().args);
    await until('a line in the log', () => /data of a deleted account is still there/.test(lines()));
    rmdirSync(file);
  });

  it('clears the lost-login notices of disabled and deleted accounts', async () => {
    await load(testFlow(one(), two()));
    for (const id of ['one', 'two']) await stage.logIn(id);
    const publish = sinon.spy(nodeRed.runtime.events, 'emit');
    const lost = (id: string): unknown =>
      publish.args
        .map(([event, news]) =>
          event === 'comms' ? (news as { topic: string; data: { isLost: boolean } }) : undefined,
        )
        .findLast((news) => news?.topic === `cozify/logins/${id}`)?.data.isLost;
    try {
      stage.simulator.fault('hubkeys', { status: 401 });
      for (const id of ['one', 'two']) {
        await stage.account(id).ping();
        await until(`the notice of ${id}`, () => lost(id) === true);
      }
      await deploy(testFlow(one({ d: true })));
      for (const id of ['one', 'two']) await until(`the end of the notice of ${id}`, () => lost(id) === false);
    } finally {
      publish.restore();
      stage.simulator.clearFaults();
    }
  });

  it('does not wait for an unknown account when flows already run', async () => {
    const events = new EventEmitter();
    // `eachNode` does not throw here, as in a Node-RED that has loaded its flows.
    const nodes = { eachNode: () => undefined };
    const red = { events, nodes, settings: { get: () => undefined } } as unknown as NodeAPI;
    const time = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const registry = new AccountRegistry(red, {
        info: () => undefined,
        warn: () => undefined,
        error: () => undefined,
      });
      // The fake clock does not advance, so `find` must not wait for a timer.
      assert.equal(await registry.find('new'), undefined);
      void registry.close();
      assert.equal(time.countTimers(), 0);
    } finally {
      time.restore();
    }
  });

  it('keeps one listener for Deploys, however often the nodes are loaded', async () => {
    await load(testFlow(one(), two()));
    const before = nodeRed.events.listenerCount('flows:started');
    for (let time = 0; time < 3; time += 1) await load(testFlow(one(), two()), true);
    assert.equal(nodeRed.events.listenerCount('flows:started'), before);
  });

  it('leaves no timers after 20 Deploys', async () => {
    await load(testFlow(one(), two(), placed({ id: 'ping', type: 'cozify-ping', account: 'one', wires: [[], []] })));
    await stage.logIn('one');
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    for (let number = 0; number < 20; number += 1) {
      await deploy(testFlow(one({ name: String(number) }), two()), number % 2 === 0 ? 'nodes' : 'full');
    }
    assert.equal((await stage.account('one').ping()).value, true);
    assert.equal(stage.simulator.count('requestlogin'), stage.simulator.mails.length);
    await until(`hardly more than ${before} timers`, () => timers() <= before + 2);
  });
});
