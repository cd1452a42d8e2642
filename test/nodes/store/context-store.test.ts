import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import sinon from 'sinon';
import { ContextStore } from '../../../nodes/store/context-store';
import type { AccountRecord } from '../../../src/index.js';
import { FakeContext, fakeRed } from '../support/fake-red';

const SECRET = 'a credential secret';
/** Maximum lateness of a timer of the system clock, in milliseconds. */
const LATE_MS = 2;
const RECORD: AccountRecord = {
  email: 'owner@example.fi',
  configuredEmail: 'owner@example.fi',
  clouds: [
    {
      origin: 'https://api.cozify.fi',
      login: { token: 'the-very-secret-token', lastRefresh: 1, isRejected: false, rejectedAt: null, email: null },
      generation: 1,
      revision: 1,
      otp: null,
      hubs: [],
      defaultHub: null,
    },
  ],
  holds: [],
};
const STORE = { code: 'COZIFY_STORE' };
const settings = (more: object = {}): Record<string, unknown> => ({
  contextStorage: { disk: { module: 'localfilesystem' }, default: { module: 'memory' } },
  credentialSecret: SECRET,
  ...more,
});

describe('ContextStore', () => {
  let context: FakeContext;
  const open = (red: NodeAPI = fakeRed(settings()), id = 'account', name = 'disk'): ContextStore =>
    new ContextStore(red, name, id, () => context);

  beforeEach(() => {
    context = new FakeContext();
  });
  afterEach(() => sinon.restore());

  it('returns null if empty, otherwise the saved record', async () => {
    const store = open();
    assert.equal(await store.load(), null);
    await store.save(RECORD);
    assert.deepEqual(await store.load(), RECORD);
    assert.deepEqual(await open().load(), RECORD, 'after a restart too');
  });

  for (const [state, message, spoil] of [
    [
      'of a newer version',
      /newer/,
      (value: string) => value.replace('"cozify":1', '"cozify":2').replace('"tag":"', '"tag":"A'),
    ],
    ['under another secret', /secret/, (value: string) => value],
  ] as [string, RegExp, (value: string) => string][]) {
    it(`does not read or overwrite a record ${state}`, async () => {
      const red = state.includes('secret') ? fakeRed(settings({ credentialSecret: 'another' })) : fakeRed(settings());
      await open().save(RECORD);
      const kept = spoil(context.at('disk').get('cozify_account') as string);
      context.at('disk').set('cozify_account', kept);
      await assert.rejects(open(red).load(), { ...STORE, message });
      await assert.rejects(open(red).save(RECORD), STORE);
      assert.equal(context.at('disk').get('cozify_account'), kept);
    });
  }

  it('saves only ciphertext, which differs each time', async () => {
    const store = open();
    await store.save(RECORD);
    const [[key, first] = ['', '']] = context.at('disk');
    assert.equal(key, 'cozify_account');
    assert.equal(typeof first, 'string');
    for (const text of ['the-very-secret-token', 'owner@example.fi', SECRET]) assert.ok(!String(first).includes(text));
    await store.save(RECORD);
    assert.notEqual(context.at('disk').get(key), first);
  });

  for (const unset of ['fails', 'leaves an unreadable value'] as const) {
    describe(`with a store that ${unset} on unset`, () => {
      beforeEach(() => {
        context.unset = unset;
      });
      const values = (): unknown[] => [...context.at('disk').values()];

      it('clears the record, and can save again', async () => {
        const store = open();
        await store.save(RECORD);
        await store.remove();
        assert.deepEqual(values(), [null]);
        assert.equal(await open().load(), null);
        await store.remove();
        assert.deepEqual(values(), [null], 'no new key');
        await store.save(RECORD);
        assert.deepEqual(await open().load(), RECORD);
      });

      it('clears a record that was set aside', async () => {
        context.at('disk').set('cozify_account', 'broken');
        assert.equal(await open().load(), null);
        assert.equal(await open().load(), null);
        assert.deepEqual(values(), [null, ['broken']]);
        await open().remove();
        assert.deepEqual(values(), [null, null]);
      });

      it('clears a record after an interrupted removal', async () => {
        await open().save(RECORD);
        context.set('cozify_account', undefined, 'disk', () => undefined);
        await open().remove();
        assert.deepEqual(values(), [null]);
      });

      it('fails a removal if the store is unreachable, and keeps the record', async () => {
        await open().save(RECORD);
        context.away.add('disk');
        await assert.rejects(open().remove(), STORE);
        context.away.clear();
        assert.deepEqual(await open().load(), RECORD);
      });
    });
  }

  it('separates accounts with any ids', async () => {
    const ids = ['one', 'two', 'a.b', 'a[b]', 'a b', '__proto__', '../x', 'ä', 'one.two', "it's"];
    for (const id of ids) await open(fakeRed(settings()), id).save({ ...RECORD, email: id });
    assert.equal(context.at('disk').size, ids.length);
    for (const key of context.at('disk').keys()) assert.match(key, /^cozify_\w+$/, 'no path');
    for (const id of ids) assert.equal((await open(fakeRed(settings()), id).load())?.email, id);
  });

  it('refuses the record of another account', async () => {
    await open(fakeRed(settings()), 'one').save(RECORD);
    context.at('disk').set('cozify_two', context.at('disk').get('cozify_one'));
    assert.equal(await open(fakeRed(settings()), 'two').load(), null);
  });

  it('has an identity for each store and account', () => {
    const identities = [open(), open(fakeRed(settings()), 'other'), open(fakeRed(settings()), 'account', 'default')];
    assert.equal(new Set(identities.map(({ identity }) => identity)).size, 3);
    assert.equal(open().identity, open().identity);
  });

  describe('failing with COZIFY_STORE', () => {
    async function assertAway(store: ContextStore): Promise<void> {
      const before = new Map(context.at('disk'));
      await assert.rejects(store.load(), STORE);
      await assert.rejects(store.save(RECORD), STORE);
      assert.deepEqual(context.at('disk'), before);
    }

    it('changes nothing when credentialSecret is false, even if Node-RED has generated a secret before', async () => {
      const red = fakeRed(settings({ credentialSecret: false }), { _credentialSecret: 'generated' });
      await assertAway(open(red));
      await assert.rejects(open(red).load(), /credentialSecret: false/);
    });

    const NO_SECRET: [string, object][] = [
      ['there is no credentialSecret', { credentialSecret: undefined }],
      ['credentialSecret is empty', { credentialSecret: '' }],
      ['credentialSecret is a number', { credentialSecret: 5 }],
    ];
    for (const [name, more] of NO_SECRET) {
      it(`changes nothing when ${name}`, () => assertAway(open(fakeRed(settings(more)))));
    }

    it('changes nothing when settings.js has no store of that name', async () => {
      await assertAway(open(fakeRed(settings()), 'account', 'elsewhere'));
      await assert.rejects(open(fakeRed(settings()), 'account', 'elsewhere').load(), /no context store "elsewhere"/);
      await assertAway(open(fakeRed(settings({ contextStorage: undefined }))));
      await assertAway(open(fakeRed(settings()), 'account', 'toString'));
      // Removing from a store without content succeeds.
      await open(fakeRed(settings()), 'account', 'elsewhere').remove();
    });

    it('changes nothing without a context', () =>
      assertAway(new ContextStore(fakeRed(settings()), 'disk', 'a', () => undefined)));

    it('hides the text of an error from the store', async () => {
      context.error = new Error('a secret of the driver');
      await assertAway(open());
      await assert.rejects(open().load(), ({ message }: Error) => !message.includes('a secret'));
      context.error = Object.assign(new Error('x'), { code: 'EACCES' });
      await assert.rejects(open().load(), /EACCES/);
    });

    it('changes nothing when the store throws', async () => {
      for (const thrown of [new Error('no'), undefined, null, 'text']) {
        context.ask = () => {
          throw thrown as Error;
        };
        await assertAway(open());
      }
    });
  });

  it('uses the secret generated by Node-RED if the user has set none', async () => {
    const generated = (secret: string): NodeAPI =>
      fakeRed(settings({ credentialSecret: undefined }), { _credentialSecret: secret });
    await open(generated('generated')).save(RECORD);
    assert.deepEqual(await open(generated('generated')).load(), RECORD);
    await assert.rejects(open(generated('other')).load(), STORE);
  });

  const BROKEN: [string, unknown][] = [
    ['text', 'not ours'],
    ['an empty text', ''],
    ['cut short', '{"cozify":1,"seq'],
    ['a number', 5],
    ['an object', { cozify: 1 }],
    ['false', false],
  ];
  for (const [name, value] of BROKEN) {
    it(`sets aside an unreadable record with a line in the log: ${name}`, async () => {
      const red = fakeRed(settings());
      context.at('disk').set('cozify_account', value);
      assert.equal(await open(red).load(), null);
      assert.equal(context.at('disk').get('cozify_account'), undefined);
      const [[key = '', kept] = [], ...more] = context.at('disk');
      assert.deepEqual([kept, more], [[value], []]);
      sinon.assert.calledOnceWithMatch(red.log.error as sinon.SinonSpy, key);
    });
  }

  it('sets aside a record that was changed by others', async () => {
    await open().save(RECORD);
    const envelope = JSON.parse(String(context.at('disk').get('cozify_account'))) as Record<string, unknown>;
    context.at('disk').set('cozify_account', JSON.stringify({ ...envelope, sequence: 77 }));
    assert.equal(await open().load(), null);
    assert.equal(context.at('disk').size, 1);
  });

  it('keeps all records that were set aside', async () => {
    for (const value of ['broken', 'broken again']) {
      context.at('disk').set('cozify_account', value);
      await open().load();
    }
    assert.deepEqual([...context.at('disk').values()].flat(), ['broken', 'broken again']);
  });

  it('removes records that were set aside', async () => {
    context.at('disk').set('cozify_account', 'broken');
    await open().load();
    await open().remove();
    assert.deepEqual([...context.at('disk').keys()], []);
  });

  const openFor = (id: string): ContextStore => open(fakeRed(settings()), id);

  describe('with ids that differ only in case, in a store that ignores case', () => {
    const ids = ['koti', 'Koti', 'KOTI'];
    const kept = async (): Promise<unknown[]> => Promise.all(ids.map(async (id) => (await openFor(id).load())?.email));

    beforeEach(() => {
      for (const method of ['get', 'set'] as const) {
        const real = context[method].bind(context) as (...args: unknown[]) => void;
        sinon.stub(context, method).callsFake((key: string, ...args: unknown[]) => real(key.toLowerCase(), ...args));
      }
    });

    it('separates the accounts, and removes them separately', async () => {
      for (const id of ids) await openFor(id).save({ ...RECORD, email: id });
      assert.deepEqual(await kept(), ids);
      await openFor('Koti').remove();
      assert.deepEqual(await kept(), ['koti', undefined, 'KOTI']);
      for (const id of ids) await openFor(id).remove();
      assert.equal(context.at('disk').size, 0);
    });
  });

  it('separates an account and a value set aside for another account', async () => {
    await openFor('account_bad').save(RECORD);
    context.at('disk').set('cozify_account', 'broken');
    assert.equal(await openFor('account').load(), null);
    assert.deepEqual(await openFor('account_bad').load(), RECORD);
  });

  describe('with a store that is silent for 3 s', () => {
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
        const store = open(fakeRed(settings()), id);
        for (const call of [() => store.load(), () => store.save(RECORD), () => store.remove()]) {
          await assert.rejects(call(), { code: 'COZIFY_STORE', message: /ETIMEDOUT/ });
        }
      }
      await clock.tickAsync(40_000);
      await assert.rejects(open().load(), STORE);
      assert.equal(asked.length, 1);
      context.ask = (answer) => void setImmediate(answer);
      assert.equal(await open(fakeRed(settings()), 'account', 'default').load(), null, 'other stores are called');
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
