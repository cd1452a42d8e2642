import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import sinon from 'sinon';
import { ContextStore } from '../../../nodes/store/context-store';
import { emptyAccount } from '../../../src/state/account-record';
import type { AccountRecord } from '../../../src/index.js';
import { FakeContext, fakeRed } from '../support/fake-red';

const RECORD: AccountRecord = { ...emptyAccount, email: 'owner@example.fi' };
const STORE = { code: 'COZIFY_STORE' };
const settings = {
  contextStorage: { disk: { module: 'localfilesystem' }, default: { module: 'memory' } },
  credentialSecret: 'a secret',
};

/** Maximum lateness of a timer of the system clock, in milliseconds. */
const LATE_MS = 2;

describe('Context store that does not answer', () => {
  let context: FakeContext;
  const open = (red: NodeAPI = fakeRed(settings), id = 'account', name = 'disk'): ContextStore =>
    new ContextStore(red, name, id, () => context);

  beforeEach(() => {
    context = new FakeContext();
  });
  afterEach(() => sinon.restore());

  describe('after 3 s', () => {
    let clock: sinon.SinonFakeTimers;

    beforeEach(async () => {
      await open().save(RECORD);
      clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    });

    it('fails a load, save or remove with COZIFY_STORE', async () => {
      for (const call of [() => open().load(), () => open().save(RECORD), () => open().remove()]) {
        // Uses a new context for each call, because a store that hangs is not called again.
        context = new FakeContext();
        context.ask = () => undefined;
        let isOver = false;
        const failed = assert.rejects(call(), { code: 'COZIFY_STORE', message: /ETIMEDOUT/ }).finally(() => {
          isOver = true;
        });
        await turns();
        await clock.tickAsync(2_999);
        await turns();
        assert.equal(isOver, false, 'not before');
        await clock.tickAsync(1 + LATE_MS);
        await failed;
      }
    });

    it('ignores a late answer', async () => {
      const answers: (() => void)[] = [];
      context.ask = (answer) => void answers.push(answer);
      const failed = assert.rejects(open().load(), STORE);
      await turns();
      await clock.tickAsync(3_000 + LATE_MS);
      await failed;
      for (const answer of answers) answer();
    });

    /** Makes `call` fail on a store that does not answer. Returns functions that answer the store's calls later. */
    async function silent(call: () => Promise<unknown>): Promise<(() => void)[]> {
      const asked: (() => void)[] = [];
      context.ask = (answer) => void asked.push(answer);
      const failed = assert.rejects(call(), STORE);
      await turns();
      await clock.tickAsync(3_000 + LATE_MS);
      await failed;
      return asked;
    }

    it('immediately fails all further calls of any account, until it answers', async () => {
      const asked = await silent(() => open().load());
      for (const id of ['account', 'another']) {
        const store = open(fakeRed(settings), id);
        for (const call of [() => store.load(), () => store.save(RECORD), () => store.remove()]) {
          await assert.rejects(call(), { code: 'COZIFY_STORE', message: /ETIMEDOUT/ });
        }
      }
      await clock.tickAsync(40_000);
      await assert.rejects(open().load(), STORE);
      assert.equal(asked.length, 1);
      context.ask = (answer) => void setImmediate(answer);
      assert.equal(await open(fakeRed(settings), 'account', 'default').load(), null, 'other stores are called');
    });

    it('is not written again before it has answered, but is read', async () => {
      let isWritten = 0;
      sinon.stub(context, 'set').callsFake(() => void isWritten++);
      for (let time = 0; time < 3; time++) {
        const failed = assert.rejects(open().save(RECORD), { code: 'COZIFY_STORE', message: /ETIMEDOUT/ });
        await turns();
        await clock.tickAsync(3_000 + LATE_MS);
        await failed;
      }
      assert.equal(isWritten, 1);
      assert.deepEqual(await open().load(), RECORD);
    });

    it('works again after the late answer', async () => {
      const asked = await silent(() => open().load());
      context.ask = (answer) => void setImmediate(answer);
      await assert.rejects(open().load(), STORE);
      for (const answer of asked) answer();
      assert.deepEqual(await open().load(), RECORD);
    });

    it('works again within a minute without the late answer', async () => {
      await silent(() => open().load());
      context.ask = (answer) => void setImmediate(answer);
      await clock.tickAsync(46_000);
      assert.deepEqual(await open().load(), RECORD);
      assert.deepEqual(await open().load(), RECORD);
    });

    /** Lets pending promises and immediates finish. */
    async function turns(): Promise<void> {
      for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
    }
  });
});
