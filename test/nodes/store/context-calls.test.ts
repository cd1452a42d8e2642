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

/** The system's clock rings so much later at most, so that it never rings before its time. */
const LATE_MS = 2;

describe('a context store that does not answer', () => {
  let context: FakeContext;
  const open = (red: NodeAPI = fakeRed(settings), id = 'account', name = 'disk'): ContextStore =>
    new ContextStore(red, name, id, () => context);

  beforeEach(() => {
    context = new FakeContext();
  });
  afterEach(() => sinon.restore());

  describe('after 3 seconds without an answer', () => {
    let clock: sinon.SinonFakeTimers;

    beforeEach(async () => {
      await open().save(RECORD);
      clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    });

    it('gives up reading and writing with COZIFY_STORE', async () => {
      for (const call of [() => open().load(), () => open().save(RECORD), () => open().remove()]) {
        // Another store each time: the same would not be called again.
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

    it('ignores an answer that comes later', async () => {
      const answers: (() => void)[] = [];
      context.ask = (answer) => void answers.push(answer);
      const failed = assert.rejects(open().load(), STORE);
      await turns();
      await clock.tickAsync(3_000 + LATE_MS);
      await failed;
      for (const answer of answers) answer();
    });

    /** A store that does not answer, with what it was asked; `call` is given up. */
    async function silent(call: () => Promise<unknown>): Promise<(() => void)[]> {
      const asked: (() => void)[] = [];
      context.ask = (answer) => void asked.push(answer);
      const failed = assert.rejects(call(), STORE);
      await turns();
      await clock.tickAsync(3_000 + LATE_MS);
      await failed;
      return asked;
    }

    it('is not called again while a call hangs, whichever account wants to: all are answered at once', async () => {
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
      assert.equal(await open(fakeRed(settings), 'account', 'default').load(), null, 'others are called');
    });

    it('is not told again what it has not answered, and still read', async () => {
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

    it('goes on as soon as the late answer is there', async () => {
      const asked = await silent(() => open().load());
      context.ask = (answer) => void setImmediate(answer);
      await assert.rejects(open().load(), STORE);
      for (const answer of asked) answer();
      assert.deepEqual(await open().load(), RECORD);
    });

    it('goes on within a minute where what hung is never answered', async () => {
      await silent(() => open().load());
      context.ask = (answer) => void setImmediate(answer);
      await clock.tickAsync(46_000);
      assert.deepEqual(await open().load(), RECORD);
      assert.deepEqual(await open().load(), RECORD);
    });

    /** Lets what is real, not timed, come to an end. */
    async function turns(): Promise<void> {
      for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
    }
  });
});
