import { Handover } from '../../../src/state/handover.js';
import assert from 'node:assert/strict';
import { AccountState, type AccountHandover } from '../../../src/state/account-state.js';
import {
  type AccountRecord,
  cloudOf,
  emptyAccount,
  withCloud,
  withLogin,
  newLogin,
} from '../../../src/state/account-record.js';
import { MemoryStore } from '../support/memory-store.js';

const ORIGIN = 'https://cloud.example';

describe('account state', () => {
  let store: MemoryStore<AccountRecord>;
  let told: string[][];
  let handover: AccountHandover;
  const open = async (from = store): Promise<AccountState> => {
    const live = new AccountState({
      id: 'a1',
      origin: ORIGIN,
      store: from,
      handover,
      onChange: (_before, announced) => told.push([...announced]),
    });
    await live.load();
    return live;
  };
  const setToken = (live: AccountState, token: string, options = {}) =>
    live.changeCloud((cloud) => withLogin(cloud, newLogin(token, 1, null)), options);
  const storedToken = (from = store) => cloudOf(from.content ?? emptyAccount, ORIGIN).login?.token;

  beforeEach(() => {
    store = new MemoryStore();
    handover = new Handover();
    told = [];
  });

  it('tells of a change only once it is saved', async () => {
    const live = await open();
    let free: () => void = () => undefined;
    store.gate = new Promise((resolve) => (free = resolve));
    const change = setToken(live, 't1', { announce: () => ['authenticated'] });
    await new Promise(setImmediate);
    assert.deepEqual([told, live.cloud.login], [[], null]);
    free();
    await change;
    assert.deepEqual([told, live.cloud.login?.token, storedToken()], [[['authenticated']], 't1', 't1']);
  });

  it('makes changes one after another, none lost', async () => {
    const live = await open();
    await Promise.all(
      Array.from({ length: 50 }, () => live.changeCloud((cloud) => ({ ...cloud, revision: cloud.revision + 1 }))),
    );
    assert.equal(live.cloud.revision, 50);
    assert.equal(cloudOf(store.content ?? emptyAccount, ORIGIN).revision, 50);
  });

  it('writes and tells nothing when nothing is to change', async () => {
    const live = await open();
    await live.change(() => undefined, { announce: () => ['reset'] });
    assert.deepEqual([store.saves, told], [0, []]);
  });

  it('goes by what changes under way will have made of it, also where there is nothing to change yet', async () => {
    const live = await open();
    const setting = setToken(live, 't1');
    const rejecting = live.changeCloud((cloud) =>
      cloud.login === null ? undefined : { ...cloud, login: { ...cloud.login, isRejected: true } },
    );
    await Promise.all([setting, rejecting]);
    assert.equal(live.cloud.login?.isRejected, true);
  });

  it('goes on in memory on a full disk, says so, and saves later', async () => {
    const live = await open();
    store.isFull = true;
    await setToken(live, 't1');
    assert.deepEqual([live.cloud.login?.token, live.isSaved, live.needsSave], ['t1', false, true]);
    await live.retrySave();
    assert.equal(live.isSaved, false);
    store.isFull = false;
    await live.retrySave();
    assert.deepEqual([storedToken(), live.isSaved, live.needsSave], ['t1', true, false]);
    await live.retrySave();
    assert.equal(store.saves, 1);
  });

  it('makes a strict change wholly or not at all', async () => {
    const live = await open();
    await setToken(live, 't1');
    store.isFull = true;
    await assert.rejects(setToken(live, 't2', { isStrict: true }), { code: 'COZIFY_STORE' });
    assert.deepEqual([live.cloud.login?.token, storedToken(), told.length], ['t1', 't1', 2]);
    store.isFull = false;
    await live.retrySave();
    assert.deepEqual([storedToken(), live.isSaved], ['t1', true]);
  });

  describe('with a token kept in memory only', () => {
    it('says that it is not saved, and leaves that in the store alone', async () => {
      const live = await open();
      await setToken(live, 'kept');
      await setToken(live, 'foobar', { isUncommitted: true });
      assert.deepEqual(
        [live.cloud.login?.token, storedToken(), live.isSaved, store.saves],
        ['foobar', 'kept', false, 1],
      );
      assert.equal(live.needsSave, false, 'it is not to be saved');
    });

    it('saves other changes without it', async () => {
      const live = await open();
      await setToken(live, 'kept');
      await setToken(live, 'foobar', { isUncommitted: true });
      await setToken(live, 'foobaz', { isUncommitted: true });
      await live.change((record) => ({ ...record, email: 'a@b' }));
      assert.deepEqual([storedToken(), store.content?.email, live.isSaved], ['kept', 'a@b', false]);
      assert.equal(live.cloud.login?.token, 'foobaz');
    });

    it('saves its successor', async () => {
      const live = await open();
      await setToken(live, 'foobar', { isUncommitted: true });
      await setToken(live, 'renewed');
      assert.deepEqual([storedToken(), live.isSaved], ['renewed', true]);
    });
  });

  it('takes over a login that somebody else saved later', async () => {
    const live = await open();
    await setToken(live, 't1');
    const record = store.content ?? emptyAccount;
    store.put(withCloud(record, withLogin(cloudOf(record, ORIGIN), newLogin('t2', 2, null))));
    await live.pull();
    assert.equal(live.cloud.login?.token, 't2');
  });

  it('does not take over an older one, as from a backup', async () => {
    const live = await open();
    await setToken(live, 't1');
    const backup = store.content ?? emptyAccount;
    await setToken(live, 't2');
    store.put(backup);
    await live.pull();
    assert.equal(live.cloud.login?.token, 't2');
  });

  it('takes nothing over from a store that is empty or away', async () => {
    const live = await open();
    await setToken(live, 't1');
    store.text = undefined;
    await live.pull();
    store.isAway = true;
    await assert.rejects(live.pull(), { code: 'COZIFY_STORE' });
    assert.equal(live.cloud.login?.token, 't1');
  });

  describe('after it was detached', () => {
    it('saves a late change and gives it to its successor', async () => {
      const live = await open();
      await setToken(live, 't1');
      live.detach();
      const successor = await open();
      await setToken(live, 't2');
      await successor.settled();
      assert.deepEqual([storedToken(), successor.cloud.login?.token], ['t2', 't2']);
    });

    it('does not bring a deleted account back', async () => {
      const live = await open();
      await setToken(live, 't1');
      live.detach();
      await store.remove();
      await setToken(live, 't2');
      assert.equal(store.text, undefined);
    });

    it('fails nobody when the store is away', async () => {
      const live = await open();
      await setToken(live, 't1');
      live.detach();
      store.isAway = true;
      await setToken(live, 't2');
      store.isAway = false;
      store.isFull = true;
      await setToken(live, 't2');
      assert.equal(storedToken(), 't1');
    });
  });

  it('keeps what belongs to one cloud from another', async () => {
    const live = await open();
    await setToken(live, 't1');
    const other = new AccountState({
      id: 'a1',
      origin: 'https://other.example',
      store,
      handover,
      onChange: () => undefined,
    });
    await other.load();
    assert.equal(other.cloud.login, null);
    await other.changeCloud((cloud) => withLogin(cloud, newLogin('o1', 1, null)));
    assert.equal(storedToken(), 't1');
    assert.equal(other.record.clouds.length, 2);
  });
});
