import assert from 'node:assert/strict';
import sinon from 'sinon';
import { ContextStore } from '../../../nodes/store/context-store';
import { emptyAccount } from '../../../src/state/account-record';
import type { AccountRecord } from '../../../src/index.js';
import { FakeContext, fakeRed } from '../support/fake-red';

const RECORD: AccountRecord = { ...emptyAccount, email: 'owner@example.fi' };
const settings = {
  contextStorage: { disk: { module: 'localfilesystem' }, default: { module: 'memory' } },
  credentialSecret: 'a secret',
};

describe('Keys of a context store', () => {
  let context: FakeContext;
  const openFor = (id: string): ContextStore => new ContextStore(fakeRed(settings), 'disk', id, () => context);

  beforeEach(() => {
    context = new FakeContext();
  });
  afterEach(() => sinon.restore());

  describe('with ids that differ only in case, in a store that ignores case', () => {
    const ids = ['koti', 'Koti', 'KOTI'];
    const kept = async (): Promise<unknown[]> => Promise.all(ids.map(async (id) => (await openFor(id).load())?.email));

    beforeEach(() => {
      for (const method of ['get', 'set'] as const) {
        const real = context[method].bind(context) as (...args: unknown[]) => void;
        sinon.stub(context, method).callsFake((key: string, ...args: unknown[]) => real(key.toLowerCase(), ...args));
      }
    });

    it('are different, and removed separately', async () => {
      for (const id of ids) await openFor(id).save({ ...RECORD, email: id });
      assert.deepEqual(await kept(), ids);
      await openFor('Koti').remove();
      assert.deepEqual(await kept(), ['koti', undefined, 'KOTI']);
      for (const id of ids) await openFor(id).remove();
      assert.equal(context.at('disk').size, 0);
    });
  });

  it('are different for an account and a value set aside for another account', async () => {
    await openFor('account_bad').save(RECORD);
    context.at('disk').set('cozify_account', 'broken');
    assert.equal(await openFor('account').load(), null);
    assert.deepEqual(await openFor('account_bad').load(), RECORD);
  });
});
