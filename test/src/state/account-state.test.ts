import assert from 'node:assert/strict';
import { createController } from '../../../src/async/signals.js';
import { AccountState, type ChangeOptions } from '../../../src/state/account-state.js';
import { CloudState } from '../../../src/state/cloud-state.js';
import {
  type AccountRecord,
  cloudOf,
  emptyAccount,
  withCloud,
  withLogin,
  newLogin,
  withRenewal,
} from '../../../src/state/account-record.js';
import { MemoryStore } from '../support/memory-store.js';

const ORIGIN = 'https://cloud.example';

/** A state, its view of one cloud, and the controller that shuts the state down. */
interface Live {
  state: AccountState;
  at: CloudState;
  shutdown: AbortController;
}

describe('AccountState', () => {
  let store: MemoryStore<AccountRecord>;
  let announcements: string[][];
  const open = async (from = store): Promise<Live> => {
    const state = new AccountState(from, (_before, announced) => announcements.push([...announced(ORIGIN)]));
    await state.load();
    announcements.length = 0;
    const shutdown = createController();
    return { state, at: new CloudState(state, ORIGIN, shutdown.signal), shutdown };
  };
  const withToken = (record: AccountRecord, token: string): AccountRecord =>
    withCloud(record, withLogin(cloudOf(record, ORIGIN), newLogin(token, 1, null), 1));
  const setToken = ({ at }: Live, token: string, options: ChangeOptions = {}) =>
    at.changeLogin((record) => withToken(record, token), options);
  const setTemporary = ({ at }: Live, token: string) =>
    at.putTemporary((cloud) => withLogin(cloud, newLogin(token, null, null), 1));
  const renew = ({ at }: Live, token: string, renewed: string) =>
    at.changeToken(token, (cloud) => withRenewal(cloud, newLogin(renewed, 2, null)), {
      announce: () => ['refreshed'],
    });
  const tokenOf = ({ at }: Live) => at.cloud.login?.token;
  const storedToken = (from = store) => cloudOf(from.content ?? emptyAccount, ORIGIN).login?.token;

  beforeEach(() => {
    store = new MemoryStore();
    announcements = [];
  });

  it('announces a change after it is saved', async () => {
    const live = await open();
    let free: () => void = () => undefined;
    store.gate = new Promise((resolve) => (free = resolve));
    const change = setToken(live, 't1', { announce: () => ['authenticated'] });
    await new Promise(setImmediate);
    assert.deepEqual([announcements, tokenOf(live)], [[], undefined]);
    free();
    await change;
    assert.deepEqual([announcements, tokenOf(live), storedToken()], [[['authenticated']], 't1', 't1']);
  });

  it('applies 50 concurrent changes one after another', async () => {
    const live = await open();
    await Promise.all(
      Array.from({ length: 50 }, () => live.at.changeCloud((cloud) => ({ ...cloud, revision: cloud.revision + 1 }))),
    );
    assert.equal(live.at.cloud.revision, 50);
    assert.equal(cloudOf(store.content ?? emptyAccount, ORIGIN).revision, 50);
  });

  it('saves and announces nothing for an empty change', async () => {
    const live = await open();
    await live.at.change(() => undefined, { announce: () => ['reset'] });
    assert.deepEqual([store.saves, announcements], [0, []]);
  });

  it('computes each change from the result of the queued changes before it', async () => {
    const live = await open();
    const setting = setToken(live, 't1');
    const rejecting = live.at.changeCloud((cloud) =>
      cloud.login === null ? undefined : { ...cloud, login: { ...cloud.login, isRejected: true } },
    );
    await Promise.all([setting, rejecting]);
    assert.equal(live.at.cloud.login?.isRejected, true);
  });

  it('changes in memory on a full disk, and saves later', async () => {
    const live = await open();
    store.isFull = true;
    await setToken(live, 't1');
    assert.deepEqual([tokenOf(live), live.state.isSaved, live.state.needsSave], ['t1', false, true]);
    await live.state.retrySave();
    assert.equal(live.state.isSaved, false);
    store.isFull = false;
    await live.state.retrySave();
    assert.deepEqual([storedToken(), live.state.isSaved, live.state.needsSave], ['t1', true, false]);
    await live.state.retrySave();
    assert.equal(store.saves, 1);
  });

  it('makes no strict change that cannot be saved', async () => {
    const live = await open();
    await setToken(live, 't1');
    store.isFull = true;
    await assert.rejects(setToken(live, 't2', { isStrict: true }), { code: 'COZIFY_STORE' });
    assert.deepEqual([tokenOf(live), storedToken(), announcements.length], ['t1', 't1', 2]);
    store.isFull = false;
    await live.state.retrySave();
    assert.deepEqual([storedToken(), live.state.isSaved], ['t1', true]);
  });

  describe('with a temporary token', () => {
    it('does not save it, and keeps the saved token', async () => {
      const live = await open();
      await setToken(live, 'kept');
      await setTemporary(live, 'foobar');
      assert.deepEqual([tokenOf(live), storedToken(), live.state.isSaved, store.saves], ['foobar', 'kept', false, 1]);
      assert.equal(live.state.needsSave, false, 'it is not to be saved');
    });

    it('saves other changes without the temporary token', async () => {
      const live = await open();
      await setToken(live, 'kept');
      await setTemporary(live, 'foobar');
      await setTemporary(live, 'foobaz');
      await live.at.change((record) => ({ ...record, email: 'a@b' }));
      assert.deepEqual([storedToken(), store.content?.email, live.state.isSaved], ['kept', 'a@b', false]);
      assert.equal(tokenOf(live), 'foobaz');
    });

    it('saves a login made after the temporary token', async () => {
      const live = await open();
      await setTemporary(live, 'foobar');
      await setToken(live, 'another');
      assert.deepEqual([tokenOf(live), storedToken(), live.state.isSaved], ['another', 'another', true]);
    });

    it('keeps renewals and hubs of the temporary token in memory', async () => {
      const live = await open();
      await setToken(live, 'kept');
      await setTemporary(live, 'foobar');
      await renew(live, 'foobar', 'foobaz');
      await live.at.changeCloud((cloud) => ({ ...cloud, defaultHub: 'hub-of-a-guest' }));
      assert.deepEqual(
        [tokenOf(live), live.at.cloud.defaultHub, live.state.isSaved],
        ['foobaz', 'hub-of-a-guest', false],
      );
      assert.deepEqual([storedToken(), store.text?.includes('hub-of-a-guest')], ['kept', false]);
    });

    it('saves a renewal of the saved login that was in flight', async () => {
      const live = await open();
      await setToken(live, 'kept');
      await setTemporary(live, 'foobar');
      announcements.length = 0;
      await renew(live, 'kept', 'renewed');
      assert.deepEqual([tokenOf(live), storedToken()], ['foobar', 'renewed']);
    });

    it('saves a pending code', async () => {
      const live = await open();
      await setTemporary(live, 'foobar');
      const otp = { email: 'a@b', sentAt: 1 };
      await live.at.changeCloud((cloud) => ({ ...cloud, otp }));
      assert.deepEqual(cloudOf(store.content ?? emptyAccount, ORIGIN).otp, otp);
    });
  });

  it('adopts a newer login from the store', async () => {
    const live = await open();
    await setToken(live, 't1');
    store.put(withToken(store.content ?? emptyAccount, 't2'));
    await live.state.pull();
    assert.equal(tokenOf(live), 't2');
  });

  it('ignores an older login in the store, as from a backup', async () => {
    const live = await open();
    await setToken(live, 't1');
    const backup = store.content ?? emptyAccount;
    await setToken(live, 't2');
    store.put(backup);
    await live.state.pull();
    assert.equal(tokenOf(live), 't2');
  });

  it('keeps its login when the store is empty or unreachable', async () => {
    const live = await open();
    await setToken(live, 't1');
    store.text = undefined;
    await live.state.pull();
    store.isAway = true;
    await assert.rejects(live.state.pull(), { code: 'COZIFY_STORE' });
    assert.equal(tokenOf(live), 't1');
  });

  it('separates the clouds of an account', async () => {
    const live = await open();
    await setToken(live, 't1');
    const other = new CloudState(live.state, 'https://other.example', live.shutdown.signal);
    assert.equal(other.cloud.login, null);
    await other.changeCloud((cloud) => withLogin(cloud, newLogin('o1', 1, null), 1));
    assert.deepEqual([storedToken(), tokenOf(live), other.record.clouds.length], ['t1', 't1', 2]);
  });

  it('raises the epoch with each login and temporary token, but not with a renewal', async () => {
    const live = await open();
    await setToken(live, 't1');
    const { epoch } = live.at;
    await renew(live, 't1', 't2');
    assert.equal(live.at.epoch, epoch);
    await live.at.changeInEpoch(epoch, (cloud) => ({ ...cloud, defaultHub: 'h1' }));
    await setToken(live, 't3');
    await live.at.changeInEpoch(epoch, (cloud) => ({ ...cloud, defaultHub: 'h2' }));
    assert.equal(live.at.cloud.defaultHub, 'h1');
    const epochs = [epoch, live.at.epoch];
    await setTemporary(live, 'g1');
    epochs.push(live.at.epoch);
    await setToken(live, 't4');
    epochs.push(live.at.epoch);
    await setTemporary(live, 'g2');
    epochs.push(live.at.epoch);
    assert.equal(new Set(epochs).size, epochs.length);
  });

  it('keeps unsaved changes and the newer login when it moves to another store', async () => {
    const live = await open();
    await setToken(live, 't1');
    store.isFull = true;
    await live.at.change((record) => ({ ...record, email: 'a@b' }));
    const other = new MemoryStore<AccountRecord>();
    other.put({ ...withToken(withToken(emptyAccount, 't0'), 't2'), configuredEmail: 'c@d' });
    await live.state.move(other);
    await live.state.load();
    assert.deepEqual([tokenOf(live), live.at.record.email, live.at.record.configuredEmail], ['t2', 'a@b', 'c@d']);
    assert.deepEqual([storedToken(other), other.content?.email, live.state.isSaved], ['t2', 'a@b', true]);
  });

  it('saves nothing to a new store before it was read', async () => {
    const live = await open();
    await setToken(live, 't1');
    const other = new MemoryStore<AccountRecord>();
    other.put(withToken(withToken(emptyAccount, 'x'), 'there'));
    other.isAway = true;
    await live.state.move(other);
    await assert.rejects(setToken(live, 't2', { isStrict: true }), { code: 'COZIFY_STORE' });
    await live.at.change((record) => ({ ...record, email: 'a@b' }));
    assert.deepEqual([other.saves, live.state.needsSave], [0, true]);
    other.isAway = false;
    await live.state.retrySave();
    assert.deepEqual([tokenOf(live), storedToken(other), other.content?.email], ['there', 'there', 'a@b']);
  });

  describe('after its shutdown', () => {
    it('finishes the save in flight, and fails queued strict changes with COZIFY_CLOSED', async () => {
      const live = await open();
      let free: () => void = () => undefined;
      store.gate = new Promise((resolve) => (free = resolve));
      const first = setToken(live, 't1', { isStrict: true });
      await new Promise(setImmediate);
      const second = assert.rejects(setToken(live, 't2', { isStrict: true }), { code: 'COZIFY_CLOSED' });
      const late = renew(live, 't1', 'renewed');
      live.shutdown.abort();
      free();
      await Promise.all([first, second, late]);
      assert.equal(storedToken(), 'renewed');
    });

    it('saves nothing after a delete', async () => {
      const live = await open();
      await setToken(live, 't1');
      live.state.delete();
      await assert.rejects(renew(live, 't1', 'renewed'), { code: 'COZIFY_CLOSED' });
      assert.equal(storedToken(), 't1');
    });
  });
});
